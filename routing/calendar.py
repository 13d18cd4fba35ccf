"""Working time: which moments count towards a deadline, and when people may be disturbed.

Durations are whole seconds of working time, spans are half-open `[opens, closes)`. Callers pass aware
datetimes of any zone and get UTC back, except where a docstring says local time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import country_holidays

from store.facts import FactError, read

FILE = "calendar.toml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WALK_DAYS = 400  # the longest sourced deadline is 30 working days; beyond a year something is wrong
SECOND = timedelta(seconds=1)

Moments = tuple[datetime, datetime]
Entries = list[tuple[str, dict[str, Any]]]


class CalendarError(Exception):
    """No deadline can be given: too little working time in the 400 days after the start."""

    def __init__(self, start: datetime) -> None:
        super().__init__(f"not enough working time in the {WALK_DAYS} days after {start.isoformat()}")


@dataclass(frozen=True)
class Span:
    """A half-open piece of any working day, in local time."""

    opens: time
    closes: time

    def on(self, day: date, zone: ZoneInfo) -> Moments:
        return datetime.combine(day, self.opens, zone), datetime.combine(day, self.closes, zone)


@dataclass(frozen=True)
class SpecialDay:
    """A day that is free or working whatever its weekday says."""

    works: bool
    name: str


@dataclass(frozen=True, eq=False)
class Calendar:
    """The working time of one office. Immutable; safe to share between threads."""

    zone: ZoneInfo
    hours: tuple[Span, ...]
    push: Span
    weekend: frozenset[int]  # 0 is Monday
    exceptions: Mapping[date, SpecialDay]

    @classmethod
    def load(cls, override: Path | None = None) -> "Calendar":
        """The calendar of `calendar.toml`; FactError names the file, the entry and the reason."""
        facts = read(__file__, FILE, override)
        unknown = ", ".join(sorted(facts.keys() - {"timezone", "weekend", "push", "hours", "exception"}))
        _need(not unknown, unknown, "unknown entry")
        return cls(
            zone=_zone(facts.get("timezone")),
            hours=_hours(_tables(facts, "hours")),
            push=_span("push", facts.get("push")),
            weekend=_weekend(facts.get("weekend", [])),
            exceptions=_exceptions(_tables(facts, "exception")),
        )

    @cached_property
    def day_seconds(self) -> int:
        """Working seconds of a full working day."""
        any_day = (span.on(date.min, self.zone) for span in self.hours)
        return sum((closes - opens) // SECOND for opens, closes in any_day)

    def local(self, moment: datetime) -> datetime:
        """The moment on the office's wall clock. Raises ValueError for a naive datetime."""
        if moment.utcoffset() is None:
            raise ValueError(f"{moment!r} has no time zone")
        return moment.astimezone(self.zone)

    def is_workday(self, day: date) -> bool:
        """Whether the office works that local day. The office's own entries win over the nation's."""
        special = self._special(day)
        return special.works if special else day.weekday() not in self.weekend

    def day_name(self, day: date) -> str | None:
        """The Chinese name of the holiday on that local day; None on workdays and plain weekends."""
        special = self._special(day)
        return special.name or None if special and not special.works else None

    def is_announced(self, year: int) -> bool:
        """Whether the arrangement of that year is known.

        The State Council announces it each November for the year after. Until then deadlines in that
        year are estimates: statutory days only, without bridges and make-up workdays.
        """
        made_up = any(special.works for special in _public_year(year).values())
        return made_up or any(day.year == year for day in self.exceptions)

    @cached_property
    def spans(self) -> Callable[[date], tuple[Moments, ...]]:
        """The working spans of a day, aware, in local time; () on a day off. Kept: each tick asks again."""
        return lru_cache(maxsize=1024)(self._find_spans)

    def add(self, start: datetime, seconds: int) -> datetime:
        """The moment, in UTC, when that much working time has passed since `start`.

        A start outside hours counts from the next working moment, which is also the answer for 0
        seconds. Time that runs out exactly at closing ends at closing, not at the next opening.
        Raises CalendarError beyond 400 days, ValueError for negative seconds or a naive start.
        """
        if seconds < 0:
            raise ValueError(f"{seconds} seconds: only forwards")
        begin, left = self.local(start), timedelta(seconds=seconds)
        for opens, closes in self._pieces(begin):
            if left <= closes - opens:
                return (opens + left).astimezone(UTC)
            left -= closes - opens
        raise CalendarError(begin)

    def add_days(self, start: datetime, days: int) -> datetime:
        """Closing time, in UTC, of the last of so many working days.

        The rule of most deadlines found ("within 3 working days"): the day on which the clock starts
        does not count. A message that comes after closing time or on a day off starts the clock on
        the next working day. Raises as `add` does.
        """
        if days < 0:
            raise ValueError(f"{days} days: only forwards")
        begin = self.local(start)
        for number, spans in enumerate(self._days(begin)):
            if number == days:
                return spans[-1][1].astimezone(UTC)
        raise CalendarError(begin)

    def between(self, start: datetime, end: datetime) -> int:
        """Working seconds from `start` to `end`, rounded down; 0 when `end` is not the later one."""
        begin, finish = self.local(start), self.local(end)
        pieces = self._pieces(begin, (finish.date() - begin.date()).days)
        worked = (min(closes, finish) - opens for opens, closes in pieces if opens < finish)
        return sum(worked, timedelta()) // SECOND

    def is_open(self, moment: datetime) -> bool:
        """Whether people may be sent a push now: working days in push hours, lunch included."""
        here = self.local(moment)
        return self.is_workday(here.date()) and self.push.opens <= here.time() < self.push.closes

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself, in UTC, if pushes are allowed then, else the next time they are."""
        here = self.local(moment)
        for number in range(WALK_DAYS + 1):
            opens, closes = self.push.on(here.date() + timedelta(days=number), self.zone)
            if here < closes and self.is_workday(opens.date()):
                return max(opens, here).astimezone(UTC)
        raise CalendarError(here)

    def _special(self, day: date) -> SpecialDay | None:
        if isinstance(day, datetime):  # is a date to Python, but never equal to one
            raise ValueError(f"{day!r} is a moment, not a day")
        return self.exceptions.get(day) or _public_year(day.year).get(day)

    def _find_spans(self, day: date) -> tuple[Moments, ...]:
        return tuple(span.on(day, self.zone) for span in self.hours if self.is_workday(day))

    def _days(self, begin: datetime, limit: int = WALK_DAYS) -> Iterator[tuple[Moments, ...]]:
        """The spans of each working day that is not yet over at a local moment."""
        for number in range(limit + 1):
            spans = self.spans(begin.date() + timedelta(days=number))
            if spans and begin < spans[-1][1]:
                yield spans

    def _pieces(self, begin: datetime, limit: int = WALK_DAYS) -> Iterator[Moments]:
        """The working spans that remain after a local moment; the first may be cut by it."""
        for spans in self._days(begin, limit):
            for opens, closes in spans:
                if begin < closes:
                    yield max(opens, begin), closes


@lru_cache(maxsize=64)
def _public_year(year: int) -> Mapping[date, SpecialDay]:
    """The national arrangement of one year, cached because every open item asks at every tick."""
    china = country_holidays("CN", years=year, language="zh_CN", expand=False)
    # The library adds bookkeeping in brackets, such as the day a free day was exchanged for.
    free = {day: SpecialDay(works=False, name=name.split("（")[0]) for day, name in china.items()}
    made_up = {day: SpecialDay(works=True, name="") for day in china.weekend_workdays if day.year == year}
    return MappingProxyType(free | made_up)


def _need(met: bool, entry: str, reason: str) -> None:
    if not met:
        raise FactError(f"{FILE}: {entry}: {reason}")


def _tables(facts: dict[str, Any], name: str) -> Entries:
    """The tables `[[name]]` of the file, each with what to call it in a complaint."""
    tables = facts.get(name, [])
    right = isinstance(tables, list) and all(isinstance(table, dict) for table in tables)
    _need(right, name, f"must be written as [[{name}]]")
    return [(f"{name} {number}", table) for number, table in enumerate(tables, 1)]


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise FactError(f"{FILE}: timezone: unknown time zone {name!r}") from error


def _span(entry: str, facts: Any) -> Span:
    right = isinstance(facts, dict) and all(isinstance(facts.get(end), time) for end in ("from", "to"))
    _need(right, entry, "needs from and to, local times such as 08:30:00")
    span = Span(facts["from"], facts["to"])
    _need(span.opens < span.closes, entry, f"ends at {span.closes}, not after its start at {span.opens}")
    return span


def _hours(tables: Entries) -> tuple[Span, ...]:
    spans = tuple(_span(entry, table) for entry, table in tables)
    _need(bool(spans), "hours", "a working day needs at least one span")
    for (entry, _), last, span in zip(tables[1:], spans[:-1], spans[1:], strict=True):
        _need(last.closes <= span.opens, entry, f"starts at {span.opens}, inside the one before")
    return spans


def _weekend(names: Any) -> frozenset[int]:
    right = isinstance(names, list) and set(map(str, names)) < set(WEEKDAYS)
    _need(right, "weekend", f"must list some of {', '.join(WEEKDAYS)} and leave a working weekday")
    return frozenset(WEEKDAYS.index(name) for name in names)


def _exceptions(tables: Entries) -> Mapping[date, SpecialDay]:
    days: dict[date, SpecialDay] = {}
    for entry, table in tables:
        day, kind = table.get("date"), table.get("kind")
        _need(type(day) is date, entry, "needs a date such as 2027-01-04")
        _need(kind in ("holiday", "workday"), entry, f"kind is {kind!r}, not holiday or workday")
        _need(day not in days, entry, f"{day} is entered twice")
        days[table["date"]] = SpecialDay(works=kind == "workday", name=str(table.get("name", "")))
    return MappingProxyType(days)
