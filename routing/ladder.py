"""The tick: what is due is done, each item in its turn. A restart loses nothing, because the truth is a column."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from routing import dispatch, escalation, followup, leave, pauses, promises, reminders
from routing.climb import climb
from routing.lifecycle import ENDED, State
from routing.policy import Policy, Turn
from store import absences, gather, history, items, people, plans, together
from store.db import Store
from store.memo import remembering
from store.tables import Item
from store.trouble import report


@dataclass(frozen=True, slots=True)
class Aside:
    """Something beside the state of an item that wakes up by itself: a pause, a promise, an absence."""

    moment: Callable[[Item], datetime | None]  # when it next wants to be looked at; None: never
    check: Callable[[Turn, Item], None]  # does what is due; safe to call at any time
    after_end: bool = False  # whether it is about ended items, and only those


ASIDES: tuple[Aside, ...] = (
    Aside(pauses.moment, pauses.wake),
    Aside(escalation.never, escalation.check),
    Aside(followup.moment, followup.look, after_end=True),
    Aside(promises.wake, promises.check),
)
"""What else has its own moments beside the rungs; looked at before them, in this order."""
LATER = timedelta(minutes=10)

log = logging.getLogger(__name__)


Settled = Callable[[Turn, Item], None]
"""What else is done with an item once all of it has been told."""


def _nothing(_turn: Turn, _item: Item) -> None:
    """Nothing else is done with it."""


def tick(store: Store, policy: Policy, now: datetime, settled: Settled = _nothing) -> int:
    """Do all that is due at `now`; how many items were looked at. Safe to run twice, and at the same time."""
    _absences(store, policy, now)
    done = 0
    while _anything(store, now) and (looked := _batch(store, policy, now, settled)):
        done += looked
    return done


def _anything(store: Store, now: datetime) -> bool:
    """Whether anything is due: asked first, because mostly nothing is, and who writes keeps others waiting."""
    with store.read() as session:
        moment = items.next_check(session)
    return moment is not None and moment <= now


def _absences(store: Store, policy: Policy, now: datetime) -> None:
    """Who leaves and who comes back; first, so that what is due is said to whoever has it now."""
    try:
        leave.keep(store, policy, now)
    except Exception:
        report(log, "absences could not be kept; tried again at the next tick")


def next_moment(session: Session) -> datetime | None:
    """When the next tick has something to do."""
    moments = (items.next_check(session), absences.next_moment(session))
    return min((moment for moment in moments if moment is not None), default=None)


def _batch(store: Store, policy: Policy, now: datetime, settled: Settled) -> int:
    """Some of what is due, all at once; where that fails, one by one."""
    try:
        return _all_at_once(store, policy, now, settled)
    except Exception:
        report(log, "a batch could not be checked; again, one by one")
        return _one_by_one(store, policy, now, settled)


def _all_at_once(store: Store, policy: Policy, now: datetime, settled: Settled) -> int:
    with store.write() as session, remembering(session):
        due = items.due(session, now, store.at_once)
        people.foresee_department(session, {item.lead for item in due if item.lead is not None}, "head")
        with gather.gathering(session, due), plans.together(session, due), history.together(session, due):
            _look(Turn(session, policy, now), due, settled, check)
        together.save(session, due)
        return len(due)


def _one_by_one(store: Store, policy: Policy, now: datetime, settled: Settled) -> int:
    with store.write() as session, remembering(session):
        due = items.due(session, now, store.at_once)
        _look(Turn(session, policy, now), due, settled, _guarded)
        return len(due)


def _look(turn: Turn, due: Sequence[Item], settled: Settled, look: Callable[[Turn, Item, Settled], None]) -> None:
    for item in due:
        settling = item.state == State.REGISTERED
        with turn.session.no_autoflush:  # written when all is known, not before every question
            look(turn, item, settled)
        if settling:
            turn.session.flush()  # who gets the next one depends on who got this one


def _guarded(turn: Turn, item: Item, settled: Settled) -> None:
    """One item that cannot be understood must not hold up the others."""
    try:
        with turn.session.begin_nested():
            check(turn, item, settled)
    except Exception:
        report(log, "item %s could not be checked; tried again later", item.id)
        item.next_check_at = turn.now + LATER


def check(turn: Turn, item: Item, settled: Settled = _nothing) -> None:
    """Look at one item: dispatch it if it has settled, climb the rungs it has reached, say when to look again."""
    if item.state == State.REGISTERED:
        dispatch.settle(turn, item)
        settled(turn, item)
    for aside in _asides(item):
        aside.check(turn, item)
    for rung, row in reminders.due(turn, item):
        if item.state in rung.states:
            climb(turn, item, rung, row)
    item.checked_until = turn.now
    plan(turn, item)


def plan(turn: Turn, item: Item) -> None:
    """Set when this item must be looked at again. Every open item has such a moment; an ended one only where somebody
    is to look at it once more."""
    if item.state == State.REGISTERED:
        return
    open_still = item.state not in ENDED
    moments = [reminders.plan(turn, item) if open_still else None, *(aside.moment(item) for aside in _asides(item))]
    soonest = min((moment for moment in moments if moment is not None), default=None)
    item.next_check_at = soonest or (turn.policy.calendar.add_days(turn.now, 1) if open_still else None)


def _asides(item: Item) -> list[Aside]:
    return [aside for aside in ASIDES if aside.after_end == (item.state in ENDED)]
