"""What should have happened and did not: counts for the watchdog."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from store.counts import UNASSIGNED
from store.outbox import waiting
from store.tables import Item, Person, Push, Reminder

planned = Reminder.status == bindparam("planned", "planned", literal_execute=True)
"""As `store.outbox.waiting`: in so many words, for the sake of its index."""


def _reminders(before: datetime) -> Select[int]:
    return _count(Reminder).where(planned, Reminder.due_at < before)


def _pushes(before: datetime) -> Select[int]:
    return _count(Push).where(waiting, Push.next_try < before)


def _unplanned(before: datetime) -> Select[int]:
    nobody_looks = or_(Item.next_check_at.is_(None), Item.next_check_at < before)
    return _count(Item).where(Item.closed_at.is_(None), nobody_looks)


def _ownerless(_before: datetime) -> Select[int]:
    owner = select(Person.id).where(Person.id == Item.officer_id, Person.active).exists()
    return _count(Item).where(and_(Item.closed_at.is_(None), Item.state.not_in(UNASSIGNED), ~owner))


def _count(table: type[Item | Push | Reminder]) -> Select[int]:
    return select(func.count()).select_from(table)


KINDS: Mapping[str, Callable[[datetime], Select[int]]] = {
    "reminders": _reminders,
    "pushes": _pushes,
    "unplanned": _unplanned,
    "ownerless": _ownerless,
}
"""Planned and not said; put and not sent; open and nobody will look; open in nobody's hands."""


def late(session: Session, before: datetime) -> dict[str, int]:
    """How many of each kind have been so since before that moment; none are left out."""
    counted = {kind: session.scalar(found(before)) or 0 for kind, found in KINDS.items()}
    return {kind: count for kind, count in counted.items() if count}
