"""Reminders as rows: what is planned for an item, what was said, and why something was not."""

from collections.abc import Iterable
from datetime import datetime

from routing.asides import MOVED_ON
from routing.policy import Turn
from routing.rungs import Rung
from store import plans
from store.plans import Planned
from store.tables import Item

NOBODY_LOOKED = "nobody looked in time; a later one was said"
NOBODY_THERE = "there is nobody to tell"
NOT_SENT = "the item moved on before it was sent"


def due(turn: Turn, item: Item) -> list[tuple[Rung, Planned]]:
    """What this item has come to since it was last looked at. Of a rung that repeats only the last is left to say;
    those before it are void, and say why."""
    found = []
    for rung, moments in turn.policy.ladder.reached(item, turn.now, turn.policy.calendar):
        *missed, last = [_row(item, rung, moment) for moment in moments]
        for row in missed:
            if row.status != "said":
                _void(row, NOBODY_LOOKED)
        if last.status != "said":
            found.append((rung, last))
    return found


def said(row: Planned, now: datetime) -> None:
    row.status, row.said_at, row.why = "said", now, None


def nobody_there(row: Planned) -> None:
    _void(row, NOBODY_THERE)


def key(item: Item, row: Planned) -> str:
    """What the once-keys of all pushes of a reminder begin with."""
    return f"rung:{item.number}:{row.round}:{row.rung}:{row.due_at:%Y%m%dT%H%M%S}:"


def dropped(item: Item, once_key: str, others: Iterable[str]) -> bool:
    """One of the pushes of a reminder is not sent; where no other of them is or will be, it was not said. Whether
    that is so."""
    for row in plans.of(item):
        mine = key(item, row)
        if once_key.startswith(mine) and not any(other.startswith(mine) for other in others):
            _void(row, NOT_SENT)
            row.said_at = None
            return True
    return False


def plan(turn: Turn, item: Item) -> datetime | None:
    """Bring the planned rows in line with what lies ahead, touching only those that differ; the next moment."""
    ahead = turn.policy.ladder.ahead(item, item.checked_until or turn.now, turn.policy.calendar)
    wanted = {(item.round, rung.name, moment) for moment, rung in ahead}
    for row in plans.of(item):
        if row.status == "planned" and (row.round, row.rung, row.due_at) not in wanted:
            _void(row, MOVED_ON)
    for moment, rung in ahead:
        row = _row(item, rung, moment)
        if row.status == "void":
            row.status, row.why = "planned", None
    return ahead[0][0] if ahead else None


def _void(row: Planned, why: str) -> None:
    row.status, row.why = "void", why


def _row(item: Item, rung: Rung, moment: datetime) -> Planned:
    """The one row of this rung, round and moment."""
    for row in plans.of(item):
        if (row.round, row.rung, row.due_at) == (item.round, rung.name, moment):
            return row
    return plans.add(item, rung.name, moment)
