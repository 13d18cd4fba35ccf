"""Named counts over items; restricted items are in none of them. Two of them make a rate (routing/metrics.toml)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from store.moments import earlier, local_day
from store.tables import Event, Extension, Item

ENDED_OTHERWISE = ("withdrawn", "refused", "merged")
UNASSIGNED = ("registered", "triage")
IN_HAND = ("assigned", "handling")
DONE = ("resolved", "rated", "verified", "closed")
SATISFIED = 3
AGAIN_WITHIN = 30
"""Days within which an enterprise that asks for the same category again repeats itself."""

MOMENTS = {
    "registered": Item.registered_at,
    "assigned": Item.assigned_at,
    "due": Item.due_at,
    "resolved": Item.resolved_at,
    "closed": Item.closed_at,
}
"""What puts an item into a period."""


@dataclass(frozen=True, slots=True)
class Among:
    """Which items are counted: those of a source, a campaign, of some units; of a period `[start, end)`."""

    start: datetime | None = None
    end: datetime | None = None
    source: str | None = None
    campaign: str | None = None
    units: tuple[int, ...] | None = None


Condition = Callable[[datetime], ColumnElement[bool]]

_ours = Item.scope == "ours"
_accepted = and_(_ours, Item.state.not_in((*UNASSIGNED, *ENDED_OTHERWISE)))
_done = and_(_ours, Item.state.in_(DONE))
_reopened = Item.id.in_(select(Event.item_id).where(Event.action == "reopen"))
_extended = Item.id.in_(select(Extension.item_id).where(Extension.status == "granted"))


def late(now: datetime) -> ColumnElement[bool]:
    """Open, past the deadline, and not paused."""
    stands_still = and_(Item.paused_until.is_not(None), Item.paused_until > now)
    return and_(Item.state.in_(IN_HAND), Item.due_at < now, ~stands_still)


def _decided(now: datetime) -> ColumnElement[bool]:
    """The deadline has come, or it was done before."""
    return and_(_ours, or_(_done, late(now)))


def _sign_decided(now: datetime) -> ColumnElement[bool]:
    return and_(_ours, Item.sign_due_at.is_not(None), or_(Item.signed_at.is_not(None), Item.sign_due_at < now))


def _on_the_spot(now: datetime) -> ColumnElement[bool]:
    """The easiest grade, done on the day of its number. `now` is local: its offset says which day that is."""
    same_day = local_day(Item.resolved_at, now.utcoffset() or timedelta()) == func.substr(Item.number, 1, 8)
    return and_(_done, Item.grade == 1, Item.round == 1, same_day)


def _repeated() -> ColumnElement[bool]:
    """Merged into another, or the same enterprise asks for the same category again."""
    other = aliased(Item)
    before = and_(
        other.enterprise_id == Item.enterprise_id,
        other.category == Item.category,
        other.registered_at >= earlier(Item.registered_at, AGAIN_WITHIN),
        other.registered_at <= Item.registered_at,
        other.id < Item.id,
        ~other.restricted,
    )
    return or_(Item.state == "merged", exists().where(before))


def _always(condition: ColumnElement[bool]) -> Condition:
    return lambda _now: condition


COUNTS: Mapping[str, Condition] = {
    "received": _always(true()),
    "open": _always(Item.closed_at.is_(None)),
    "closed": _always(Item.state == "closed"),
    "ended": _always(Item.state.in_(ENDED_OTHERWISE)),
    "in_scope": _always(_ours),
    "out_of_scope": _always(Item.scope != "ours"),
    "accepted": _always(_accepted),
    "done": _always(_done),
    "solved": _always(and_(_done, Item.result_code == "solved")),
    "on_the_spot": _on_the_spot,
    "sign_decided": _sign_decided,
    "signed_in_time": lambda now: and_(_sign_decided(now), Item.signed_at <= Item.sign_due_at),
    "decided": _decided,
    "in_time": _always(and_(_done, ~Item.was_late)),
    "extended": lambda now: and_(_decided(now), _extended),
    "extended_in_time": _always(and_(_done, ~Item.was_late, _extended)),
    "late": late,
    "rated": _always(and_(_ours, Item.rating.is_not(None))),
    "done_rated": _always(and_(_done, Item.rating.is_not(None))),
    "satisfied": _always(and_(_ours, Item.rating >= SATISFIED)),
    "returned": _always(and_(_accepted, Item.returns > 0)),
    "redone": _always(and_(_done, Item.round > 1)),
    "reopened": _always(and_(_ours, _reopened)),
    "ever_closed": _always(and_(_ours, or_(Item.state == "closed", _reopened))),
    "repeated": _always(_repeated()),
    "from_superior": _always(Item.source == "superior"),
    "from_superior_done": _always(and_(Item.source == "superior", Item.state.in_(DONE))),
    "from_superior_late": lambda now: and_(Item.source == "superior", late(now)),
}
"""Every count there is, by name: what must be true of an item at the moment of counting."""


def count(
    session: Session, among: Among, names: Sequence[str], now: datetime, by: str = "registered"
) -> dict[str, int]:
    """How many items each of these names fits, of those that `among` and the moment `by` put into the period."""
    row = session.execute(select(*(total(COUNTS[name](now)) for name in names)).where(*within(among, by))).one()
    return dict(zip(names, row, strict=True))


def tally(
    session: Session, among: Among, wanted: Mapping[str, Iterable[str]], now: datetime
) -> dict[tuple[str, str], int]:
    """The counts of these names by each moment. Without a period the moment does not matter: one look at all."""
    names = {by: list(dict.fromkeys(each)) for by, each in wanted.items()}
    if among.start is None and among.end is None:
        everything = count(session, among, list(dict.fromkeys(name for each in names.values() for name in each)), now)
        return {(by, name): everything[name] for by, each in names.items() for name in each}
    counted = {by: count(session, among, each, now, by) for by, each in names.items()}
    return {(by, name): found for by, each in counted.items() for name, found in each.items()}


def within(among: Among, by: str = "registered") -> list[ColumnElement[bool]]:
    """The condition that an item is among these."""
    moment, found = MOMENTS[by], [~Item.restricted]
    if among.start is not None:
        found.append(moment >= among.start)
    if among.end is not None:
        found.append(moment < among.end)
    if among.source is not None:
        found.append(Item.source == among.source)
    if among.campaign is not None:
        found.append(Item.campaign == among.campaign)
    if among.units is not None:
        found.append(Item.lead_id.in_(among.units))
    return found


def total(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def open_by_state(session: Session, among: Among) -> dict[str, int]:
    """Open items by state; the figures add up to all open items."""
    return _open_by(session, among, Item.state)


def open_and_late(session: Session, among: Among, now: datetime) -> tuple[int, int]:
    """How many are open, and how many of those are late: what has ended is not looked at."""
    found = select(func.count(), total(late(now))).where(Item.closed_at.is_(None), *within(among))
    row = session.execute(found).one()
    return row[0], row[1]


def open_by_category(session: Session, among: Among) -> dict[str, int]:
    return _open_by(session, among, Item.category)


def _open_by(session: Session, among: Among, column: InstrumentedAttribute[str]) -> dict[str, int]:
    found = select(column, func.count()).where(Item.closed_at.is_(None), *within(among)).group_by(column)
    return dict(session.execute(found).all())


def by_source(session: Session, among: Among) -> dict[str, int]:
    found = select(Item.source, func.count()).where(*within(among)).group_by(Item.source)
    return dict(session.execute(found).all())


def unheard(session: Session, among: Among, since: datetime) -> int:
    """Open items whose enterprise has heard nothing since then."""
    silent = func.coalesce(Item.heard_at, Item.registered_at) < since
    found = select(func.count()).select_from(Item).where(Item.closed_at.is_(None), silent, *within(among))
    return session.scalar(found) or 0


def handled(session: Session, among: Among, limit: int) -> list[tuple[datetime, datetime]]:
    """When the items done last were registered and done, newest first."""
    found = select(Item.registered_at, Item.resolved_at).where(_done, *within(among, "resolved"))
    rows = session.execute(found.order_by(Item.resolved_at.desc(), Item.id.desc()).limit(limit))
    return [(registered, resolved) for registered, resolved in rows if resolved is not None]


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """What a unit itself has had, without those below it."""

    lead_id: int | None
    received: int
    open: int
    late: int
    done: int


def by_unit(session: Session, among: Among, now: datetime) -> list[UnitLoad]:
    """Every unit that has had items, and what has none; the rows add up to all of them."""
    names = ("received", "open", "late", "done")
    counted = (total(COUNTS[name](now)) for name in names)
    rows = session.execute(select(Item.lead_id, *counted).where(*within(among)).group_by(Item.lead_id))
    return [UnitLoad(*tuple(row)) for row in rows]
