"""The figures leaders read, defined in one table and counted in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Any

from sqlalchemy.orm import Session

from routing.calendar import Calendar
from store import numbers
from store.counts import COUNTS
from store.facts import FactError, read
from store.numbers import MOMENTS, Among

FILE = "metrics.toml"


@dataclass(frozen=True, slots=True)
class Metric:
    """A rate: one named count over another; see the head of `metrics.toml`."""

    name: str
    of: str
    over: str
    by: str
    headline: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """How long so many items took from registration to done, in seconds of working time."""

    count: int
    mean: float
    median: float


@dataclass(frozen=True, slots=True)
class Metrics:
    metrics: tuple[Metric, ...]
    newest: int
    silent_days: int
    totals_after: timedelta  # after its end an item is counted in the running totals

    @classmethod
    def load(cls, override: Path | None = None) -> "Metrics":
        """Read `metrics.toml`. Raises FactError naming the metric and what is wrong with it."""
        facts = read(__file__, FILE, override)
        found = tuple(_metric(entry, n) for n, entry in enumerate(facts.get("metric", []), 1))
        _check(found)
        after = timedelta(days=_whole(facts, "totals", "after_days"))
        return cls(found, _whole(facts, "times", "newest"), _whole(facts, "silence", "working_days"), after)

    def screen(self, *, headline: bool) -> list[Metric]:
        """The rates of one screen, in the order of the table."""
        return [metric for metric in self.metrics if metric.headline == headline]

    def times(self, session: Session, among: Among, calendar: Calendar) -> Times:
        """Mean and median handling time of the items done last."""
        pairs = numbers.handled(session, among, self.newest)
        took = [calendar.between(registered, resolved) for registered, resolved in pairs]
        return Times(len(took), mean(took), median(took)) if took else Times(0, 0, 0)

    def silent_since(self, now: datetime, calendar: Calendar) -> datetime:
        """Whoever has heard nothing since before this moment has waited longer than the office allows."""
        wanted, back = self.silent_days * calendar.day_seconds, timedelta(days=2 * self.silent_days + 20)
        while (spare := calendar.between(now - back, now) - wanted) <= 0:
            back *= 2
        return calendar.add(now - back, spare)


def _metric(entry: dict[str, Any], number: int) -> Metric:
    where = f"{FILE}: metric {entry.get('name', number)}"
    try:
        metric = Metric(**entry)
    except TypeError as error:
        raise FactError(f"{where}: missing or unknown entry: {error}") from error
    for count in (metric.of, metric.over):
        _need_known(where, "count", count, COUNTS)
    _need_known(where, "moment", metric.by, MOMENTS)
    return metric


def _need_known(where: str, what: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise FactError(f"{where}: unknown {what} {name!r}; one of {', '.join(sorted(known))}")


def _check(found: tuple[Metric, ...]) -> None:
    names = [metric.name for metric in found]
    if not names:
        raise FactError(f"{FILE}: has no metric")
    if twins := {name for name in names if names.count(name) > 1}:
        raise FactError(f"{FILE}: metric {min(twins)!r} is given twice")


def _whole(facts: dict[str, Any], table: str, name: str) -> int:
    value = facts.get(table, {}).get(name)
    if not isinstance(value, int) or value < 1:
        raise FactError(f"{FILE}: {table}: {name} must be a whole number of at least 1")
    return value
