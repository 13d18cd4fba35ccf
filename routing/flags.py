"""The flag of an item: red commends, green is on track, black has failed (domain rule 4.2)."""

from datetime import datetime

from routing.lifecycle import State
from store.tables import Item

SATISFIED, CONTENT = 3, 4
RETURNS = 2


def flag(item: Item, now: datetime) -> str:
    """Black: overdue, objected to, or returned twice. Red: struck off in time, satisfied, in one round.
    Green: everything else. The meaning of colours differs from place to place: always print the word too."""
    if _failed(item, now):
        return "black"
    praised = item.state == State.CLOSED and not item.was_late and (item.rating or 0) >= CONTENT and item.round == 1
    return "red" if praised else "green"


def _failed(item: Item, now: datetime) -> bool:
    working = item.state in (State.ASSIGNED, State.HANDLING)
    overdue = working and item.due_at is not None and now > item.due_at
    objected = item.rating is not None and item.rating < SATISFIED
    return overdue or objected or item.returns >= RETURNS
