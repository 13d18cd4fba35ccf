"""What an officer promised the enterprise: noted with its date, reminded of once, kept or broken by what was done."""

from datetime import datetime, timedelta

from routing import dates
from routing.calendar import Calendar
from routing.commitments import FILE
from routing.dates import By
from routing.lifecycle import IN_HAND, NEW_OWNER, Action, NotAllowed
from routing.policy import Refused, Turn
from routing.telling import put, recipients, tell
from store import history
from store.history import Step, record
from store.tables import Commitment, Item, Person

OPEN, KEPT, BROKEN, VOID = "open", "kept", "broken", "void"
MADE = "promise"
REMINDER = "remind_promise"
GONE = (*NEW_OWNER, Action.RETURN, Action.RELEASE)
"""After these the item is somebody else's, who has promised nothing."""
SECOND = timedelta(seconds=1)
DAYS_BACK = 40


def due(turn: Turn, by: By) -> datetime | None:
    """The moment a date said now means; None where it has passed or is too far."""
    policy = turn.policy
    found = dates.moment(by, turn.now, policy.calendar, policy.commitments.dates)
    return found if found is not None and found - turn.now <= policy.commitments.furthest else None


def make(turn: Turn, item: Item, by: Person, text: str, due_at: datetime, *, said_apart: bool) -> Commitment:
    """Note a promise. The enterprise reads it in the note it stands in, or, `said_apart`, in a push of its own.

    While the deadline of the item lies ahead nothing later than it can be promised: that would be an extension
    nobody has granted.
    """
    if item.state not in IN_HAND:
        raise NotAllowed(item, MADE)
    if item.due_at is not None and turn.now < item.due_at < due_at:
        raise Refused(
            "promise_after_due", number=item.number, short=item.short, wanted_at=due_at, latest_at=item.due_at
        )
    made = Commitment(
        district_id=item.district_id,
        by=by,
        made_at=turn.now,
        text=text,
        due_at=due_at,
        remind_at=remind_at(turn.policy.calendar, due_at, turn.policy.commitments.remind, turn.now),
        status=OPEN,
    )
    item.commitments.append(made)
    item.next_check_at = turn.now  # the next tick plans when to look at it
    event = record(item, MADE, by=by, now=turn.now, note=text, until_at=due_at.isoformat())
    if said_apart:
        tell(turn, item, MADE, event, promised=text, promised_at=due_at.isoformat())
    return made


def take_back(turn: Turn, item: Item, by: Person, one: Commitment, *, silent: bool = False) -> None:
    """The officer says it was none, or puts another in its place. It is not forgotten: it counts as taken back."""
    one.status, one.settled_at = VOID, turn.now
    told = {"note": one.text, "until_at": one.due_at.isoformat()}
    event = record(item, "promise_void", by=by, now=turn.now, **told)
    if not silent:
        tell(turn, item, "promise_void", event, promised=one.text, promised_at=one.due_at.isoformat())


def own(item: Item, by: Person) -> list[Commitment]:
    """What this person has promised on the item and not yet kept, the newest last."""
    return [one for one in item.commitments if one.status == OPEN and one.by_id == by.id]


def open_of(item: Item) -> list[Commitment]:
    return sorted((one for one in item.commitments if one.status == OPEN), key=lambda one: one.due_at)


def remind_at(calendar: Calendar, due_at: datetime, before: int, now: datetime) -> datetime | None:
    """The last opening of the office at least so many working seconds before; None when that has passed."""
    day = calendar.local(due_at).date()
    for back in range(DAYS_BACK):
        if spans := calendar.spans(day - timedelta(days=back)):
            opens = spans[0][0]
            if opens <= now:
                return None
            if calendar.between(opens, due_at) >= before:
                return calendar.next_open(opens)
    return None


def wake(item: Item) -> datetime | None:
    """When a promise of this item next wants to be looked at."""
    moments = [one.remind_at or one.due_at + SECOND for one in item.commitments if one.status == OPEN]
    return min(moments, default=None)


def check(turn: Turn, item: Item) -> None:
    """Settle what has been kept, broken or has gone with its owner; remind of what is due soon."""
    for one in open_of(item):
        status, at = verdict(item, one, turn.policy.commitments.kept_by, turn.now)
        if status != OPEN:
            _settle(turn, item, one, status, at)
        elif one.remind_at is not None and one.remind_at <= turn.now:
            one.remind_at = None
            _remind(turn, item, one)


def verdict(item: Item, one: Commitment, kept_by: frozenset[str], now: datetime) -> tuple[str, datetime]:
    """What has become of a promise, and when. A note that only promises again keeps nothing."""
    for event in _since(item, one):
        if event.at > one.due_at:
            break
        if event.action in GONE and event.data.get("officer") != one.by.name:
            return VOID, event.at
        if event.action in kept_by and not _promises(item, event):
            return KEPT, event.at
    return (BROKEN, one.due_at) if now > one.due_at else (OPEN, now)


def _since(item: Item, one: Commitment) -> list[Step]:
    """What happened after the promise was made."""
    made = [event.seq for event in history.of(item) if event.action == MADE and event.at == one.made_at]
    return [event for event in history.of(item) if event.seq > max(made, default=0) and event.at >= one.made_at]


def _promises(item: Item, note: Step) -> bool:
    return any(
        event.action == MADE and event.at == note.at and event.actor is note.actor for event in history.of(item)
    )


def _settle(turn: Turn, item: Item, one: Commitment, status: str, at: datetime) -> None:
    one.status, one.settled_at = status, at
    if status == BROKEN:
        told = {"note": one.text, "until_at": one.due_at.isoformat(), "officer": one.by.name}
        event = record(item, "promise_broken", by=None, now=turn.now, rule=f"{FILE}: kept_by", **told)
        tell(turn, item, "promise_broken", event, promised=one.text, promised_at=one.due_at.isoformat())


def _remind(turn: Turn, item: Item, one: Commitment) -> None:
    facts = {"promised": one.text, "promised_at": one.due_at.isoformat()}
    told = [
        person.name
        for person in recipients(turn, item, "officer")
        if put(
            turn,
            item,
            person,
            REMINDER,
            f"promise:{item.number}:{one.id}:{person.id}",
            "officer",
            urgent=False,
            asking=True,
            reminder=True,
            **facts,
        )
    ]
    if told:
        record(item, "remind", by=None, now=turn.now, rule=f"{FILE}: remind_hours", rung=MADE, told=told)
