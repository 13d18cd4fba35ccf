"""The history of an item: append-only. It records; it moves nothing. Where many items are looked at together it is
plain rows, read and written all at once, as their plans are (`store.plans`)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Insert, Select, Table, bindparam, insert, inspect, select
from sqlalchemy.orm import Session, object_session

from store.tables import Event, Item, Person

KEPT = "history"
TOLD = ("seq", "at", "actor_id", "action", "rule", "state_before", "state_after", "data")
"""All that is told of a step; a plain row has them in this order."""


class Step(Protocol):
    """What happened to an item: an `Event` of the session, or a plain row."""

    seq: int
    at: datetime
    action: str
    rule: str
    state_before: str
    state_after: str
    data: dict[str, Any]

    @property
    def actor(self) -> Person | None: ...


@dataclass(slots=True, eq=False)
class Row:
    """A plain row."""

    session: Session
    seq: int
    at: datetime
    actor_id: int | None
    action: str
    rule: str
    state_before: str
    state_after: str
    data: dict[str, Any]

    @property
    def actor(self) -> Person | None:
        """Who it was; None: the service itself."""
        return None if self.actor_id is None else self.session.get(Person, self.actor_id)


@dataclass(slots=True)
class Steps:
    """All that has happened to one item, and how much of it stands in the database."""

    session: Session
    rows: list[Row]
    written: int = 0

    def add(self, by: Person | None, **told: Any) -> Row:
        row = Row(self.session, seq=len(self.rows) + 1, actor_id=by.id if by else None, **told)
        self.rows.append(row)
        return row


def of(item: Item) -> Sequence[Step]:
    """All that has happened to an item, the oldest first."""
    plain = _plain(item)
    return item.events if plain is None else plain.rows


def record(
    item: Item,
    action: str,
    *,
    by: Person | None,
    now: datetime,
    rule: str = "",
    after: str | None = None,
    **data: Any,
) -> Step:
    """Note what happened: who (None: the service itself), when, which rule decided ("file: entry").

    `after` is the state the item is about to enter, where that changes. `data` is what a reader of the
    history needs: reasons, names, before and after; JSON values only.
    """
    told = {"at": now, "action": str(action), "rule": rule, "data": data}
    told |= {"state_before": item.state, "state_after": after or item.state}
    plain = _plain(item)
    if plain is not None:
        return plain.add(by, **told)
    event = Event(district_id=item.district_id, seq=len(item.events) + 1, actor=by, **told)
    item.events.append(event)
    return event


@contextmanager
def together(session: Session, items: Iterable[Item]) -> Iterator[None]:
    """Within the block the histories of these items, which nobody else can change meanwhile, are plain rows; at its
    end what is new of them is written."""
    by_id = {item.id: item for item in items}
    kept = {number: Steps(session, []) for number in by_id}
    found = session.connection().execute(_read(), {"items": list(by_id)}).all() if by_id else ()
    for number, *told in found:
        kept[number].rows.append(Row(session, *told))
    for steps in kept.values():
        steps.written = len(steps.rows)
    session.info[KEPT] = kept
    try:
        yield
        _write(session, by_id, kept)
    finally:
        del session.info[KEPT]


def _plain(item: Item) -> Steps | None:
    session = object_session(item)
    kept: dict[int, Steps] = session.info.get(KEPT, {}) if session is not None else {}
    return kept.get(item.id)


def _write(session: Session, items: dict[int, Item], kept: dict[int, Steps]) -> None:
    new = [
        {"district_id": items[number].district_id, "item_id": number, **{name: getattr(row, name) for name in TOLD}}
        for number, steps in kept.items()
        for row in steps.rows[steps.written :]
    ]
    if new:
        session.connection().execute(_insert(), new)


@cache
def _read() -> Select[*tuple[Any, ...]]:
    told = select(Event.item_id, *(getattr(Event, name) for name in TOLD))
    return told.where(Event.item_id.in_(bindparam("items", expanding=True))).order_by(Event.item_id, Event.seq)


@cache
def _insert() -> Insert:
    table: Table = inspect(Event).local_table  # type: ignore[assignment]  # it is mapped to nothing else
    return insert(table)
