"""Deadlines counted anew when another calendar has come into force, and everybody concerned told."""

from routing import calendar_file
from routing.counting import account, is_counted
from routing.policy import Turn
from routing.telling import tell
from store.history import record
from store.tables import Item


def recount(turn: Turn, item: Item) -> bool:
    """Count the deadline of an open item by the calendar in force; whether it moved. A day that was
    named by hand stays."""
    made = account(item, turn.policy.deadlines, turn.policy.calendar) if is_counted(item) else None
    if made is None or item.due_at is None or made.holds(item):
        return False
    moved = {"was_at": item.due_at.isoformat(), "due_at": made.due_at.isoformat()}
    item.due_at, item.next_check_at = made.due_at, turn.now
    event = record(item, "recount", by=None, now=turn.now, rule=f"{calendar_file.FILE}; {made.rule}", **moved)
    tell(turn, item, "recounted", event, **moved)
    return True
