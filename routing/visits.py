"""Visits: what was done, which enterprises an officer still owes one in this quarter, and who is reminded of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from routing.policy import Turn
from store import visits
from store.tables import Enterprise, Person, Report, Visit

PUSH = "visits_owed"
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Record:
    """What an officer owes in a quarter and has done: visits that count, and enterprises that wait for one."""

    officer: Person
    wanted: int
    made: int
    missing: tuple[Enterprise, ...]


def keep(turn: Turn, officer: Person, enterprise: Enterprise, day: date, note: str, report: Report | None) -> Visit:
    """Note a visit. Whoever comes twice on one day has been there once: the notes are joined."""
    zone = turn.policy.calendar.zone
    if report is not None and any(item.restricted for item in report.items):
        note = ""  # what its receiver alone may read is in the report
    begins = datetime.combine(day, time(0), zone)
    same = visits.between(turn.session, officer, enterprise, begins, begins + timedelta(days=1))
    if same is not None:
        same.note = f"{same.note}\n{note}".strip()
        same.report_id = same.report_id or (report.id if report else None)
        return same
    today = turn.policy.calendar.local(turn.now).date()
    made = Visit(
        district_id=officer.district_id,
        officer=officer,
        enterprise=enterprise,
        at=turn.now if day == today else datetime.combine(day, NOON, zone),
        note=note,
        report_id=report.id if report else None,
    )
    turn.session.add(made)
    turn.session.flush()
    return made


def quarter(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter of a day."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    after = (first + timedelta(days=100)).replace(day=1)
    return first, after - timedelta(days=1)


def records(turn: Turn, day: date, officer: Person | None = None) -> Iterator[Record]:
    """For each officer who is bound to an enterprise, or for this one, the quarter of this day."""
    (first, last), zone = quarter(day), turn.policy.calendar.zone
    begins, ends = (datetime.combine(at, time(0), zone) for at in (first, last + timedelta(days=1)))
    made = visits.counts(turn.session, begins, ends, officer)
    per_quarter = turn.policy.duty.per_quarter
    for one, pairs in groupby(visits.bound(turn.session, officer), key=lambda pair: pair[0]):
        owed = [enterprise for _, enterprise in pairs]
        done = {each.id: min(made.get((one.id, each.id), 0), per_quarter) for each in owed}
        missing = tuple(each for each in owed if done[each.id] < per_quarter)
        yield Record(one, len(owed) * per_quarter, sum(done.values()), missing)


def owed(turn: Turn, officer: Person, day: date) -> Record | None:
    """What an officer who is behind is reminded of on this day, if it is one of those set for it; on a day off, the
    next working day."""
    _, last = quarter(day)
    calendar = turn.policy.calendar
    set_for = [last - timedelta(days=days) for days in turn.policy.duty.remind_days]
    opens = [calendar.next_open(datetime.combine(at, time(0), calendar.zone)) for at in set_for]
    if day not in [calendar.local(moment).date() for moment in opens]:
        return None
    return next((record for record in records(turn, day, officer) if record.missing), None)
