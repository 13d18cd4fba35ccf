"""A pause: the deadline stands still until a wake-up date, with a reason and within limits (`limits.toml`)."""

from datetime import date, datetime, timedelta

from routing.asides import running_pause
from routing.lifecycle import State, this_round
from routing.limits import FILE
from routing.policy import Refused, Turn
from routing.telling import tell
from store.history import record
from store.tables import Item, Pause, Person

ASKED, RUNNING, OVER, REFUSED = "asked", "running", "over", "refused"
RULE = f"{FILE}: pause"


def ask(turn: Turn, item: Item, by: Person, until: datetime, reason: str) -> Pause:
    """The owner asks; the coordinator decides. Until then the clock runs on."""
    _check(turn, item, until, by)
    if _asked(item):
        raise Refused("pause_asked_already")
    pause = _add(turn, item, by, until, reason, ASKED)
    told = {"until_at": until.isoformat(), "reason": reason}
    event = record(item, "ask_pause", by=by, now=turn.now, **told)
    tell(turn, item, "pause_asked", event, asked_by=by.name, **told)
    return pause


def decide(turn: Turn, item: Item, by: Person, granted: bool, reason: str) -> None:
    asked = _asked(item)
    if asked is None:
        raise Refused("pause_none")
    if granted:
        _check(turn, item, asked.until_at, by)
        _begin(turn, item, asked, by)
        return
    asked.status, asked.ended_at = REFUSED, turn.now
    event = record(item, "refuse_pause", by=by, now=turn.now, reason=reason)
    tell(turn, item, "pause_refused", event, reason=reason)


def set_by_hand(turn: Turn, item: Item, by: Person, until: datetime, reason: str) -> None:
    """The coordinator or a leader decides without being asked."""
    _check(turn, item, until, by)
    _begin(turn, item, _asked(item) or _add(turn, item, by, until, reason, ASKED), by, until, reason)


def resume(turn: Turn, item: Item, by: Person | None) -> None:
    """The clock runs again, with the working time that was left: at the wake-up date by itself, or before by hand."""
    if not stop(turn, item):
        raise Refused("pause_not_running")
    due_at = item.due_at.isoformat() if item.due_at else ""
    event = record(item, "resume", by=by, now=turn.now, rule="" if by else RULE, due_at=due_at)
    tell(turn, item, "resume", event)


def moment(item: Item) -> datetime | None:
    return item.paused_until


def wake(turn: Turn, item: Item) -> None:
    """The wake-up date has come."""
    if item.paused_until is not None and item.paused_until <= turn.now:
        resume(turn, item, by=None)


def stop(turn: Turn, item: Item) -> bool:
    """End the pause that runs and say so to nobody; whether there was one. What of it was not used is given back."""
    pause, calendar = running_pause(item), turn.policy.calendar
    if pause is None:
        return False
    pause.status, pause.ended_at = OVER, min(turn.now, pause.until_at)
    item.paused_until = None
    if turn.now < pause.until_at and item.due_at is not None:
        item.due_at = calendar.resume(item.due_at, pause.until_at, turn.now)
    item.checked_until, item.next_check_at = pause.ended_at, turn.now
    return True


def wakes(turn: Turn, days: int | None, day: date | None) -> datetime:
    """The moment meant by "5 days" or by a date: so much working time later, or when that day opens."""
    calendar = turn.policy.calendar
    if day is None:
        return calendar.add(turn.now, (days or 1) * calendar.day_seconds)
    while not (spans := calendar.spans(day)):
        day += timedelta(days=1)
    return spans[0][0]


def _begin(
    turn: Turn, item: Item, pause: Pause, by: Person, until: datetime | None = None, reason: str | None = None
) -> None:
    assert item.due_at is not None
    pause.until_at, pause.reason = until or pause.until_at, reason or pause.reason
    pause.status, pause.from_at = RUNNING, turn.now
    item.paused_until = pause.until_at
    item.due_at = turn.policy.calendar.resume(item.due_at, turn.now, pause.until_at)
    item.checked_until = item.next_check_at = turn.now
    told = {"until_at": pause.until_at.isoformat(), "reason": pause.reason}
    event = record(item, "pause", by=by, now=turn.now, **told, due_at=item.due_at.isoformat(), leader=_leads(by))
    tell(turn, item, "pause", event, **told)


def _check(turn: Turn, item: Item, until: datetime, by: Person) -> None:
    limits, calendar = turn.policy.limits, turn.policy.calendar
    if running := running_pause(item):
        raise Refused("pause_runs", until_at=running.until_at)
    if item.state != State.HANDLING or item.due_at is None:
        raise Refused("pause_not_now")
    if turn.now >= item.due_at:
        raise Refused("pause_too_late", due_at=item.due_at)
    if until <= turn.now:
        raise Refused("pause_past", until_at=until)
    latest = calendar.add(turn.now, limits.pause_days * calendar.day_seconds)
    if until > calendar.next_open(latest):
        raise Refused("pause_too_long", latest_at=latest, days=limits.pause_days)
    had = sum(event.action == "pause" and not event.data.get("leader") for event in this_round(item))
    if had >= limits.pause_times and not _leads(by):
        raise Refused("pause_once", times=limits.pause_times)


def _leads(by: Person) -> bool:
    return by.role == "leader"


def _asked(item: Item) -> Pause | None:
    return next((pause for pause in item.pauses if pause.status == ASKED), None)


def _add(turn: Turn, item: Item, by: Person, until: datetime, reason: str, status: str) -> Pause:
    pause = Pause(
        district_id=item.district_id,
        by_id=by.id,
        from_at=turn.now,
        until_at=until,
        reason=reason,
        status=status,
    )
    item.pauses.append(pause)
    return pause
