"""How long an item may take and how it is handled."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from routing.calendar import SECOND, WALK_DAYS, Calendar, Unit
from store.facts import FactError, read

FILE = "deadlines.toml"
GRADES = (1, 2, 3, 4)
NATURES = ("inquiry", "help", "complaint", "suggestion")
KINDS = ("problem", "emergency", "misconduct")
DAY_OFF = {"next_working_day": True, "that_day": False}
Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time, and the entry that gives it to items of a grade (None: of any) with all these labels."""

    length: int
    unit: Unit
    rule: str
    grade: int | None = None
    labels: frozenset[str] = frozenset()

    def fits(self, grade: int, labels: Labels) -> bool:
        return self.grade in (None, grade) and self.labels <= set(labels)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline and how it was counted; `length` 0: it was not, somebody named a day."""

    due_at: datetime
    start: datetime
    length: int
    unit: Unit
    mode: str
    rule: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The ladder of deadlines."""

    grades: dict[int, Term]
    modes: dict[int, str]
    ladder: tuple[Term, ...]  # instead of the grade's own
    limits: tuple[Term, ...]  # at most
    move: bool  # natural days that end on a day off go on to the next working day
    rework_share: float
    extension_share: float
    sign_days: float  # working time to sign, and to object

    @classmethod
    def load(cls, override: Path | None = None) -> "Deadlines":
        """Read `deadlines.toml`. Raises FactError when a grade is missing or a number makes no sense."""
        facts = read(__file__, FILE, override)
        try:
            grades = [_term(entry, {"grade": entry["ordinal"]}, "mode", "ordinal") for entry in facts["grade"]]
            made = cls(
                {term.grade: term for term in grades if term.grade is not None},
                {entry["ordinal"]: entry["mode"] for entry in facts["grade"]},
                tuple(_term(entry, entry) for entry in facts.get("ladder", [])),
                tuple(_term(entry, entry) for entry in facts.get("limit", [])),
                DAY_OFF[facts["natural_days"]["day_off"]],
                facts["rework"]["share"],
                facts["extension"]["share"],
                facts["sign"]["days"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FactError(f"{FILE}: missing or wrong entry: {error}") from error
        made._check()
        return made

    def _check(self) -> None:
        for ordinal in GRADES:
            if ordinal not in self.grades:
                raise FactError(f"{FILE}: grade {ordinal} is missing")
        if any(term.grade is None or not term.labels for term in self.ladder):
            raise FactError(f"{FILE}: ladder: each entry needs a grade, and a nature or kind")
        if not all(term.labels for term in self.limits):
            raise FactError(f"{FILE}: limit: each entry needs a nature or a kind")
        if not 0 < self.rework_share <= 1:
            raise FactError(f"{FILE}: rework: share must lie between 0 and 1")
        if self.sign_days <= 0:
            raise FactError(f"{FILE}: sign: days must be more than 0")

    def first(self, grade: int, labels: Labels, start: datetime, calendar: Calendar) -> Deadline:
        """The deadline of a new item whose clock starts at `start`. Labels: its nature and its kind."""
        term = self._of(grade, labels, start, calendar)
        return self._counted(grade, term, term.length, term.rule, start, calendar)

    def rework(self, grade: int, labels: Labels, start: datetime, calendar: Calendar) -> Deadline:
        """The deadline of an item that was sent back: a share of the original length, one of its unit at least."""
        term = self._of(grade, labels, start, calendar)
        shorter = max(1, math.ceil(term.length * self.rework_share))
        return self._counted(grade, term, shorter, f"{term.rule}; rework {self.rework_share:g}", start, calendar)

    def latest_extension(self, grade: int, labels: Labels, due_at: datetime, calendar: Calendar) -> datetime:
        """The latest moment to which a deadline may be moved."""
        term = self._of(grade, labels, due_at, calendar)
        more = max(1, math.floor(term.length * self.extension_share))
        # A deadline stands at closing time: the clock of what is added to it starts on its own day.
        start = due_at if term.unit is Unit.HOURS else due_at - SECOND
        return self.count(start, more, term.unit, calendar)

    def sign_by(self, start: datetime, calendar: Calendar) -> datetime:
        """When an item given to somebody at `start` must have been signed for; until then it may be objected to."""
        return calendar.add(start, round(self.sign_days * calendar.day_seconds))

    def count(self, start: datetime, length: int, unit: Unit, calendar: Calendar) -> datetime:
        return calendar.due(start, length, unit, move=self.move)

    def _counted(
        self, grade: int, term: Term, length: int, rule: str, start: datetime, calendar: Calendar
    ) -> Deadline:
        due_at = self.count(start, length, term.unit, calendar)
        return Deadline(due_at, start, length, term.unit, self.modes[grade], rule)

    def _of(self, grade: int, labels: Labels, start: datetime, calendar: Calendar) -> Term:
        """The grade's own length or what stands instead of it, unless a limit ends before."""
        own = next((term for term in self.ladder if term.fits(grade, labels)), self.grades[grade])
        at_most = [term for term in self.limits if term.fits(grade, labels)]
        return min([own, *at_most], key=lambda term: self.count(start, term.length, term.unit, calendar))


def _term(entry: dict[str, Any], of: dict[str, Any], *more: str) -> Term:
    """One entry of the file; its rule names it by what it is for."""
    grade, labels = of.get("grade"), [of[name] for name in ("nature", "kind") if name in of]
    name = " ".join([*([f"grade {grade}"] if grade is not None else []), *labels])
    if complaint := next(_wrong(entry, grade, more), ""):
        raise FactError(f"{FILE}: {name}: {complaint}")
    unit = Unit(entry.get("unit", Unit.WORKING_DAYS))
    return Term(entry["length"], unit, f"{FILE}: {name}", grade, frozenset(labels))


def _wrong(entry: dict[str, Any], grade: Any, more: tuple[str, ...]) -> Iterator[str]:
    known = {"length", "unit", *(more or ("grade", "nature", "kind"))}
    if unknown := entry.keys() - known:
        yield f"unknown entry {min(unknown)!r}"
    if grade is not None and not (isinstance(grade, int) and grade in GRADES):
        yield f"there is no grade {grade!r}"
    if entry.get("nature", NATURES[0]) not in NATURES:
        yield f"nature must be one of {', '.join(NATURES)}"
    if entry.get("kind", KINDS[0]) not in KINDS:
        yield f"kind must be one of {', '.join(KINDS)}"
    length = entry.get("length")
    if type(length) is not int or not 1 <= length <= WALK_DAYS // 2:
        yield f"length must be a whole number from 1 to {WALK_DAYS // 2}, not {length!r}"
    if entry.get("unit", Unit.HOURS) not in list(Unit):
        yield f"unit must be one of {', '.join(Unit)}"


def end_of(day: date, calendar: Calendar) -> datetime:
    """Closing time of that local day, or of the next working day when it is none."""
    while not (spans := calendar.spans(day)):
        day += timedelta(days=1)
    return spans[-1][1]
