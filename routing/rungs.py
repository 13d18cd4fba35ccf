"""The rungs of reminder and escalation, and when an item reaches them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

from routing.asides import LEADER, SUPERIOR, open_escalation, open_offer, stood_still, support_due
from routing.calendar import Calendar
from routing.lifecycle import Action, State
from routing.notices import check_recipients
from store import history
from store.facts import FactError, read
from store.tables import Item

FILE = "ladder.toml"


Anchor = Callable[[Item, Calendar], datetime | None]


@dataclass(frozen=True, slots=True)
class Again:
    """What becomes of a notice that the item has had before, within so many days: a graver one, told to these too."""

    days: int
    notice: str
    tell: dict[str, str]


def _returned_day(item: Item, calendar: Calendar) -> datetime | None:
    """Closing time of the working day on which the item was objected to; None when it waits for another reason."""
    moves = [event.action for event in history.of(item) if event.state_after != event.state_before]
    return calendar.add_days(item.state_since, 0) if moves[-1:] == [Action.RETURN] else None


def _offered_at(item: Item, _calendar: Calendar) -> datetime | None:
    waiting = open_offer(item)
    return waiting.asked_at if waiting else None


def _asked_at(item: Item, level: str) -> datetime | None:
    asked = open_escalation(item, level)
    return asked.asked_at if asked else None


def _heard_at(item: Item, _calendar: Calendar) -> datetime:
    return item.heard_at or item.registered_at


def _column(name: str) -> Anchor:
    return lambda item, _: getattr(item, name)


COLUMNS = (
    "registered_at",
    "state_since",
    "assigned_at",
    "sign_due_at",
    "signed_at",
    "contacted_at",
    "due_at",
    "paused_until",
    "resolved_at",
    "planned_at",
    "closed_at",
    "followup_at",
)
ANCHORS: dict[str, Anchor] = {name: _column(name) for name in COLUMNS} | {
    "heard_at": _heard_at,
    "returned_day": _returned_day,
    "offered_at": _offered_at,
    "escalated_at": lambda item, _: _asked_at(item, LEADER),
    "superior_asked_at": lambda item, _: _asked_at(item, SUPERIOR),
    "support_due_at": lambda item, _: support_due(item),
}
"""What a rung may be counted from: a moment of the item itself, or one found beside it."""
UNLESS = ("contacted_at",)
DEEDS = ("lapse", "escalate", "bulletin")
NOTICES = ("blue", "yellow", "red")
"""Supervision notices, the mildest first (domain 4.3)."""
SETS = {"states", "grades"}


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing that happens by itself while an item stands still; see the head of `ladder.toml`."""

    name: str
    states: frozenset[str]
    anchor: str
    days: int | None = None
    hours: float | None = None
    share: float | None = None
    urgent_minutes: int | None = None
    repeat_days: int | None = None
    grades: frozenset[int] = frozenset()  # empty: of every grade
    unless: str | None = None
    tell: dict[str, str] = field(default_factory=dict)
    does: str | None = None
    notice: str | None = None
    again: Again | None = None

    @property
    def rule(self) -> str:
        return f"{FILE}: {self.name}"

    def at_any_hour(self, item: Item) -> bool:
        return self.urgent_minutes is not None and item.urgent

    def moments(self, item: Item, calendar: Calendar) -> Iterator[datetime]:
        """When this item reaches the rung, and again, for ever if it repeats. Empty when it does not apply."""
        if not self._applies(item):
            return
        moment = self._first(item, calendar)
        while moment is not None:
            yield moment
            moment = self._again(moment, calendar)

    def _applies(self, item: Item) -> bool:
        done = self.unless is not None and getattr(item, self.unless) is not None
        stands_still = self.anchor == "due_at" and item.paused_until is not None
        return (
            item.state in self.states
            and not done
            and not stands_still
            and (not self.grades or item.grade in self.grades)
        )

    def _again(self, moment: datetime, calendar: Calendar) -> datetime | None:
        """The same time of day, so many working days later."""
        if self.repeat_days is None:
            return None
        later = moment
        for _ in range(self.repeat_days):
            later = calendar.opens_next(later + timedelta(days=1))
        return later

    def _first(self, item: Item, calendar: Calendar) -> datetime | None:
        if self.at_any_hour(item) and self.urgent_minutes is not None:
            return item.state_since + timedelta(minutes=self.urgent_minutes)
        anchor = ANCHORS[self.anchor](item, calendar)
        if anchor is None:
            return None
        moment = self._counted(item, anchor, calendar)
        # What falls on closing time is said the next morning.
        return None if moment is None else calendar.opens_next(calendar.added(moment, 0))

    def _counted(self, item: Item, anchor: datetime, calendar: Calendar) -> datetime | None:
        seconds = (self.days or 0) * calendar.day_seconds + round((self.hours or 0) * 3600)
        if self.share is None and seconds >= 0:
            return calendar.added(anchor, seconds)
        # Before the deadline: counted forward from where the deadline's own clock started.
        start = item.clock_from or item.registered_at
        paused = [(begin, calendar.counted(begin, end)) for begin, end in stood_still(item) if begin >= start]
        allowed = calendar.counted(start, anchor) - sum(lost for _, lost in paused)
        used = round(allowed * self.share) if self.share is not None else allowed + seconds
        if used <= 0:
            return None
        for begin, lost in paused:
            used += lost if calendar.add(start, used) > begin else 0
        return calendar.added(start, used)


