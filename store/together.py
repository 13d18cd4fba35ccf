"""Writes what has changed of many items at once: one statement for all new steps, one for each set of columns. The
unit of work would ask for every item where its rows belong, and write it by itself, because it has a version."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, Update, bindparam, insert, inspect, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from store.tables import Event, Item
from store.tables.base import Base

COLUMNS: dict[type[Base], frozenset[str]] = {
    Item: frozenset(inspect(Item).column_attrs.keys()),
    Event: frozenset(inspect(Event).column_attrs.keys()),
}
HERE = frozenset({"events"})
"""What of an item is written here beside its own columns: what it has gone through. Its plan is in `store.plans`."""
BESIDE = ("supports", "extensions", "pauses", "handovers", "escalations", "commitments")


def save(session: Session, found: Iterable[Item]) -> None:
    """Write those of these items of which nothing has changed but columns of their own and their history; afterwards
    the session no longer knows them. The others are left to the session.

    Raises StaleDataError when somebody else has changed one meanwhile; then nothing of this may be kept.
    """
    mine = [item for item in found if _is_plain(item)]
    _insert(session, mine)
    _update(session, mine)
    for item in mine:
        session.expunge(item)


def _is_plain(item: Item) -> bool:
    changed = inspect(item).committed_state.keys()
    if not inspect(item).modified or item.folded or not changed <= COLUMNS[Item] | HERE:
        return False
    return not any(inspect(row).modified for name in BESIDE for row in getattr(item, name))


def _insert(session: Session, items: Sequence[Item]) -> None:
    names = COLUMNS[Event] - {"id", "item_id"}
    new = [(item.id, event) for item in items for event in item.events if event.id is None]
    told = [{**{name: getattr(event, name) for name in names}, "item_id": number} for number, event in new]
    if told:
        session.connection().execute(insert(Event), told)
    for _, event in new:
        if event in session:
            session.expunge(event)


def _update(session: Session, items: Sequence[Item]) -> None:
    alike: dict[frozenset[str], list[dict[str, Any]]] = {}
    for item in items:
        before: dict[str, Any] = inspect(item).committed_state
        changed = frozenset(name for name in before.keys() & COLUMNS[Item] if before[name] != getattr(item, name))
        if changed:
            values = {f"new_{name}": getattr(item, name) for name in changed}
            told = {"row_id": item.id, "version": item.version, "new_version": item.version + 1}
            alike.setdefault(changed, []).append(values | told)
    for names, told_of in alike.items():
        written = session.connection().execute(_statement(names), told_of)
        if written.rowcount != len(told_of):
            raise StaleDataError("somebody else was first")


@cache
def _statement(names: frozenset[str]) -> Update:
    table: Table = inspect(Item).local_table  # type: ignore[assignment]  # it is mapped to nothing else
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in (*sorted(names), "version")}
    this = (table.c.id == bindparam("row_id")) & (table.c.version == bindparam("version"))
    return update(table).where(this).values(values)
