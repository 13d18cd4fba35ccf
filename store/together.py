"""Writes what has changed of many items at once: one statement for all new steps, one for all new reminders, one for
each set of columns. The unit of work would ask for every item where its rows belong, and write it by itself, because
it has a version."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, Update, bindparam, insert, inspect, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from store.tables import Event, Item, Reminder
from store.tables.base import Base

COLUMNS: dict[type[Base], frozenset[str]] = {
    Item: frozenset(inspect(Item).column_attrs.keys()),
    Event: frozenset(inspect(Event).column_attrs.keys()),
    Reminder: frozenset(inspect(Reminder).column_attrs.keys()),
}
HERE = frozenset({"events", "reminders"})
"""What of an item is written here beside its own columns: what it has gone through, and what is planned."""
BESIDE = ("supports", "extensions", "pauses", "handovers", "escalations", "commitments")


def save(session: Session, found: Iterable[Item]) -> None:
    """Write those of these items of which nothing has changed but columns of their own, their history and their
    reminders; afterwards the session no longer knows them. The others are left to the session.

    Raises StaleDataError when somebody else has changed one meanwhile; then nothing of this may be kept.
    """
    mine = [item for item in found if _is_plain(item)]
    reminders = [row for item in mine for row in item.reminders if inspect(row).modified]
    _insert(session, Event, [event for item in mine for event in item.events if event.id is None], mine)
    _insert(session, Reminder, [row for row in reminders if row.id is None], mine)
    _update(session, [row for row in reminders if row.id is not None])
    _update(session, mine)
    for row in (*reminders, *mine):
        if row in session:
            session.expunge(row)


def _is_plain(item: Item) -> bool:
    changed = inspect(item).committed_state.keys()
    if not inspect(item).modified or item.folded or not changed <= COLUMNS[Item] | HERE:
        return False
    return not any(inspect(row).modified for name in BESIDE for row in getattr(item, name))


def _insert(session: Session, table: type[Event] | type[Reminder], rows: Sequence[Any], of: Sequence[Item]) -> None:
    if not rows:
        return
    belongs = {id(row): item.id for item in of for row in (item.events if table is Event else item.reminders)}
    names = COLUMNS[table] - {"id", "item_id"}
    told = [{**{name: getattr(row, name) for name in names}, "item_id": belongs[id(row)]} for row in rows]
    session.connection().execute(insert(table), told)
    for row in rows:
        if row in session:
            session.expunge(row)


def _update(session: Session, rows: Sequence[Item] | Sequence[Reminder]) -> None:
    alike: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row in rows:
        before: dict[str, Any] = inspect(row).committed_state  # type: ignore[attr-defined]
        changed = frozenset(name for name in before.keys() & COLUMNS[type(row)] if before[name] != getattr(row, name))
        if changed:
            alike.setdefault(changed, []).append(_values(row, changed))
    for names, told in alike.items():
        written = session.connection().execute(_statement(type(rows[0]), names), told)
        if written.rowcount != len(told):
            raise StaleDataError("somebody else was first")


def _values(row: Item | Reminder, names: frozenset[str]) -> dict[str, Any]:
    told = {"row_id": row.id, **{f"new_{name}": getattr(row, name) for name in names}}
    return told if isinstance(row, Reminder) else {**told, "version": row.version, "new_version": row.version + 1}


@cache
def _statement(kind: type[Base], names: frozenset[str]) -> Update:
    table: Table = inspect(kind).local_table  # type: ignore[assignment]  # none of ours is mapped to anything else
    this, written = table.c.id == bindparam("row_id"), sorted(names)
    if "version" in table.c:
        this, written = this & (table.c.version == bindparam("version")), [*written, "version"]
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in written}
    return update(table).where(this).values(values)
