"""Working time: which moments count towards a deadline, and when people may be disturbed.

Durations are whole seconds of working time, spans are half-open `[opens, closes)`. Callers pass aware
datetimes of any zone and get UTC back, except where a docstring says local time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from holidays import country_holidays

WALK_DAYS = 400  # the longest sourced deadline is 30 working days; beyond a year something is wrong
SECOND = timedelta(seconds=1)

Moments = tuple[datetime, datetime]


class Unit(StrEnum):
    """In what a deadline is counted (domain 3.2: places differ)."""

    HOURS = "hours"  # of working time
    WORKING_DAYS = "working_days"
    NATURAL_DAYS = "natural_days"


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

    @cached_property
    def day_seconds(self) -> int:
        """Working seconds of a full working day."""
        any_day = (span.on(date.min, self.zone) for span in self.hours)
        return sum((closes - opens) // SECOND for opens, closes in any_day)

    @cached_property
    def whole_day(self) -> timedelta:
        """`day_seconds` as a length of time."""
        return timedelta(seconds=self.day_seconds)

    def local(self, moment: datetime) -> datetime:
        """The moment on the office's wall clock. Raises ValueError for a naive datetime."""
        if moment.utcoffset() is None:
            raise ValueError(f"{moment!r} has no time zone")
        return moment.astimezone(self.zone)

    def is_workday(self, day: date) -> bool:
        """Whether the office works that local day. The office's own entries win over the nation's."""
        special = self.special(day)
        return special.works if special else day.weekday() not in self.weekend

    def day_name(self, day: date) -> str | None:
        """The Chinese name of the holiday on that local day; None on workdays and plain weekends."""
        special = self.special(day)
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

    @cached_property
    def added(self) -> Callable[[datetime, int], datetime]:
        """`add`, kept: the rungs of an item are worked out again whenever it is looked at."""
        return lru_cache(maxsize=8192)(self.add)

    @cached_property
    def counted(self) -> Callable[[datetime, datetime], int]:
        """`between`, kept, as `added`."""
        return lru_cache(maxsize=8192)(self.between)

    @cached_property
    def opens_next(self) -> Callable[[datetime], datetime]:
        """`next_open`, kept, as `added`."""
        return lru_cache(maxsize=8192)(self.next_open)

    def add(self, start: datetime, seconds: int) -> datetime:
        """The moment, in UTC, when that much working time has passed since `start`.

        A start outside hours counts from the next working moment, which is also the answer for 0
        seconds. Time that runs out exactly at closing ends at closing, not at the next opening.
        Raises CalendarError beyond 400 days, ValueError for negative seconds or a naive start.
        """
        if seconds < 0:
            raise ValueError(f"{seconds} seconds: only forwards")
        begin, left = self.local(start), timedelta(seconds=seconds)
        for spans in self._days(begin):
            if begin <= spans[0][0] and left > self.whole_day:
                left -= self.whole_day
                continue
            for opens, closes in _rest(spans, begin):
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

    def add_natural_days(self, start: datetime, days: int, *, move: bool = True) -> datetime:
        """Closing time, in UTC, of the last of so many days of any kind; the clock starts as in `add_days`.

        When that day is off, the deadline moves to closing time of the next working day, or (`move` false) stays
        where it is. Raises as `add` does.
        """
        if days < 0:
            raise ValueError(f"{days} days: only forwards")
        begins = self.local(self.add(start, 0))
        last = begins.date() + timedelta(days=days) if days <= WALK_DAYS else None
        if last is None:
            raise CalendarError(begins)
        if not move and not self.is_workday(last):
            return self.hours[-1].on(last, self.zone)[1].astimezone(UTC)
        return self.add_days(datetime.combine(last, time(), self.zone), 0)

    def due(self, start: datetime, length: int, unit: Unit, *, move: bool = True) -> datetime:
        """The deadline of so many units from `start`, in UTC; `move` as in `add_natural_days`."""
        if unit is Unit.HOURS:
            return self.add(start, length * 3600)
        if unit is Unit.WORKING_DAYS:
            return self.add_days(start, length)
        return self.add_natural_days(start, length, move=move)

    def resume(self, due_at: datetime, stopped_at: datetime, goes_on_at: datetime) -> datetime:
        """The deadline, in UTC, when its clock stopped at one moment and goes on at another: the working time that
        remained then remains now. A stop never brings it nearer; with the two moments exchanged it is taken back."""
        moved = self.add(goes_on_at, self.between(stopped_at, due_at))
        return max(moved, due_at.astimezone(UTC)) if goes_on_at >= stopped_at else moved

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

    def special(self, day: date) -> SpecialDay | None:
        """What sets that local day apart from its weekday, if anything does."""
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
        """The working spans that remain after a local moment."""
        for spans in self._days(begin, limit):
            yield from _rest(spans, begin)


def _rest(spans: tuple[Moments, ...], begin: datetime) -> Iterator[Moments]:
    """What remains of the spans of a day after a moment; the first may be cut by it."""
    return ((max(opens, begin), closes) for opens, closes in spans if begin < closes)


@lru_cache(maxsize=64)
def _public_year(year: int) -> Mapping[date, SpecialDay]:
    """The national arrangement of one year, cached because every open item asks at every tick."""
    china = country_holidays("CN", years=year, language="zh_CN", expand=False)
    # The library adds bookkeeping in brackets, such as the day a free day was exchanged for.
    free = {day: SpecialDay(works=False, name=name.split("（")[0]) for day, name in china.items()}
    made_up = {day: SpecialDay(works=True, name="") for day in china.weekend_workdays if day.year == year}
    return MappingProxyType(free | made_up)
