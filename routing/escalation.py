"""Escalation: put to a leader by hand or by rule, or to a higher authority; the item stays in local hands."""

from datetime import datetime

from routing.asides import LEADER, SUPERIOR, open_escalation
from routing.lifecycle import IN_HAND, State
from routing.limits import FILE
from routing.policy import Refused, Turn
from routing.telling import tell
from store.history import Step, record
from store.tables import Escalation, Item, Person

WORKED_AT = IN_HAND | {State.TRIAGE}


def to_leader(turn: Turn, item: Item, by: Person, reason: str) -> None:
    """The owner or the coordinator cannot settle it: a leader is asked."""
    _check(item, LEADER, "escalation_waits")
    event = _put(turn, item, LEADER, by, reason)
    tell(turn, item, "escalated", event, reason=reason, asked_by=by.name)


def by_rule(turn: Turn, item: Item, cause: str, rule: str) -> None:
    """Once: whatever has been before a leader already, by hand or by rule, is not put there again by itself."""
    if item.restricted or any(one.level == LEADER and one.status != "void" for one in item.escalations):
        return
    event = _put(turn, item, LEADER, None, cause, rule)
    tell(turn, item, "escalated_by_rule", event, cause=cause)


def check(turn: Turn, item: Item) -> None:
    """What goes to a leader at once (`limits.toml`); what is long overdue is a rung."""
    limits = turn.policy.limits
    if item.state not in WORKED_AT:
        return
    if item.returns >= limits.escalation_returns:
        by_rule(turn, item, "returns", f"{FILE}: escalation: returns")
    elif item.grade in limits.escalation_grades:
        by_rule(turn, item, "grade", f"{FILE}: escalation: grades")


def never(_item: Item) -> datetime | None:
    """It is looked at whenever the item is; it has no moment of its own."""
    return None


def instruct(turn: Turn, item: Item, by: Person, note: str) -> None:
    """A leader's written instruction; it settles what was put to the leaders."""
    asked = open_escalation(item, LEADER)
    answers = {"asked_at": asked.asked_at.isoformat()} if asked else {}
    if asked:
        _settle(asked, by, note, turn.now)
        item.next_check_at = turn.now if item.closed_at is None else None
    event = record(item, "instruct", by=by, now=turn.now, note=note, **answers)
    tell(turn, item, "instruct", event, note=note, by=by.name)


def to_superior(turn: Turn, item: Item, by: Person, reason: str) -> None:
    """Beyond local powers: a higher authority is asked. The deadline runs on, and the item stays where it is."""
    _check(item, SUPERIOR, "superior_waits")
    event = _put(turn, item, SUPERIOR, by, reason)
    tell(turn, item, "superior_asked", event, reason=reason)


def superior_answers(turn: Turn, item: Item, by: Person, note: str) -> None:
    asked = open_escalation(item, SUPERIOR)
    if asked is None:
        raise Refused("superior_none")
    _settle(asked, by, note, turn.now)
    event = record(item, "superior_answer", by=by, now=turn.now, note=note)
    tell(turn, item, "superior_answered", event, note=note)


def _check(item: Item, level: str, waits: str) -> None:
    if item.state not in WORKED_AT:
        raise Refused("escalation_not_now")
    if asked := open_escalation(item, level):
        raise Refused(waits, asked_at=asked.asked_at)


def _put(turn: Turn, item: Item, level: str, by: Person | None, reason: str, rule: str = "") -> Step:
    item.escalations.append(
        Escalation(
            district_id=item.district_id,
            level=level,
            by_id=by.id if by else None,
            asked_at=turn.now,
            reason=reason,
            rule=rule,
            status="asked",
        )
    )
    item.next_check_at = turn.now
    why = {"cause" if by is None else "reason": reason}
    if level == SUPERIOR:
        return record(item, "ask_superior", by=by, now=turn.now, rule=rule, **why)
    return record(item, "escalate", by=by, now=turn.now, rule=rule, **why)


def _settle(asked: Escalation, by: Person, note: str, now: datetime) -> None:
    asked.status, asked.answer, asked.answered_at, asked.answered_by_id = "answered", note, now, by.id
