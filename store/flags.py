"""The signs a flag is found by, as questions to the database; what they mean is the routing room's matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import Session

from store.counts import ENDED_OTHERWISE, SATISFIED, late
from store.numbers import Among, within
from store.tables import Event, Item
from store.totals import total


@dataclass(frozen=True, slots=True)
class Signs:
    """What must be true of an item; see the head of `routing/flags.toml`. None: it does not matter."""

    overdue: bool | None = None
    late: bool | None = None
    closed: bool | None = None
    rating_below: int | None = None
    rating_from: int | None = None
    returns_from: int | None = None
    rounds_to: int | None = None
    followup: tuple[str, ...] | None = None
    event: str | None = None


Named = tuple[str, Signs]
"""A rule's name and its signs; the first of several that holds is an item's."""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """Of the items a unit owed in a month: how many, by the rule of their flag; rated and satisfied ones."""

    lead_id: int | None
    rules: dict[str, int]
    rated: int
    satisfied: int


def holds(signs: Signs, now: datetime) -> ColumnElement[bool]:
    """All signs that are given."""
    told = Item.id.in_(select(Event.item_id).where(Event.action == (signs.event or "")))
    given: list[tuple[object, ColumnElement[bool]]] = [
        (signs.overdue, late(now)),
        (signs.late, Item.was_late.is_(True)),
        (signs.closed, Item.state == "closed"),
        (signs.rating_below, Item.rating < (signs.rating_below or 0)),
        (signs.rating_from, Item.rating >= (signs.rating_from or 0)),
        (signs.returns_from, Item.returns >= (signs.returns_from or 0)),
        (signs.rounds_to, Item.round <= (signs.rounds_to or 0)),
        (signs.followup, Item.followup.in_(signs.followup or ())),
        (signs.event, told),
    ]
    # NULL is neither yes nor no: an item without a rating is not below any.
    asked = [func.coalesce(sign, False) == (wanted is not False) for wanted, sign in given if wanted is not None]
    return and_(true(), *asked)


def rule_of(rules: Sequence[Named], now: datetime) -> ColumnElement[str]:
    """The name of the first rule that holds for an item; the last one always does."""
    *ruled, (last, _) = rules
    found = [(holds(signs, now), literal(name)) for name, signs in ruled]
    return case(*found, else_=literal(last)) if found else literal(last)


def shown(session: Session, rules: Sequence[Named], now: datetime, since: datetime) -> dict[str, int]:
    """Items that are open, or were struck off since then, by the rule of their flag."""
    rule = rule_of(rules, now).label("rule")
    return dict(session.execute(select(rule, func.count()).where(*_current(since)).group_by(rule)).all())


def listed(
    session: Session, rules: Sequence[Named], names: Sequence[str], now: datetime, since: datetime, limit: int
) -> Sequence[Item]:
    """Such items whose flag comes from one of these rules, oldest deadline first."""
    wanted = rule_of(rules, now).in_(names)
    found = select(Item).where(wanted, *_current(since)).order_by(Item.due_at.is_(None), Item.due_at, Item.id)
    return session.scalars(found.limit(limit)).all()


def of_units(session: Session, rules: Sequence[Named], among: Among, now: datetime) -> list[UnitCount]:
    """What each unit owed in the period of `among`, or had brought along unfinished."""
    rule = rule_of(rules, now).label("rule")
    rated, satisfied = total(Item.rating.is_not(None)), total(Item.rating >= SATISFIED)
    owed = and_(
        Item.due_at < among.end,
        or_(Item.due_at >= among.start, Item.closed_at.is_(None), Item.closed_at >= among.start),
    )
    rows = session.execute(
        select(Item.lead_id, rule, func.count(), rated, satisfied)
        .where(owed, Item.scope == "ours", Item.state.not_in(ENDED_OTHERWISE), *within(Among(units=among.units)))
        .group_by(Item.lead_id, rule)
    )
    found: dict[int | None, UnitCount] = {}
    for lead, name, count, some_rated, some_satisfied in rows:
        before = found.get(lead, UnitCount(lead, {}, 0, 0))
        counted = {**before.rules, name: count}
        found[lead] = UnitCount(lead, counted, before.rated + some_rated, before.satisfied + some_satisfied)
    return list(found.values())


def _current(since: datetime) -> list[ColumnElement[bool]]:
    struck_off = and_(Item.state == "closed", Item.closed_at >= since)
    return [~Item.restricted, or_(Item.closed_at.is_(None), struck_off)]
