"""Who reads the database learns no account of anybody: not in the tables of today, and not on the way to them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from store.db import Store
from store.engines import engine as engine_of
from store.migrate import migrate
from store.tables import Base
from store.vault import NoKey
from tests.desk import SECRET, Desk


def everything(url: str) -> Iterator[tuple[str, str]]:
    """Every cell that holds text, with the table it stands in."""
    engine = engine_of(url)
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                for cell in row:
                    yield (
                        table.name,
                        cell if isinstance(cell, str) else json.dumps(cell, default=str, ensure_ascii=False),
                    )
    engine.dispose()


def holding(url: str, *words: str) -> set[str]:
    return {table for table, cell in everything(url) if any(word in cell for word in words)}


def worked(desk: Desk) -> Desk:
    """A contact and a stranger have reported, somebody was told, and somebody waits to be."""
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.says("吴小满", "招不到焊工，急缺二十个")
    desk.later(minutes=2)
    desk.says("李建国", "签收 001")
    desk.forget()
    return desk


def test_no_account_is_to_be_read_anywhere(desk: Desk) -> None:
    worked(desk)

    assert holding(desk.store.url, "o_张伟", "o_李建国", "o_吴小满") == set()
    assert desk.phones.sent
    assert {body["touser"] for body in desk.phones.sent} <= {f"o_{person.name}" for person in desk.everybody()}


def test_what_a_person_said_stands_where_it_belongs_and_not_in_what_came_in(desk: Desk) -> None:
    worked(desk)

    assert "inbox" not in holding(desk.store.url, "跳闸", "焊工")
    assert {"item", "fragment"} <= holding(desk.store.url, "跳闸")


def test_an_old_database_is_sealed_on_the_way_up_and_opened_on_the_way_down(desk: Desk) -> None:
    url = worked(desk).store.url
    desk.store.close()

    migrate(url, "0007", SECRET)
    in_plain = {row.external_id for row in rows(url, "SELECT external_id FROM identity")}
    assert {"o_张伟", "o_吴小满"} <= in_plain
    assert "张伟" in {row.name for row in rows(url, "SELECT name FROM person")}
    assert any("o_" in str(row.body) for row in rows(url, "SELECT body FROM outbox WHERE body IS NOT NULL"))
    assert all("o_" in (row.reply or "o_") for row in rows(url, "SELECT reply FROM inbox"))

    migrate(url, secret=SECRET)
    assert holding(url, "o_张伟", "o_吴小满", "o_李建国") == set()
    assert "20260928-001" in (desk.says("张伟", "进度 001") or "")
    assert "20260928-002" in (desk.says("吴小满", "进度 002") or "")
    desk.says("李建国", "办结 001 换了断路器")
    desk.later(hours=2)
    assert "resolve" in " ".join(desk.pushes_to("张伟"))
    desk.forget()


def rows(url: str, asked: str) -> list[Any]:
    engine = engine_of(url)
    with engine.connect() as connection:
        found = list(connection.execute(text(asked)))
    engine.dispose()
    return found


def test_without_the_key_nothing_is_changed(desk: Desk) -> None:
    url = worked(desk).store.url
    migrate(url, "0007", SECRET)

    with pytest.raises(NoKey):
        migrate(url)

    assert rows(url, "SELECT version_num FROM alembic_version")[0][0] == "0007"
    migrate(url, secret=SECRET)
    assert desk.says("张伟", "进度 001")


def test_an_empty_database_needs_no_key(database_url: str) -> None:
    migrate(database_url, "0007")
    migrate(database_url)

    store = Store(database_url, SECRET)
    assert store.answers()
    store.close()
