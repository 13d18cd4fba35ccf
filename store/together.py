"""Writes what has changed of many items at once: one statement for each set of columns. The unit of work would write
every item by itself, because it has a version. Their plans are in `store.plans`, their history in `store.history`."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, Update, bindparam, inspect, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from store.tables import Item

COLUMNS = frozenset(inspect(Item).column_attrs.keys())
BESIDE = ("supports", "extensions", "pauses", "handovers", "escalations", "commitments")


def save(session: Session, found: Iterable[Item]) -> None:
    """Write those of these items of which nothing has changed but columns of their own; afterwards the session no
    longer knows them. The others are left to the session.

    Raises StaleDataError when somebody else has changed one meanwhile; then nothing of this may be kept.
    """
    mine = [item for item in found if _is_plain(item)]
    _update(session, mine)
    for item in mine:
        session.expunge(item)


def _is_plain(item: Item) -> bool:
    changed = inspect(item).committed_state.keys()
    if not inspect(item).modified or item.folded or not changed <= COLUMNS:
        return False
    return not any(inspect(row).modified for name in BESIDE for row in getattr(item, name))


def _update(session: Session, items: Sequence[Item]) -> None:
    alike: dict[frozenset[str], list[dict[str, Any]]] = {}
    for item in items:
        before: dict[str, Any] = inspect(item).committed_state
        changed = frozenset(name for name in before.keys() & COLUMNS if before[name] != getattr(item, name))
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
