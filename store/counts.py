"""Named counts: what must be true of an item. Two of them make a rate (routing/metrics.toml)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from store.moments import earlier, local_day
from store.tables import Event, Extension, Item

ENDED_OTHERWISE = ("withdrawn", "refused", "merged")
UNASSIGNED = ("registered", "triage")
IN_HAND = ("assigned", "handling")
DONE = ("resolved", "rated", "verified", "closed")
SATISFIED = 3
AGAIN_WITHIN = 30
"""Days within which an enterprise that asks for the same category again repeats itself."""

Condition = Callable[[datetime], ColumnElement[bool]]

_ours = Item.scope == "ours"
_accepted = and_(_ours, Item.state.not_in((*UNASSIGNED, *ENDED_OTHERWISE)))
done = and_(_ours, Item.state.in_(DONE))
_reopened = Item.id.in_(select(Event.item_id).where(Event.action == "reopen"))
_extended = Item.id.in_(select(Extension.item_id).where(Extension.status == "granted"))


def late(now: datetime) -> ColumnElement[bool]:
    """Open, past the deadline, and not paused."""
    stands_still = and_(Item.paused_until.is_not(None), Item.paused_until > now)
    return and_(Item.state.in_(IN_HAND), Item.due_at < now, ~stands_still)


def _decided(now: datetime) -> ColumnElement[bool]:
    """The deadline has come, or it was done before."""
    return and_(_ours, or_(done, late(now)))


def _sign_decided(now: datetime) -> ColumnElement[bool]:
    return and_(_ours, Item.sign_due_at.is_not(None), or_(Item.signed_at.is_not(None), Item.sign_due_at < now))


def _on_the_spot(now: datetime) -> ColumnElement[bool]:
    """The easiest grade, done on the day of its number. `now` is local: its offset says which day that is."""
    same_day = local_day(Item.resolved_at, now.utcoffset() or timedelta()) == func.substr(Item.number, 1, 8)
    return and_(done, Item.grade == 1, Item.round == 1, same_day)


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
    "done": _always(done),
    "solved": _always(and_(done, Item.result_code == "solved")),
    "on_the_spot": _on_the_spot,
    "sign_decided": _sign_decided,
    "signed_in_time": lambda now: and_(_sign_decided(now), Item.signed_at <= Item.sign_due_at),
    "decided": _decided,
    "in_time": _always(and_(done, ~Item.was_late)),
    "extended": lambda now: and_(_decided(now), _extended),
    "extended_in_time": _always(and_(done, ~Item.was_late, _extended)),
    "late": late,
    "rated": _always(and_(_ours, Item.rating.is_not(None))),
    "done_rated": _always(and_(done, Item.rating.is_not(None))),
    "satisfied": _always(and_(_ours, Item.rating >= SATISFIED)),
    "returned": _always(and_(_accepted, Item.returns > 0)),
    "redone": _always(and_(done, Item.round > 1)),
    "reopened": _always(and_(_ours, _reopened)),
    "ever_closed": _always(and_(_ours, or_(Item.state == "closed", _reopened))),
    "repeated": _always(_repeated()),
    "from_superior": _always(Item.source == "superior"),
    "from_superior_done": _always(and_(Item.source == "superior", Item.state.in_(DONE))),
    "from_superior_late": lambda now: and_(Item.source == "superior", late(now)),
}
"""Every count there is, by name: what must be true of an item at the moment of counting."""
