"""The objection: not ours. Inside the time to sign, once a unit and round; what is then decided is final."""

from routing.lifecycle import Action, apply, require, this_round
from routing.limits import FILE
from routing.policy import Refused, Turn
from routing.telling import tell
from store.history import record
from store.tables import Item, Person


def object_to(turn: Turn, item: Item, by: Person, reason: str, proposed: str) -> None:
    """Back to the coordinator, with the reason and the unit whose matter it is said to be (domain step 4a)."""
    require(item, Action.RETURN)
    if item.sign_due_at is not None and turn.now > item.sign_due_at:
        raise Refused("objection_too_late", due_at=item.sign_due_at)
    if decided(item):
        raise Refused("objection_final")
    unit = item.lead.code if item.lead else ""
    event = apply(item, Action.RETURN, by=by, now=turn.now, reason=reason, proposed=proposed, unit_code=unit)
    item.returns += 1
    item.officer = item.acting_for = None
    _hard(turn, item)
    tell(turn, item, "return", event, reason=reason, proposed=proposed, returned_by=by.name)


def _hard(turn: Turn, item: Item) -> None:
    """What is returned again and again is nobody's: a leader's matter (domain 4.1). The deadline is counted by the
    new grade when the office has named an owner."""
    limits = turn.policy.limits
    if item.returns < limits.escalation_returns or item.grade >= limits.returns_grade:
        return
    was, item.grade = item.grade, limits.returns_grade
    rule = f"{FILE}: escalation: returns_grade"
    item.rules = {**item.rules, "grade": rule}
    item.mode = turn.policy.deadlines.modes[item.grade] if item.mode else None
    record(item, "regrade", by=None, now=turn.now, rule=rule, was_grade=was, grade=item.grade)


def decided(item: Item) -> bool:
    """Whether the unit that has the item objected to it in this round and got it back all the same."""
    unit = item.lead.code if item.lead else None
    return any(event.action == Action.RETURN and event.data.get("unit_code") == unit for event in this_round(item))
