"""When a push may go out: inside hours, not too often for a person, and an enterprise is left in peace in between."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from bot.service import Service
from store import outbox
from store.tables import Push


def earliest(service: Service, session: Session, push: Push, now: datetime) -> datetime:
    """The moment before which this push must not go out; `now` when it may."""
    outbox.hold(session, push.person)
    calendar = service.policy.calendar
    until = max(now, _after_the_gap(service, session, push, now))
    if push.urgent:
        return until
    if _day_is_full(service, session, push, now):
        push.reminder = push.recipient != "contact"  # the next message takes it along
        until = datetime.combine(calendar.local(now).date() + timedelta(days=1), time(), calendar.zone)
    return calendar.next_open(until)


def _after_the_gap(service: Service, session: Session, push: Push, now: datetime) -> datetime:
    """News for an enterprise keeps its distance from the last, unless somebody is in danger."""
    if push.recipient != "contact" or (push.item is not None and push.item.kind == "emergency"):
        return now
    last = outbox.last_news(session, push)
    return last + service.policy.pace.gap if last else now


def _day_is_full(service: Service, session: Session, push: Push, now: datetime) -> bool:
    calendar = service.policy.calendar
    today = datetime.combine(calendar.local(now).date(), time(), calendar.zone)
    return outbox.sent_to(session, push, today) >= service.policy.pace.cap[push.person.role]
