"""Is the service well? Asked by balancers and people; needs no worker to be running."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.service import Service
from bot.tally import Tally
from routing import ladder
from store import gauges, inbox, outbox, watch

PATIENCE = timedelta(minutes=2)


def waited(session: Session, now: datetime) -> timedelta:
    """For how long the oldest work has waited: a message put aside, an item that is due, a push."""
    since = (inbox.oldest_waiting(session), ladder.next_moment(session), outbox.oldest_waiting(session, now))
    oldest = min((moment for moment in since if moment is not None), default=now)
    return max(now - oldest, timedelta())


def health(service: Service, tally: Tally) -> tuple[dict[str, Any], int]:
    """What to answer and with which status: 200 while the database answers and nothing that is due has waited
    longer than two minutes, else 503 with the reason."""
    now = service.clock.now()
    try:
        with service.store.read() as session:
            failed = inbox.failed_count(session)
            age = waited(session, now)
            sending = gauges.waiting_pushes(session, now)
            late = watch.late(session, now - service.policy.rhythms.watch_late)
    except SQLAlchemyError as error:
        return {"status": "down", "reason": f"database: {type(error).__name__}"}, 503
    told = {
        "queue_age_seconds": int(age.total_seconds()),
        "waiting_pushes": sending,
        "turned_away": tally.turned_away.told(),
        "failed": failed,
        "late": late,
    }
    if age > PATIENCE:
        return {"status": "stuck", "reason": "work has been waiting: is a worker running?", **told}, 503
    return {"status": "ok", **told}, 200
