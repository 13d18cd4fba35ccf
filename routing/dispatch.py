"""From a settled item to a unit, a person, a way of handling and a deadline, each with the rule that decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.deadlines import Deadline
from routing.lifecycle import Action, apply
from routing.policy import Turn
from routing.telling import tell, upwards
from store import items, people
from store.history import record
from store.tables import Department, Item, Person

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The three things every assigned item has (unit with person, mode, deadline), and who follows it."""

    lead: Department
    officer: Person
    deadline: Deadline
    owner_rule: str
    officer_rule: str


def settle(turn: Turn, item: Item) -> None:
    """The fragments are in: send the item to its owner, or to the coordinator where no rule names one."""
    if item.kind == "emergency":
        alarm = record(item, "alarm", by=None, now=turn.now, rule="notices.toml: alarm")
        tell(turn, item, "alarm", alarm)
    found = find(turn, item)
    if isinstance(found, str):
        to_coordinator(turn, item, found)
    else:
        assign(turn, item, found, by=None)


def find(turn: Turn, item: Item) -> Assignment | str:
    """The assignment the rules give, or the reason why there is none."""
    if item.restricted:
        return _restricted(turn, item)
    if item.doubtful:
        return str(item.rules.get("doubt", "low confidence"))
    choice = turn.policy.owners.choose(item.category, item.text)
    lead = people.department(turn.session, choice.department) if choice.department else None
    if lead is None:
        return f"{choice.rule}: no such department"
    officer, rule = _officer(turn, item, lead)
    if officer is None:
        return f"{choice.rule}: no officer in {lead.name}"
    return Assignment(lead, officer, first_deadline(turn, item), choice.rule, rule)


def first_deadline(turn: Turn, item: Item) -> Deadline:
    """The deadline as counted from the item's registration."""
    policy = turn.policy
    return policy.deadlines.first(item.grade, (item.nature, item.kind), item.registered_at, policy.calendar)


def _restricted(turn: Turn, item: Item) -> Assignment | str:
    """A report of misconduct goes to its receiver and nobody else, whatever it is about."""
    for receiver in people.with_role(turn.session, "discipline"):
        if receiver.department:
            rule = "restricted: discipline"
            return Assignment(receiver.department, receiver, first_deadline(turn, item), rule, rule)
    return "restricted: no receiver"


def _officer(turn: Turn, item: Item, lead: Department) -> tuple[Person | None, str]:
    bound = item.enterprise.bound_officer if item.enterprise else None
    if item.grade == 1 and bound is not None and bound.active:
        return bound, "grade 1: the enterprise's own officer"
    for unit in upwards(turn, lead):
        if officers := people.in_department(turn.session, unit, "officer"):
            return _least_loaded(turn, officers, unit)
    return None, ""


def _least_loaded(turn: Turn, officers: Sequence[Person], unit: Department) -> tuple[Person, str]:
    load = items.open_counts(turn.session, officers)
    chosen = min(officers, key=lambda officer: (load.get(officer.id, 0), officer.id))
    return chosen, f"least loaded of {unit.name}: {load.get(chosen.id, 0)} open"


def to_coordinator(turn: Turn, item: Item, reason: str) -> None:
    event = apply(item, Action.TRIAGE, by=None, now=turn.now, rule=reason)
    tell(turn, item, "triage", event)


def assign(turn: Turn, item: Item, to: Assignment, by: Person | None) -> None:
    """Give the item to its owner and tell everybody concerned."""
    _set(item, to.lead, to.officer, item.registered_at, to.deadline)
    item.follower = item.enterprise.bound_officer if item.enterprise and not item.restricted else None
    rule = f"{to.owner_rule}; {to.officer_rule}; {to.deadline.rule}"
    event = apply(item, Action.DISPATCH, by=by, now=turn.now, rule=rule, **_named(item))
    tell(turn, item, "dispatch", event)


def hand_over(turn: Turn, item: Item, to: Person, lead: Department, by: Person, reason: str) -> None:
    """Transfer to another person; the deadline stays."""
    before = item.officer
    item.officer, item.lead = to, lead
    event = apply(
        item,
        Action.TRANSFER,
        by=by,
        now=turn.now,
        rule=BY_HAND,
        before=before.name if before else "",
        reason=reason,
        **_named(item),
    )
    tell(turn, item, "transfer", event, reason=reason)


def _set(item: Item, lead: Department, officer: Person, start: datetime, deadline: Deadline) -> None:
    item.lead, item.officer, item.mode = lead, officer, deadline.mode
    item.clock_from, item.due_at = start, deadline.due_at


def _named(item: Item) -> dict[str, str]:
    return {
        "lead": item.lead.name if item.lead else "",
        "officer": item.officer.name if item.officer else "",
        "mode": item.mode or "",
        "due_at": item.due_at.isoformat() if item.due_at else "",
    }
