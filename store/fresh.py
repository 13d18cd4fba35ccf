"""Writes a new report with all that belongs to it.

Plain INSERTs in the order we know. The unit of work finds out the same order from thirty relationships, for every
message anew, and that was a quarter of what a message cost (`docs/performance.md`).
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, inspect
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.interfaces import MANYTOONE

from store import pending
from store.tables import Report
from store.tables.base import Base


def write(session: Session, report: Report) -> None:
    """Write a report that is not in the database yet, with its items, their history and its fragments, none of which
    is there either. Afterwards they are rows of the session like any others."""
    connection = session.connection()
    _insert(connection, report)
    for item in report.items:
        _insert(connection, item)
        for event in item.events:
            _insert(connection, event)
    for fragment in report.fragments:
        _insert(connection, fragment)
    session.add(report)
    pending.written(session, report.person_id)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is to know of a table: its columns but the number, what they are when nobody says, which refer to what."""

    insert: Insert
    columns: tuple[str, ...]
    defaults: dict[str, Any]
    refers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@cache
def _shape(table: type[Base]) -> _Shape:
    mapper = inspect(table)
    columns = [column for column in mapper.columns if not column.primary_key]
    one = [relation for relation in mapper.relationships if relation.direction is MANYTOONE]
    return _Shape(
        insert=mapper.local_table.insert(),  # type: ignore[attr-defined]
        columns=tuple(each.key for each in columns),
        defaults={each.key: getattr(each.default, "arg", None) for each in columns},
        refers=tuple((each.key, tuple((str(a.key), str(b.key)) for a, b in each.local_remote_pairs)) for each in one),
    )


def _insert(connection: Connection, row: Base) -> None:
    """Write one row. What it lacks is put where its attributes lie, past those who listen to every change of one:
    nobody can have seen the row yet."""
    shape, told = _shape(type(row)), vars(row)
    for relation, keys in shape.refers:
        if (other := told.get(relation)) is not None:
            for ours, theirs in keys:
                told[ours] = getattr(other, theirs)
    for name, default in shape.defaults.items():
        if name not in told:
            told[name] = default
    values = {name: value for name in shape.columns if (value := told[name]) is not None}
    (row_id,) = connection.execute(shape.insert, values).inserted_primary_key or (None,)
    row.id = row_id  # type: ignore[attr-defined]  # every table written here numbers its rows
    make_transient_to_detached(row)
