"""What the officer does: sign, note progress, ask for time."""

from datetime import date, datetime

from routing import deadlines
from routing.lifecycle import Action, apply
from routing.policy import Refused, Turn
from routing.telling import tell
from store import history, items
from store.history import record
from store.tables import Extension, Item, Person

DECIDED = ("extension_granted", "extension_refused")


def sign(turn: Turn, item: Item, by: Person, note: str = "") -> None:
    said = {"note": note} if note else {}
    event = apply(item, Action.SIGN, by=by, now=turn.now, **said)
    tell(turn, item, "sign", event)


def progress(turn: Turn, item: Item, by: Person, note: str, attached: str = "") -> None:
    """Note what was done; on an unsigned item this signs for it too. The first one is the first contact
    with the enterprise, who reads it, and what pictures came with it."""
    event = apply(item, Action.PROGRESS, by=by, now=turn.now, note=note)
    item.contacted_at = item.contacted_at or turn.now
    tell(turn, item, "progress", event, note=note, attached=attached)


def ask_extension(turn: Turn, item: Item, by: Person, until: datetime, reason: str) -> Extension:
    """Ask for a later deadline. Only before it has passed, once, and by no more than the original length
    (domain step 6b); the coordinator decides."""
    _check_extension(turn, item, until)
    assert item.due_at is not None
    asked = Extension(
        district_id=item.district_id,
        item_id=item.id,
        asked_by_id=by.id,
        asked_at=turn.now,
        old_due_at=item.due_at,
        new_due_at=until,
        reason=reason,
    )
    item.extensions.append(asked)
    event = record(item, "ask_extension", by=by, now=turn.now, until_at=until.isoformat(), reason=reason)
    tell(turn, item, "extension_asked", event, until_at=until.isoformat(), reason=reason, asked_by=by.name)
    return asked


def _check_extension(turn: Turn, item: Item, until: datetime) -> None:
    policy = turn.policy
    if item.due_at is None or item.state not in ("assigned", "handling"):
        raise Refused("extension_not_now")
    if turn.now >= item.due_at:
        raise Refused("extension_too_late", due_at=item.due_at)
    if any(asked.status in ("asked", "granted") for asked in item.extensions):
        raise Refused("extension_once")
    if until <= item.due_at:
        raise Refused("extension_earlier", due_at=item.due_at)
    latest = policy.deadlines.latest_extension(item.grade, (item.nature, item.kind), item.due_at, policy.calendar)
    if until > latest:
        raise Refused("extension_too_long", latest_at=latest)


def extension_until(turn: Turn, item: Item, days: int | None, day: date | None) -> datetime:
    """The moment meant by "3 days more" or by a date: closing time of a working day."""
    calendar = turn.policy.calendar
    if day is not None:
        return deadlines.end_of(day, calendar)
    # A deadline stands at closing time, from which the next working day is the first one more.
    return calendar.add_days(item.due_at or turn.now, (days or 1) - 1)


def decide_extension(turn: Turn, item: Item, by: Person, granted: bool, reason: str) -> None:
    asked = items.open_extension(turn.session, item)
    if asked is None or asked.old_due_at != item.due_at or item.state not in ("assigned", "handling"):
        raise _nothing_asked(item)
    asked.status = "granted" if granted else "refused"
    asked.decided_by_id, asked.decided_at = by.id, turn.now
    if granted:
        item.due_at, item.checked_until, item.next_check_at = asked.new_due_at, turn.now, turn.now
    occasion = f"extension_{asked.status}"
    event = record(item, occasion, by=by, now=turn.now, until_at=asked.new_due_at.isoformat(), reason=reason)
    tell(
        turn,
        item,
        occasion,
        event,
        until_at=asked.new_due_at.isoformat(),
        reason=reason or (asked.reason if granted else ""),
    )


def _nothing_asked(item: Item) -> Refused:
    """No request waits: somebody has decided it before, or there never was one."""
    decided = [event for event in history.of(item) if event.action in DECIDED and event.actor is not None]
    if not decided:
        return Refused("extension_none")
    last = decided[-1]
    assert last.actor is not None
    return Refused("extension_decided_before", who=last.actor.name, decided_at=last.at, granted=last.action)
