"""Keeps what is told regularly: the morning list, the figures of a week and a month. Each time once."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import calls, figures, morning, visits
from bot.service import Service
from routing.acting import at_work
from routing.policy import Turn
from routing.rhythm import Rhythm
from routing.telling import tell_people
from routing.visits import PUSH as VISITS
from store import beats, people
from store.tables import Person
from store.trouble import report

Told = tuple[str, dict[str, Any]]
SAYS: dict[str, Callable[[Service, Turn, Rhythm, datetime, Person], Told | None]] = {
    "todo": morning.todo,
    "visits": visits.owed,
    "figures": figures.figures,
    "calls": calls.due,
}
"""What is told: the key of its text and the facts, or None where there is nothing to say."""
PUSHES = (morning.TEXT, VISITS, calls.LIST, *figures.TEXTS.values())

log = logging.getLogger(__name__)


def keep(service: Service) -> None:
    """Tell what is due now. Safe to run twice, and at the same time."""
    with service.store.read() as session:
        last = beats.last(session)
    for rhythm in service.policy.rhythms.rhythms:
        try:
            _keep(service, rhythm, last.get(rhythm.name))
        except Exception:
            report(log, "%s could not be kept; tried again at the next tick", rhythm.name)


def next_moment(service: Service, session: Session) -> datetime | None:
    """When the next of them is due."""
    last, calendar = beats.last(session), service.policy.calendar
    known = [rhythm for rhythm in service.policy.rhythms.rhythms if rhythm.name in last]
    return min((rhythm.after(last[rhythm.name], calendar) for rhythm in known), default=None)


def _keep(service: Service, rhythm: Rhythm, last: datetime | None) -> None:
    now, calendar = service.clock.now(), service.policy.calendar
    if last is None:  # a new service owes nothing for the time before
        with service.store.write() as session:
            beats.begin(session, rhythm.name, now)
        return
    if last > now:  # the clock was ahead and is right again; whose key was used up meanwhile is not told twice
        with service.store.write() as session:
            beats.keep(session, rhythm.name, last, now)
        return
    due = rhythm.latest(last, now, calendar)
    if due is None:
        return
    with service.store.write() as session:
        if beats.keep(session, rhythm.name, last, due) and not rhythm.is_past(due, now, calendar):
            _tell(service, Turn(session, service.policy, now), rhythm, due)


def _tell(service: Service, turn: Turn, rhythm: Rhythm, due: datetime) -> None:
    told = [person for role in rhythm.to for person in at_work(turn, people.with_role(turn.session, role))]
    for person in told:
        said = SAYS[rhythm.says](service, turn, rhythm, due, person)
        if said is not None:
            text_key, facts = said
            tell_people(turn, [person], text_key, f"rhythm:{rhythm.name}:{due:%Y%m%d%H%M}", reminder=True, **facts)
