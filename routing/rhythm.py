"""What is told regularly: when, to whom, and about which days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from routing.calendar import WALK_DAYS, Calendar, CalendarError
from routing.calendar_file import WEEKDAYS
from routing.pace import ROLES
from store.facts import FactError, read

FILE = "rhythm.toml"
EVERY = ("workday", "week", "month")
SAYS = {"todo": ("workday",), "visits": ("workday",), "calls": ("workday",), "figures": ("week", "month")}
"""What can be told, and how often."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One thing that is told regularly; see the head of `rhythm.toml`."""

    name: str
    every: str
    at: time
    to: tuple[str, ...]
    says: str
    day: str | int | None = None

    @property
    def rule(self) -> str:
        return f"{FILE}: {self.name}"

    def after(self, moment: datetime, calendar: Calendar) -> datetime:
        """The first time after this moment."""
        return next(found for found in self._times(moment, calendar) if found > moment)

    def latest(self, since: datetime, now: datetime, calendar: Calendar) -> datetime | None:
        """The last time after `since` that has come; None when there is none yet."""
        latest = None
        for found in self._times(since, calendar):
            if found > now:
                return latest
            latest = found if found > since else latest
        return latest

    def is_past(self, moment: datetime, now: datetime, calendar: Calendar) -> bool:
        """Whether it is too late to make up for this time: a list for a day is worth nothing on another."""
        return self.every == "workday" and calendar.local(moment).date() != calendar.local(now).date()

    def before(self, moment: datetime, calendar: Calendar) -> tuple[date, date]:
        """The week or month before this time: its first day, and the day after its last."""
        first = self._start(calendar.local(moment).date())
        return self._start(first - DAY), first

    def _times(self, moment: datetime, calendar: Calendar) -> Iterator[datetime]:
        """All times from the period of this moment, or the one before, on."""
        start = self._start(self._start(calendar.local(moment).date()) - DAY)
        while True:
            if (day := self._day(start, calendar)) is not None:
                yield datetime.combine(day, self.at, calendar.zone).astimezone(UTC)
            start = self._next(start)

    def _start(self, day: date) -> date:
        """The first day of the period in which a day lies."""
        if self.every == "month":
            return day.replace(day=1)
        return day - timedelta(days=day.weekday()) if self.every == "week" else day

    def _next(self, start: date) -> date:
        if self.every == "month":
            return (start + timedelta(days=31)).replace(day=1)
        return start + (timedelta(weeks=1) if self.every == "week" else DAY)

    def _day(self, start: date, calendar: Calendar) -> date | None:
        """The day of a period on which it is told; None on a day off of which nothing is told."""
        if self.every == "workday":
            return start if calendar.is_workday(start) else None
        if self.every == "week":
            return _workdays(start + timedelta(days=WEEKDAYS.index(str(self.day))), 1, calendar)
        return _workdays(start, int(self.day or 1), calendar)


@dataclass(frozen=True, slots=True)
class Rhythms:
    rhythms: tuple[Rhythm, ...]
    watch_every: timedelta
    watch_late: timedelta

    @classmethod
    def load(cls, override: Path | None = None) -> "Rhythms":
        """Read `rhythm.toml`. Raises FactError naming the entry and what is wrong with it."""
        facts = read(__file__, FILE, override)
        found = tuple(_rhythm(entry, n) for n, entry in enumerate(facts.get("rhythm", []), 1))
        names = [rhythm.name for rhythm in found]
        if twins := {name for name in names if names.count(name) > 1}:
            raise FactError(f"{FILE}: rhythm {min(twins)!r} is given twice")
        watch = facts.get("watchdog", {})
        every, late = (_minutes(watch, name) for name in ("every_minutes", "late_minutes"))
        return cls(found, every, late)


def _workdays(day: date, count: int, calendar: Calendar) -> date:
    """The so-many-eth working day, from this day on."""
    for _ in range(WALK_DAYS):
        count -= calendar.is_workday(day)
        if count == 0:
            return day
        day += DAY
    raise CalendarError(datetime.combine(day, time(), calendar.zone))


def _rhythm(entry: dict[str, Any], number: int) -> Rhythm:
    where = f"{FILE}: rhythm {entry.get('name', number)}"
    try:
        rhythm = Rhythm(**{**entry, "to": tuple(entry["to"])})
    except (KeyError, TypeError) as error:
        raise FactError(f"{where}: missing or unknown entry: {error}") from error
    if rhythm.every not in EVERY:
        raise FactError(f"{where}: every must be one of {', '.join(EVERY)}")
    if rhythm.every not in SAYS.get(rhythm.says, ()):
        raise FactError(f"{where}: says must be todo, visits, calls (every workday) or figures (week, month)")
    if not isinstance(rhythm.at, time):
        raise FactError(f"{where}: at must be a local time such as 08:30:00")
    if unknown := set(rhythm.to) - set(ROLES):
        raise FactError(f"{where}: unknown role {min(unknown)!r}; one of {', '.join(ROLES)}")
    days = {"workday": (None,), "week": WEEKDAYS, "month": tuple(range(1, 16))}[rhythm.every]
    if rhythm.day not in days:
        raise FactError(f"{where}: day must be monday to sunday of a week, 1 to 15 of a month, and nothing else")
    return rhythm


def _minutes(facts: dict[str, Any], name: str) -> timedelta:
    value = facts.get(name)
    if not isinstance(value, int) or value < 1:
        raise FactError(f"{FILE}: watchdog: {name} must be a whole number of at least 1")
    return timedelta(minutes=value)
