"""From a settled item to a unit, a person, a way of handling and a deadline, each with the rule that decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from routing import objection, pauses, restricted, supports
from routing.acting import at_work, give
from routing.counting import keep
from routing.deadlines import Deadline
from routing.lifecycle import IN_HAND, Action, State, apply, require
from routing.owners import Choice
from routing.policy import Refused, Turn
from routing.telling import put, tell, tell_role, upwards
from store import items, people
from store.history import Step, record
from store.tables import Department, Item, Person

BY_HAND = "by hand"
KEPT = "the deadline stays"
NO_RECEIVER = "no_receiver"
OTHERS = 3
"""So many others are named whose load was looked at."""
TRY_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Assignment:
    """The three things every assigned item has (unit with person, mode, deadline), and who follows it."""

    lead: Department | None
    officer: Person
    deadline: Deadline
    owner_rule: str
    officer_rule: str
    support: tuple[str, ...] = ()  # codes of supporting departments


def settle(turn: Turn, item: Item) -> None:
    """The fragments are in: send the item to its owner, or to the coordinator where no rule names one."""
    if item.kind == "emergency":
        occasion = "alarm" if people.with_role(turn.session, "duty") else "alarm_without_duty"
        tell(turn, item, occasion, record(item, "alarm", by=None, now=turn.now, rule=f"notices.toml: {occasion}"))
    found = find(turn, item)
    if isinstance(found, Assignment):
        assign(turn, item, found, by=None)
    elif item.restricted:
        nobody_receives(turn)
        item.next_check_at = turn.now + TRY_AGAIN
    else:
        to_coordinator(turn, item, found)


def find(turn: Turn, item: Item) -> Assignment | str:
    """The assignment the rules give, or the reason why there is none."""
    if item.restricted:
        return _restricted(turn, item)
    if item.doubtful:
        return str(item.rules.get("doubt", "low confidence"))
    choice, lead = _chosen(turn, item)
    if lead is None:
        return f"{choice.rule}: no such department"
    officer, rule = officer_for(turn, item, lead)
    if officer is None:
        return f"{choice.rule}: no officer in {lead.name}"
    return Assignment(lead, officer, usual_deadline(turn, item), choice.rule, rule, choice.support)


def expected(turn: Turn, item: Item) -> tuple[str, Deadline] | None:
    """What the unit is called that will probably have an item, and by when it is to be done; None where no rule names
    one."""
    if item.doubtful or item.restricted:
        return None
    code = _choice(turn, item).department
    lead = people.department_name(turn.session, code) if code else None
    return (lead, usual_deadline(turn, item)) if lead else None


def _choice(turn: Turn, item: Item) -> Choice:
    return turn.policy.owners.choose(item.category, item.topic, item.text)


def _chosen(turn: Turn, item: Item) -> tuple[Choice, Department | None]:
    """What the rules choose for an item, and the unit by that code, if there is one."""
    choice = _choice(turn, item)
    return choice, people.department(turn.session, choice.department) if choice.department else None


def usual_deadline(turn: Turn, item: Item) -> Deadline:
    """The deadline as counted from registration, or from now once the item was reopened. Whoever takes over an
    item that is in somebody's hands takes over its deadline."""
    policy, labels = turn.policy, (item.nature, item.kind)
    start = item.registered_at if item.round == 1 else turn.now
    usual = policy.deadlines.first(item.grade, labels, start, policy.calendar)
    if item.due_at is not None and item.state in (State.ASSIGNED, State.HANDLING):
        return replace(usual, due_at=item.due_at, rule=KEPT)
    return usual


def _restricted(turn: Turn, item: Item) -> Assignment | str:
    """A report of misconduct goes to its receiver and nobody else, whatever it is about."""
    receivers = restricted.receivers(turn, item)
    if not receivers:
        return "restricted: no receiver"
    officer, rule = least_loaded(turn, receivers, None)
    owner_rule = restricted.rule_of(turn, officer)
    return Assignment(officer.department, officer, usual_deadline(turn, item), owner_rule, rule)


def heard_more(turn: Turn, item: Item, note: str) -> None:
    """What is told later belongs to the report; where it names whoever has it, another receiver gets it."""
    item.text = f"{item.text}\n{note}"
    known = item.officer is None or restricted.may_have(turn, item, item.officer)
    if not known and item.state in IN_HAND and isinstance(to := find(turn, item), Assignment):
        assign(turn, item, to, by=None)


def nobody_receives(turn: Turn) -> None:
    """The office is told, once a day, that a receiver is missing, and nothing else; the item waits for one."""
    day = turn.policy.calendar.local(turn.now).date()
    tell_role(turn, "coordinator", NO_RECEIVER, f"{NO_RECEIVER}:{day}")