@dataclass(frozen=True)
class Ladder:
    rungs: tuple[Rung, ...]

    @cached_property
    def by_state(self) -> dict[str, tuple[Rung, ...]]:
        """The rungs that an item can come to in each state: every due item asks twice."""
        return {state: tuple(rung for rung in self.rungs if state in rung.states) for state in State}

    @classmethod
    def load(cls, override: Path | None = None) -> "Ladder":
        """Read `ladder.toml`. Raises FactError naming the rung and what is wrong with it."""
        facts = read(__file__, FILE, override)
        rungs = tuple(_rung(entry, n) for n, entry in enumerate(facts.get("rung", []), 1))
        if not rungs:
            raise FactError(f"{FILE}: has no rung: nobody would ever be reminded")
        names = [rung.name for rung in rungs]
        if twins := {name for name in names if names.count(name) > 1}:
            raise FactError(f"{FILE}: rung {min(twins)!r} is given twice")
        return cls(rungs)

    def text_keys(self) -> set[str]:
        return {key for _, tell in self.tables() for key in tell.values()}

    def tables(self) -> list[tuple[str, dict[str, str]]]:
        """Who is told what: where that stands, and the table."""
        again = [(rung.rule, rung.again.tell) for rung in self.rungs if rung.again]
        return [*((rung.rule, rung.tell) for rung in self.rungs), *again]

    def reached(self, item: Item, now: datetime, calendar: Calendar) -> list[tuple[Rung, list[datetime]]]:
        """The rungs this item has come to since it was last looked at, each with its moments; only the last of them
        is worth saying, however long nobody looked."""
        since, found = item.checked_until or item.state_since, []
        for rung in self.by_state[item.state]:
            passed = takewhile(lambda moment: moment <= now, rung.moments(item, calendar))
            if moments := [moment for moment in passed if moment > since]:
                found.append((rung, moments))
        return sorted(found, key=lambda pair: pair[1][-1])

    def ahead(self, item: Item, after: datetime, calendar: Calendar) -> list[tuple[datetime, Rung]]:
        """The next moment of every rung after `after`, soonest first: what will happen by itself."""
        found = []
        for rung in self.by_state[item.state]:
            for moment in rung.moments(item, calendar):
                if moment > after:
                    found.append((moment, rung))
                    break
        return sorted(found, key=lambda pair: pair[0])


def _rung(entry: dict[str, Any], number: int) -> Rung:
    where = f"{FILE}: rung {entry.get('name', number)}"
    try:
        sets = {name: frozenset(entry[name]) for name in SETS & entry.keys()}
        again = {"again": Again(**entry["again"])} if "again" in entry else {}
        rung = Rung(**{**entry, **sets, **again})
    except (KeyError, TypeError) as error:
        raise FactError(f"{where}: missing or unknown entry: {error}") from error
    _check(rung, where)
    return rung


def _check(rung: Rung, where: str) -> None:
    if unknown := rung.states - set(State):
        raise FactError(f"{where}: unknown state {min(unknown)!r}")
    if rung.anchor not in ANCHORS:
        raise FactError(f"{where}: anchor must be one of {', '.join(ANCHORS)}")
    if rung.unless is not None and rung.unless not in UNLESS:
        raise FactError(f"{where}: unless must be one of {', '.join(UNLESS)}")
    if sum(value is not None for value in (rung.days, rung.hours, rung.share)) != 1:
        raise FactError(f"{where}: give exactly one of days, hours and share")
    if rung.does is not None and rung.does not in DEEDS:
        raise FactError(f"{where}: does must be one of {', '.join(DEEDS)}")
    if not rung.tell and not rung.does:
        raise FactError(f"{where}: tells nobody and does nothing")
    if not {rung.notice, rung.again.notice if rung.again else None} <= {None, *NOTICES}:
        raise FactError(f"{where}: notice must be one of {', '.join(NOTICES)}")
    check_recipients(rung.tell | (rung.again.tell if rung.again else {}), where)
