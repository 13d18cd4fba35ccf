"""What goes on beside the state of an item, and how it ends when nobody works on the item any more."""

from datetime import datetime

from store import plans
from store.tables import Escalation, Handover, Item, Pause

LEADER, SUPERIOR = "leader", "superior"
MOVED_ON = "the item moved on"


def open_offer(item: Item) -> Handover | None:
    """The transfer that waits for a signature."""
    return next((offer for offer in item.handovers if offer.status == "offered"), None)


def void(item: Item, now: datetime) -> None:
    """The item has left the hands it was in: nobody is waited for beside it."""
    for offer in item.handovers:
        if offer.status == "offered":
            offer.status, offer.decided_at = "void", now
    for support in item.supports:
        if support.status == "asked":
            support.status, support.answered_at = "void", now
    for pause in item.pauses:
        if pause.status in ("asked", "running"):
            pause.status, pause.ended_at = "over" if pause.status == "running" else "void", now
    item.paused_until = None


def open_escalation(item: Item, level: str) -> Escalation | None:
    """What was put to that level and has no answer yet."""
    return next((one for one in item.escalations if one.level == level and one.status == "asked"), None)


def void_escalations(item: Item, levels: tuple[str, ...]) -> None:
    """Nobody is asked about what is settled."""
    for one in item.escalations:
        if one.status == "asked" and one.level in levels:
            one.status = "void"


def running_pause(item: Item) -> Pause | None:
    return next((pause for pause in item.pauses if pause.status == "running"), None)


def stood_still(item: Item) -> list[tuple[datetime, datetime]]:
    """The times, one after the other, in which the deadline stood still, or will have when they are over."""
    return [(one.from_at, one.ended_at or one.until_at) for one in item.pauses if one.status in ("running", "over")]


def support_due(item: Item) -> datetime | None:
    """When the first answer of a supporting department that is still missing was, or is, to be there."""
    return min((one.due_at for one in item.supports if one.status == "asked" and one.due_at), default=None)


def silence(item: Item) -> None:
    """The item has ended: nothing more is said of it by itself."""
    for row in plans.of(item):
        if row.status == "planned":
            row.status, row.why = "void", MOVED_ON


def release(item: Item, now: datetime) -> None:
    """The item has ended: nobody is held to what was still promised on it."""
    for promise in item.commitments:
        if promise.status == "open":
            promise.status, promise.settled_at = "void", now
