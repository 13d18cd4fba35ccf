"""Looks whether what should have been said was said, and alarms the office once a day for each kind of trouble."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import unknown
from bot.service import Service
from routing.policy import Turn
from routing.telling import tell_role
from store import beats, outbox, watch

NAME, CLOCK = "watchdog", "clock_back"
BEHIND = timedelta(minutes=1)
"""So far behind the last look the clock may be: the hosts' clocks differ a little."""

log = logging.getLogger(__name__)


def look(service: Service) -> None:
    """Look, if it is time. The row of the last time says so, for any number of workers."""
    now, every = service.clock.now(), service.policy.rhythms.watch_every
    with service.store.read() as session:
        last = beats.last(session).get(NAME)
    if last is None or not timedelta() <= now - last < every:  # before the last: the clock was ahead
        _look(service, last, now)


def _look(service: Service, last: datetime | None, now: datetime) -> None:
    with service.store.write() as session:
        if last is None:
            beats.begin(session, NAME, now)
        elif not beats.keep(session, NAME, last, now):
            return
        day = service.policy.calendar.local(now).date()
        if last is not None and last - now > BEHIND:
            _set_back(service, session, last, now)
        for kind, count in watch.late(session, now - service.policy.rhythms.watch_late).items():
            log.error("watchdog: %s: %d", kind, count)
            what = service.texts.label("trouble", kind)
            turn = Turn(session, service.policy, now)
            tell_role(turn, "coordinator", NAME, f"{NAME}:{kind}:{day}", what=what, count=count)


def _set_back(service: Service, session: Session, last: datetime, now: datetime) -> None:
    """The clock was set back. How old a call is that was never answered can no longer be told, nor whether the
    platform would still know a repeat of it: it is not sent again."""
    log.error("watchdog: the clock was set back by at least %d s", (last - now).total_seconds())
    for push in outbox.doubted(session, now + BEHIND):
        unknown(service, session, push, now)
    minutes, day = int((last - now) / timedelta(minutes=1)), service.policy.calendar.local(now).date()
    tell_role(Turn(session, service.policy, now), "coordinator", CLOCK, f"{CLOCK}:{day}", minutes=minutes)
