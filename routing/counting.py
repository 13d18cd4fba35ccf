"""How the deadline of an item came about: counted by an entry of deadlines.toml or named by hand, then moved by
pauses and an extension; and how it would be on another calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from routing import walk
from routing.calendar import Calendar, Unit
from routing.deadlines import Deadline, Deadlines
from routing.lifecycle import State
from store.tables import Item

PAUSED = ("running", "over")
RUNNING = frozenset({State.TRIAGE, State.ASSIGNED, State.HANDLING})
"""While an item is in one of these its deadline runs."""
CLOSE = timedelta(minutes=1)
"""Deadlines nearer than this are the same: a stopped clock goes on by whole seconds."""


@dataclass(frozen=True, slots=True)
class Step:
    """What moved a deadline after it was set, and where to."""

    what: str  # pause, extension
    from_at: datetime
    until_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """The deadline of an item with how it came about."""

    start: datetime
    length: int  # 0: it was not counted, somebody named a day
    unit: Unit
    rule: str
    walk: walk.Walk | None
    steps: tuple[Step, ...]
    due_at: datetime

    def holds(self, item: Item) -> bool:
        """Whether it explains the deadline that the item has."""
        return item.due_at is not None and abs(item.due_at - self.due_at) < CLOSE


def keep(item: Item, deadline: Deadline) -> None:
    """Set the deadline of an item, and note how it was counted."""
    item.clock_from, item.due_at = deadline.start, deadline.due_at
    item.rules = {
        **item.rules,
        "deadline": {
            "due_at": deadline.due_at.isoformat(),
            "length": deadline.length,
            "unit": deadline.unit,
            "rule": deadline.rule,
        },
    }


def is_counted(item: Item) -> bool:
    """Whether the deadline still runs, and was counted: the calendar may move it."""
    return item.state in RUNNING and item.due_at is not None and bool(item.rules.get("deadline", {}).get("length"))


def account(item: Item, deadlines: Deadlines, calendar: Calendar) -> Account | None:
    """How the deadline of an item comes about on a calendar; None while it has none."""
    if item.due_at is None:
        return None
    start = item.clock_from or item.registered_at
    noted = item.rules.get("deadline") or _as_given_now(item, deadlines, start, calendar)
    length, unit = noted["length"], Unit(noted["unit"])
    way = walk.explain(calendar, start, length, unit, move=deadlines.move) if length else None
    due_at = way.end if way else datetime.fromisoformat(noted["due_at"])
    steps = tuple(_steps(item, start, due_at, calendar))
    return Account(start, length, unit, noted["rule"], way, steps, steps[-1].due_at if steps else due_at)


def _as_given_now(item: Item, deadlines: Deadlines, start: datetime, calendar: Calendar) -> dict[str, Any]:
    """What a deadline that was set before such notes were kept would be by the rules in force."""
    count = deadlines.first if item.round == 1 else deadlines.rework
    deadline = count(item.grade, (item.nature, item.kind), start, calendar)
    return {"length": deadline.length, "unit": deadline.unit, "rule": deadline.rule}


def _steps(item: Item, start: datetime, due_at: datetime, calendar: Calendar) -> Iterator[Step]:
    """What moved the deadline since its clock started, in the order in which it happened. A day that was granted is
    never taken back by counting anew."""
    pauses = [(one.from_at, "pause", one.ended_at or one.until_at) for one in item.pauses if one.status in PAUSED]
    granted = [(one.decided_at, "extension", one.new_due_at) for one in item.extensions if one.status == "granted"]
    for at, what, until in sorted(moved for moved in [*pauses, *granted] if moved[0] and moved[0] >= start):
        assert at is not None
        due_at = calendar.resume(due_at, at, until) if what == "pause" else max(due_at, until)
        yield Step(what, at, until, due_at)
