"""How long an item may take and how it is handled."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from routing.calendar import Calendar
from store.facts import FactError, read

FILE = "deadlines.toml"
GRADES = (1, 2, 3, 4)
Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    ordinal: int
    days: int
    mode: str


@dataclass(frozen=True, slots=True)
class Deadline:
    due_at: datetime
    days: int
    mode: str
    rule: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The ladder of deadlines. Days are working days."""

    grades: dict[int, Grade]
    limits: dict[str, int]  # by nature or kind of item: at most so many days
    rework_share: float
    extension_share: float
    sign_days: float  # working time to sign, and to object

    @classmethod
    def load(cls, override: Path | None = None) -> "Deadlines":
        """Read `deadlines.toml`. Raises FactError when a grade is missing or a number makes no sense."""
        facts = read(__file__, FILE, override)
        try:
            grades = {g["ordinal"]: Grade(g["ordinal"], g["days"], g["mode"]) for g in facts["grade"]}
            made = cls(
                grades,
                {**facts.get("nature", {}), **facts.get("kind", {})},
                facts["rework"]["share"],
                facts["extension"]["share"],
                facts["sign"]["days"],
            )
        except (KeyError, TypeError) as error:
            raise FactError(f"{FILE}: missing or wrong entry: {error}") from error
        made._check()
        return made

    def _check(self) -> None:
        for ordinal in GRADES:
            if ordinal not in self.grades:
                raise FactError(f"{FILE}: grade {ordinal} is missing")
            if self.grades[ordinal].days < 1:
                raise FactError(f"{FILE}: grade {ordinal}: days must be at least 1")
        if not 0 < self.rework_share <= 1:
            raise FactError(f"{FILE}: rework: share must lie between 0 and 1")
        if self.sign_days <= 0:
            raise FactError(f"{FILE}: sign: days must be more than 0")

    def first(self, grade: int, labels: Labels, start: datetime, calendar: Calendar) -> Deadline:
        """The deadline of a new item whose clock starts at `start`. Labels: its nature and its kind."""
        days, rule = self._days(grade, labels)
        ladder = self.grades[grade]
        return Deadline(calendar.add_days(start, days), days, ladder.mode, rule)

    def rework(self, grade: int, labels: Labels, start: datetime, calendar: Calendar) -> Deadline:
        """The deadline of an item that was sent back: a share of the original length, a day at least."""
        days, rule = self._days(grade, labels)
        shorter = max(1, math.ceil(days * self.rework_share))
        rule = f"{rule}; rework {self.rework_share:g}"
        return Deadline(calendar.add_days(start, shorter), shorter, self.grades[grade].mode, rule)

    def latest_extension(self, grade: int, labels: Labels, due_at: datetime, calendar: Calendar) -> datetime:
        """The latest moment to which a deadline may be moved."""
        days, _ = self._days(grade, labels)
        # A deadline stands at closing time, from which the next working day is the first one more.
        return calendar.add_days(due_at, max(1, math.floor(days * self.extension_share)) - 1)

    def sign_by(self, start: datetime, calendar: Calendar) -> datetime:
        """When an item given to somebody at `start` must have been signed for; until then it may be objected to."""
        return calendar.add(start, round(self.sign_days * calendar.day_seconds))

    def _days(self, grade: int, labels: Labels) -> tuple[int, str]:
        days, rule = self.grades[grade].days, f"{FILE}: grade {grade}"
        for label in labels:
            if self.limits.get(label, days) < days:
                days, rule = self.limits[label], f"{FILE}: {label}"
        return days, rule


def end_of(day: date, calendar: Calendar) -> datetime:
    """Closing time of that local day, or of the next working day when it is none."""
    while not (spans := calendar.spans(day)):
        day += timedelta(days=1)
    return spans[-1][1]
