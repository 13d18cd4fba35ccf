"""What is planned for items, and what was said of it. Where many items are looked at together these are plain rows,
read and written all at once: an item has ten of them, and ten objects of the session cost more than all else that is
read of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Insert, Select, Table, Update, bindparam, insert, inspect, select, update
from sqlalchemy.orm import Session, object_session

from store.tables import Item, Reminder

KEPT = "plans"
CHANGES = ("status", "said_at", "why")
"""All of a row that ever changes."""


class Planned(Protocol):
    """A row of the plan: a `Reminder` of the session, or a plain one."""

    round: int
    rung: str
    due_at: datetime
    status: str
    said_at: datetime | None
    why: str | None


@dataclass(slots=True)
class Row:
    """A plain row. `id` is None until it is written, `read` what stood in the database."""

    id: int | None
    round: int
    rung: str
    due_at: datetime
    status: str
    said_at: datetime | None
    why: str | None
    read: tuple[Any, ...] = ()

    @property
    def changes(self) -> tuple[Any, ...]:
        return self.status, self.said_at, self.why


def of(item: Item) -> Sequence[Planned]:
    """All that was ever planned for an item."""
    plain = _plain(item)
    return item.reminders if plain is None else plain


def add(item: Item, rung: str, moment: datetime) -> Planned:
    """Plan one more for its present round."""
    plain = _plain(item)
    if plain is None:
        made = Reminder(district_id=item.district_id, round=item.round, rung=rung, due_at=moment, status="planned")
        item.reminders.append(made)
        return made
    row = Row(None, item.round, rung, moment, "planned", None, None)
    plain.append(row)
    return row


@contextmanager
def together(session: Session, items: Iterable[Item]) -> Iterator[None]:
    """Within the block the plans of these items, which nobody else can change meanwhile, are plain rows; at its end
    what has changed of them is written."""
    by_id = {item.id: item for item in items}
    rows: dict[int, list[Row]] = {number: [] for number in by_id}
    found = session.connection().execute(_read(), {"items": list(by_id)}).all() if by_id else ()
    for number, *told in found:
        row = Row(*told)
        row.read = row.changes
        rows[number].append(row)
    session.info[KEPT] = rows
    try:
        yield
        _write(session, by_id, rows)
    finally:
        del session.info[KEPT]


def _plain(item: Item) -> list[Row] | None:
    session = object_session(item)
    kept: dict[int, list[Row]] = session.info.get(KEPT, {}) if session is not None else {}
    return kept.get(item.id)


def _write(session: Session, items: dict[int, Item], rows: dict[int, list[Row]]) -> None:
    new = [
        {"district_id": items[number].district_id, "item_id": number}
        | {"round": row.round, "rung": row.rung, "due_at": row.due_at}
        | {"status": row.status, "said_at": row.said_at, "why": row.why}
        for number, planned in rows.items()
        for row in planned
        if row.id is None
    ]
    changed = [
        {"row_id": row.id, **{f"new_{name}": getattr(row, name) for name in CHANGES}}
        for planned in rows.values()
        for row in planned
        if row.id is not None and row.read != row.changes
    ]
    if new:
        session.connection().execute(_insert(), new)
    if changed:
        session.connection().execute(_update(), changed)


@cache
def _read() -> Select[*tuple[Any, ...]]:
    columns = (Reminder.item_id, Reminder.id, Reminder.round, Reminder.rung, Reminder.due_at)
    told = select(*columns, Reminder.status, Reminder.said_at, Reminder.why)
    return told.where(Reminder.item_id.in_(bindparam("items", expanding=True))).order_by(Reminder.id)


@cache
def _insert() -> Insert:
    return insert(_table())


@cache
def _update() -> Update:
    table = _table()
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in CHANGES}
    return update(table).where(table.c.id == bindparam("row_id")).values(values)


def _table() -> Table:
    table: Table = inspect(Reminder).local_table  # type: ignore[assignment]  # it is mapped to nothing else
    return table
