"""Counts over items. Restricted items are in none of them. Every figure is a plain count; rates are made of two."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from store.tables import Event, Item

ENDED_OTHERWISE = ("withdrawn", "refused", "merged")
IN_HAND = ("assigned", "handling")
DONE = ("resolved", "rated", "verified", "closed")
SATISFIED = 3


@dataclass(frozen=True, slots=True)
class Totals:
    """All items ever registered; `total` = `open` + `closed` + `ended`."""

    total: int
    open: int
    closed: int
    ended: int
    accepted: int  # everything but what waits for triage or ended otherwise
    done: int  # reported done, and after
    rated: int  # ever rated; the last rating counts, also while the item is back at work
    satisfied: int
    in_time: int  # struck off, and never reported done after a deadline, in whichever round
    late: int  # open and past the deadline


@dataclass(frozen=True, slots=True)
class Period:
    """What happened between two moments."""

    received: int
    resolved: int
    closed: int
    ended: int
    closed_of_received: int
    rated: int
    satisfied: int


def totals(session: Session, now: datetime) -> Totals:
    late = Item.state.in_(IN_HAND) & (Item.due_at < now)
    rated = Item.rating.is_not(None)
    row = session.execute(
        select(
            func.count(),
            _sum(Item.closed_at.is_(None)),
            _sum(Item.state == "closed"),
            _sum(Item.state.in_(ENDED_OTHERWISE)),
            _sum(Item.state.not_in(("registered", "triage", *ENDED_OTHERWISE))),
            _sum(Item.state.in_(DONE)),
            _sum(rated),
            _sum(Item.rating >= SATISFIED),
            _sum((Item.state == "closed") & ~Item.was_late),
            _sum(late),
        ).where(~Item.restricted)
    ).one()
    return Totals(*tuple(row))


def by_state(session: Session) -> dict[str, int]:
    """Open items by state; the figures add up to all open items."""
    counted = select(Item.state, func.count()).where(~Item.restricted, Item.closed_at.is_(None)).group_by(Item.state)
    return dict(session.execute(counted).all())


def period(session: Session, start: datetime, end: datetime) -> Period:
    """Counts of items by what happened to them from `start` up to `end`."""
    within = (Event.at >= start) & (Event.at < end)
    done = _items_with(session, (Event.action == "resolve") & within)
    rated = (
        select(Item.rating)
        .join(Item.events)
        .where(Event.action.in_(("rate", "object")), within, ~Item.restricted, Item.rating.is_not(None))
        .group_by(Item.id, Item.rating)
    )
    levels = [level or 0 for level in session.scalars(rated)]
    received = (Item.registered_at >= start) & (Item.registered_at < end)
    ended = (Item.closed_at >= start) & (Item.closed_at < end)
    return Period(
        received=_count(session, received),
        resolved=done,
        closed=_count(session, ended & (Item.state == "closed")),
        ended=_count(session, ended & Item.state.in_(ENDED_OTHERWISE)),
        closed_of_received=_count(session, received & (Item.state == "closed")),
        rated=len(levels),
        satisfied=sum(level >= SATISFIED for level in levels),
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(Item).where(~Item.restricted, condition)
    return session.scalar(counted) or 0


def _items_with(session: Session, condition: ColumnElement[bool]) -> int:
    counted = select(func.count(Event.item_id.distinct())).join(Event.item).where(condition, ~Item.restricted)
    return session.scalar(counted) or 0
