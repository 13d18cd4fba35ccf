"""A change of grade by the office: the deadline is counted anew, once a round, from where it had started."""

from typing import Any

from routing.counting import RUNNING, account, keep
from routing.dispatch import BY_HAND, KEPT, void_extensions
from routing.lifecycle import NotAllowed, this_round
from routing.policy import Refused, Turn
from routing.telling import tell
from store.history import record
from store.tables import Item, Person


def regrade(turn: Turn, item: Item, by: Person, grade: int, reason: str) -> str:
    """Change the grade (domain 4.1). Which occasion it is: counted anew, so that it is overdue now, or not counted
    anew because it was before in this round, or because there is no deadline yet."""
    if item.state not in RUNNING:
        raise NotAllowed(item, "regrade")
    if grade == item.grade:
        raise Refused("regrade_same", number=item.number)
    anew = item.due_at is not None and not any(event.data.get("anew") for event in this_round(item))
    was: dict[str, Any] = {"was_grade": item.grade, "was_at": item.due_at.isoformat() if item.due_at else None}
    late_before = item.due_at is not None and item.due_at <= turn.now
    item.grade, item.rules = grade, {**item.rules, "grade": BY_HAND}
    item.mode = turn.policy.deadlines.modes[grade] if item.mode else None
    rule = _count_anew(turn, item) if anew else KEPT
    told: dict[str, Any] = {**was, "grade": grade, "due_at": item.due_at.isoformat() if item.due_at else None}
    event = record(item, "regrade", by=by, now=turn.now, rule=rule, reason=reason, anew=anew, **told)
    occasion = _occasion(turn, item, anew, late_before)
    tell(turn, item, occasion, event, reason=reason, **told)
    return occasion


def _count_anew(turn: Turn, item: Item) -> str:
    """From registration, or from where this round started; pauses and what was granted count as before."""
    policy, labels = turn.policy, (item.nature, item.kind)
    start = item.registered_at if item.round == 1 or item.clock_from is None else item.clock_from
    again = "; rework" in item.rules.get("deadline", {}).get("rule", "")
    count = policy.deadlines.rework if again else policy.deadlines.first
    deadline = count(item.grade, labels, start, policy.calendar)
    keep(item, deadline)
    if made := account(item, policy.deadlines, policy.calendar):
        item.due_at = made.due_at
    void_extensions(item)
    item.checked_until = item.next_check_at = turn.now
    return deadline.rule


def _occasion(turn: Turn, item: Item, anew: bool, late_before: bool) -> str:
    if not anew:
        return "regraded_kept"
    late = item.due_at is not None and item.due_at <= turn.now
    return "regraded_late" if late and not late_before else "regraded"
