"""An office that comes from any earlier version keeps every row, and can go back."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Table

import store
from store import backup
from store.db import Store
from store.migrate import differences, is_current, migrate
from tests.desk import SECRET
from tests.postgres import Postgres

SCRIPTS = ScriptDirectory(str(Path(str(store.__file__)).with_name("migrations")))
EARLIER = sorted(script.revision for script in SCRIPTS.walk_revisions())[:-1]
AT = datetime(2026, 9, 28, 1, 2, 3, 456789, tzinfo=UTC)
EACH = 3
"""So many rows in every table."""


@pytest.fixture(params=["sqlite", "postgresql"])
def nowhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'old.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database(f"old_{tmp_path.name}".lower().replace("-", "_")[:60])


def value(column: Column[Any], number: int) -> Any:
    """Something this column may hold, another in every row."""
    kind = column.type.python_type
    if column.foreign_keys:
        key = next(iter(column.foreign_keys)).column
        return number if key.type.python_type is int else f"{key.name} {number}"
    made: dict[type, Any] = {
        int: number,
        str: f"{column.name} {number}"[: getattr(column.type, "length", None) or 99],
        bool: number % 2 == 0,
        float: number + 0.5,
        datetime: AT.replace(day=number),
        date: date(2026, 9, number),
        dict: {"说": [number, None, True]},
        object: [f"词{number}"],
    }
    return made[kind]


def fill(connection: Connection) -> None:
    """Rows in every table, with something in every column."""
    loading = backup.Loading(connection)
    for name, table in loading.tables.items():
        loading.load(name, rows_of(table))
    loading.finish()


def rows_of(table: Table) -> Iterator[backup.Row]:
    for number in range(1, EACH + 1):
        row = {column.name: value(column, number) for column in table.columns}
        yield {name: each.isoformat() if isinstance(each, datetime | date) else each for name, each in row.items()}


def everything(url: str) -> dict[str, list[backup.Row]]:
    with closing(Store(url)) as opened, backup.snapshot(opened) as connection:
        return {table.name: list(backup.rows(connection, table)) for table in backup.tables(connection)}


def without_index(told: dict[str, list[backup.Row]]) -> dict[str, list[backup.Row]]:
    """Without the one thing that cannot be turned back: by what a repeat of a message is recognised."""
    inbox = [{name: each for name, each in row.items() if name != "dedupe_key"} for row in told["inbox"]]
    return {**told, "inbox": inbox}


@pytest.mark.parametrize("revision", EARLIER)
def test_what_an_earlier_version_wrote_is_there_afterwards_and_on_the_way_back(nowhere: str, revision: str) -> None:
    migrate(nowhere, revision)
    with closing(Store(nowhere)) as opened, opened.write() as session:
        fill(session.connection())
    before = everything(nowhere)

    migrate(nowhere, secret=SECRET)

    now = everything(nowhere)
    assert is_current(nowhere)
    assert differences(nowhere) == []
    assert {name: len(now[name]) for name in before} == dict.fromkeys(before, EACH)
    migrate(nowhere, revision, SECRET)
    assert without_index(everything(nowhere)) == without_index(before)


def test_every_table_of_every_version_was_filled(nowhere: str) -> None:
    for revision in EARLIER:
        migrate(nowhere, revision, SECRET)
    with closing(Store(nowhere)) as opened, opened.write() as session:
        fill(session.connection())

    told = everything(nowhere)

    assert len(told) > 25
    assert all(len(rows) == EACH for rows in told.values())
    assert all(set(row) == set(rows[0]) for rows in told.values() for row in rows)