def officer_for(turn: Turn, item: Item, lead: Department) -> tuple[Person | None, str]:
    """The officer the rules give an item of this unit, and the rule."""
    bound = item.enterprise.bound_officer if item.enterprise else None
    if item.grade == 1 and bound is not None and bound.active:
        return bound, "grade 1: the enterprise's own officer"
    return nearest_officer(turn, lead)


def nearest_officer(turn: Turn, lead: Department) -> tuple[Person | None, str]:
    """The least loaded officer of a unit, or of the nearest unit above it that has any, and the rule."""
    for unit in upwards(turn, lead):
        if officers := people.in_department(turn.session, unit, "officer"):
            return least_loaded(turn, officers, unit)
    return None, ""


def least_loaded(turn: Turn, officers: Sequence[Person], unit: Department | None) -> tuple[Person, str]:
    """Of these people, as far as they are not away, the one with the fewest open items, and the rule that says so."""
    there = at_work(turn, officers) or officers  # when all are away the deputy of one of them gets it
    load = items.open_counts(turn.session, there)
    chosen = min(there, key=lambda officer: (load.get(officer.id, 0), officer.id))
    rule = f"least loaded of {unit.name if unit else 'the receivers'}: {load.get(chosen.id, 0)} open"
    others = [f"{one.name} {load.get(one.id, 0)}" for one in there if one is not chosen]
    return chosen, f"{rule}, against {', '.join(others[:OTHERS])}" if others else rule


def to_coordinator(turn: Turn, item: Item, reason: str) -> None:
    event = apply(item, Action.TRIAGE, by=None, now=turn.now, rule=reason)
    tell(turn, item, "triage", event)


def assign(turn: Turn, item: Item, to: Assignment, by: Person | None) -> None:
    """Give the item to its owner and tell everybody concerned."""
    require(item, Action.DISPATCH)
    _require_complete(turn, item, to)
    former = item.officer
    pauses.stop(turn, item)
    if to.deadline.rule != KEPT:
        keep(item, to.deadline)
        void_extensions(item)
    item.lead, item.mode = to.lead, to.deadline.mode
    acting = give(turn, item, to.officer)
    await_signature(turn, item)
    item.follower = item.enterprise.bound_officer if item.enterprise and not item.restricted else None
    rule = "; ".join(filter(None, (to.owner_rule, to.officer_rule, acting, to.deadline.rule)))
    event = apply(item, Action.DISPATCH, by=by, now=turn.now, rule=rule, **named(item))
    supports.by_rule(turn, item, _supporters(turn, to), to.owner_rule)
    tell(turn, item, _occasion(item), event)
    tell_former(turn, item, former, event)


def _supporters(turn: Turn, to: Assignment) -> Iterator[tuple[Department, Person]]:
    """The departments a rule names for support, each with an officer who can answer for it; whoever has the item
    already is not asked apart."""
    for code in to.support:
        if unit := people.department(turn.session, code):
            officer, _ = nearest_officer(turn, unit)
            if officer is not None and officer is not to.officer:
                yield unit, officer


def _require_complete(turn: Turn, item: Item, to: Assignment) -> None:
    """Unit, person, mode and deadline, none may be missing; a deadline set by hand lies ahead."""
    if (to.lead is None and not item.restricted) or not to.officer.active or not to.deadline.mode:
        raise Refused("dispatch_incomplete")
    if to.deadline.rule == BY_HAND and to.deadline.due_at <= turn.now:
        raise Refused("dispatch_past", due_at=to.deadline.due_at)


def _occasion(item: Item) -> str:
    if item.restricted:
        return "dispatch_restricted"
    return "dispatch_final" if objection.decided(item) else "dispatch"


def await_signature(turn: Turn, item: Item) -> None:
    """The item is somebody's from now on, who must sign for it and then speak with the enterprise."""
    item.assigned_at, item.signed_at, item.contacted_at = turn.now, None, None
    item.sign_due_at = turn.policy.deadlines.sign_by(turn.now, turn.policy.calendar)


def tell_former(turn: Turn, item: Item, former: Person | None, event: Step) -> None:
    """Whoever had the item until now must not go on working on it."""
    if former is None or not restricted.may_have(turn, item, former):
        return
    if former is not item.officer and former is not event.actor:
        key = f"taken_over:{item.number}:{event.seq}:{former.id}"
        put(turn, item, former, "taken_over", key, "former", urgent=item.urgent, asking=False)


def void_extensions(item: Item) -> None:
    """A request for a later deadline is about one deadline; when that is gone, so is the request."""
    for asked in item.extensions:
        if asked.status == "asked":
            asked.status = "void"


def named(item: Item) -> dict[str, str]:
    return {
        "lead": item.lead.name if item.lead else "",
        "officer": item.officer.name if item.officer else "",
        "mode": item.mode or "",
        "due_at": item.due_at.isoformat() if item.due_at else "",
    }
