"""A deadline, day by day: what of each day counts, or why nothing does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from routing.calendar import Calendar, Unit


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of a walk."""

    day: date
    counted: int  # in hours: working seconds; in days: 1 or 0
    total: int  # counted so far
    why: str  # why nothing counts: weekend, holiday, over (already closed), starts, moved; "" where something does
    name: str  # of the holiday, where it has one
    make_up: bool  # it works though its weekday, or the nation, is off


@dataclass(frozen=True, slots=True)
class Walk:
    """How a deadline comes about. Moments are UTC."""

    begins: datetime  # the first working moment: here its clock starts
    days: tuple[Day, ...]
    end: datetime


def explain(calendar: Calendar, start: datetime, length: int, unit: Unit, *, move: bool = True) -> Walk:
    """The way of `calendar.due`, one entry for each local day from `start` to the end. Raises as that does."""
    end = calendar.due(start, length, unit, move=move)
    begins = calendar.add(start, 0)
    return Walk(begins.astimezone(UTC), tuple(_days(calendar, start, begins, end, length, unit)), end)


def _days(
    calendar: Calendar, start: datetime, begins: datetime, end: datetime, length: int, unit: Unit
) -> Iterator[Day]:
    first, opens, last = (calendar.local(moment).date() for moment in (start, begins, end))
    before = 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if unit is Unit.HOURS:
            midnight = datetime.combine(day + timedelta(days=1), time(), calendar.zone)
            total = calendar.between(begins, min(midnight, end))
        else:
            total = before + _whole(calendar, day, opens, unit, length - before)
        special, name = calendar.special(day), calendar.day_name(day) or ""
        why = "" if total > before else _why(calendar, day, opens)
        yield Day(day, total - before, total, why, name, special is not None and special.works)
        before = total


def _whole(calendar: Calendar, day: date, opens: date, unit: Unit, left: int) -> int:
    """1 when a day counts, else 0: the one on which the clock starts never does, nor one after the last."""
    counts = day > opens and left > 0 and (unit is Unit.NATURAL_DAYS or calendar.is_workday(day))
    return int(counts)


def _why(calendar: Calendar, day: date, opens: date) -> str:
    if not calendar.is_workday(day):
        return "holiday" if calendar.special(day) else "weekend"
    if day == opens:
        return "starts"
    return "over" if day < opens else "moved"
