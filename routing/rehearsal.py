"""Another calendar tried on the open items: which deadlines and reminders would move. Changes nothing for good."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from routing.calendar import Calendar
from routing.counting import CLOSE, RUNNING, account, is_counted
from routing.policy import Policy
from store.tables import Item

BECOMES, CEASES = "becomes", "ceases"


@dataclass(frozen=True, slots=True)
class Change:
    """What would change for one item."""

    item: Item
    was_at: datetime | None
    due_at: datetime | None
    overdue: str  # becomes, ceases, or ""
    later: int  # so many of its next reminders move out
    earlier: int  # … and in

    @property
    def moves(self) -> bool:
        return self.was_at is not None and self.due_at is not None and abs(self.due_at - self.was_at) >= CLOSE


@dataclass(slots=True)
class Rehearsal:
    looked: int = 0
    changes: list[Change] = field(default_factory=list)
    named: list[Item] = field(default_factory=list)  # a day was named by hand: no calendar moves it


def rehearse(found: Iterable[Item], policy: Policy, calendar: Calendar, now: datetime) -> Rehearsal:
    """Try the calendar on each of these items."""
    made = Rehearsal()
    for item in found:
        made.looked += 1
        counted = account(item, policy.deadlines, calendar) if is_counted(item) else None
        if counted is None and item.state in RUNNING and item.due_at is not None:
            made.named.append(item)
        due_at = counted.due_at if counted else item.due_at
        change = _change(item, due_at, policy, calendar, now)
        if change.moves or change.later or change.earlier:
            made.changes.append(change)
    return made


def _change(item: Item, due_at: datetime | None, policy: Policy, calendar: Calendar, now: datetime) -> Change:
    was_at, since = item.due_at, item.checked_until or now
    before = {rung.name: moment for moment, rung in policy.ladder.ahead(item, since, policy.calendar)}
    item.due_at = due_at
    after = {rung.name: moment for moment, rung in policy.ladder.ahead(item, since, calendar)}
    item.due_at = was_at
    both = [(before[name], after[name]) for name in before.keys() & after.keys()]
    late = [moment is not None and moment <= now for moment in (was_at, due_at)]
    overdue = {(False, True): BECOMES, (True, False): CEASES}.get((late[0], late[1]), "")
    return Change(item, was_at, due_at, overdue, sum(a < b for a, b in both), sum(a > b for a, b in both))
