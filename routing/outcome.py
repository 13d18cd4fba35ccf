"""The end of the work on an item: resolved, told, rated, verified by another, closed, and opened again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from routing.acting import give, heir
from routing.counting import keep
from routing.dispatch import await_signature, officer_for, void_extensions
from routing.lifecycle import Action, NotAllowed, State, apply, require
from routing.policy import Refused, Turn
from routing.results import FILE as RESULTS
from routing.telling import tell
from store import history, outbox, people, reports
from store.history import Step, record
from store.tables import Item, Person

SOLVED = "solved"
TOLD_AS = {
    SOLVED: "resolve",
    "planned": "resolve_planned",
    "explained": "resolve_explained",
    "not_in_remit": "resolve_not_in_remit",
}
"""The occasion of each end: what the enterprise reads."""
LEADER = 3
"""The highest level of attention: 0 the owner, 1 the head, 2 the office, 3 the leader."""
QUESTIONS = ("solved", "answered", "contacted", "satisfied")
MUST = QUESTIONS[:2]
"""Of the four questions of a check, those that must be answered with yes."""
CHECKED_BY = "four questions"
BACK = ("rebound", "false")
"""What a second look may find that opens an item again."""
ENDING = (State.RESOLVED, State.RATED, State.VERIFIED)
SATISFIED = 3
"""Of five levels, basically satisfied and better count as satisfied (domain 5)."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an item ends (`results.toml`), and what that end must say beside its words."""

    code: str = SOLVED
    planned_at: datetime | None = None
    whom: str = ""


def resolve(turn: Turn, item: Item, by: Person, result: str, ending: Ending = Ending()) -> None:
    """Say that it is done, with what was done. The enterprise is told, and asked whether that is so."""
    rule, said = f"{RESULTS}: {ending.code}", _named(item, ending)
    event = apply(item, Action.RESOLVE, by=by, now=turn.now, rule=rule, result=result, round=item.round, **said)
    void_extensions(item)
    item.handler_id, item.resolved_at = by.id, turn.now
    item.was_late = item.was_late or (item.due_at is not None and turn.now > item.due_at)
    item.result = result  # an earlier rating stands until there is another: silence does not undo it
    tell(turn, item, TOLD_AS[ending.code], event, result=result, whom=ending.whom)
    tell(turn, item, "watched", event, result=result)


def correct(turn: Turn, item: Item, by: Person, ending: Ending) -> None:
    """It ended otherwise than was understood; whoever handled it or checks it may say so until it is closed."""
    if item.state not in ENDING:
        raise NotAllowed(item, "correct_result")
    before = item.result_code
    event = record(item, "correct_result", by=by, now=turn.now, **_named(item, ending), was=before)
    if before != ending.code:
        tell(turn, item, TOLD_AS[ending.code], event, result=item.result, whom=ending.whom)


def _named(item: Item, ending: Ending) -> dict[str, str]:
    """Keep the end with the item; what its history says of it."""
    if "not_in_remit" in (item.result_code, ending.code):
        item.scope = "not_in_remit" if ending.code == "not_in_remit" else "ours"
    item.result_code, item.planned_at = ending.code, ending.planned_at
    until = {"until_at": ending.planned_at.isoformat()} if ending.planned_at else {}
    whom = {"whom": ending.whom} if ending.whom else {}
    return {"ended": ending.code, **until, **whom}


def told_at(turn: Turn, item: Item) -> datetime | None:
    """When the result reached the contact; until then nothing is done for the enterprise."""
    return outbox.result_reached(turn.session, item, item.resolved_at) if item.resolved_at else None


def cautions(turn: Turn, item: Item) -> list[str]:
    """What whoever verifies should look at twice."""
    thin = turn.policy.results.is_thin(item.result or "")
    untold = item.state == State.RESOLVED and told_at(turn, item) is None
    return [*(["thin"] if thin else []), *(["untold"] if untold else [])]


def rate(turn: Turn, item: Item, by: Person, level: int, reason: str, reply: int | None = None) -> None:
    """The enterprise's word on the outcome, and perhaps apart from it on the reply, 5 to 1. Below basically satisfied
    the item goes back to its owner with half the time, one level higher. Counts from the moment it was resolved,
    however late the invitation comes."""
    action = Action.RATE if level >= SATISFIED else Action.OBJECT
    apart: dict[str, Any] = {} if reply is None else {"reply_level": reply}
    event = apply(item, action, by=by, now=turn.now, level=level, reason=reason, **apart)
    item.rating, item.rating_reason = level, reason or None
    item.reply_rating = item.reply_rating if reply is None else reply
    if action is Action.OBJECT:
        _again(turn, item)
        item.attention = min(item.attention + 1, LEADER)
        tell(turn, item, f"object_{item.attention}", event, level=level, reason=reason)
    else:
        tell(turn, item, "rate", event, level=level, reason=reason, **_to_check(turn, item, cautions(turn, item)))


def add_reason(turn: Turn, item: Item, by: Person, reason: str) -> None:
    """Why the enterprise was not satisfied, said after the rating."""
    item.rating_reason = reason
    event = record(item, "reason", by=by, now=turn.now, reason=reason)
    tell(turn, item, f"object_{item.attention or 1}", event, level=item.rating, reason=reason)


def rate_reply(turn: Turn, item: Item, by: Person, level: int) -> None:
    """How the enterprise was answered, apart from what came of it. It moves nothing."""
    if item.state not in ENDING:
        raise NotAllowed(item, "rate_reply")
    item.reply_rating = level
    record(item, "rate_reply", by=by, now=turn.now, reply_level=level)


def _to_check(turn: Turn, item: Item, doubts: list[str]) -> dict[str, Any]:
    """What whoever verifies is shown beside the result."""
    return {"cautions": doubts, "evidence": reports.evidence(turn.session, item)}


def lapse(turn: Turn, item: Item, rule: str) -> None:
    """No rating came in time. Silence is never satisfaction: the item stays unrated. Where the result has not even
    reached the enterprise, its silence says nothing at all."""
    doubts = cautions(turn, item)
    event = apply(item, Action.LAPSE, by=None, now=turn.now, rule=rule, cautions=doubts)
    tell(turn, item, "lapse_untold" if "untold" in doubts else "lapse", event, **_to_check(turn, item, doubts))


def verify(turn: Turn, item: Item, by: Person, note: str, said: dict[str, str] | None = None) -> None:
    """Somebody other than the handler has checked that it is really done, by four questions (domain step 10). What
    the data say is filled in, what the verifier says counts before it; solved and answered must both be so."""
    not_the_handler(item, by)
    require(item, Action.VERIFY)
    answers = known_answers(turn, item) | (said or {})
    named = {"number": item.number, "short": item.short}
    if "no" in [answers.get(question) for question in MUST]:
        raise Refused("verify_says_no", **named)
    if missing := [question for question in MUST if question not in answers]:
        raise Refused("verify_ask", questions=missing, **named)
    told = {question: answers.get(question, "unknown") for question in QUESTIONS}
    apply(item, Action.VERIFY, by=by, now=turn.now, rule=CHECKED_BY, answers=told, note=note)


def known_answers(turn: Turn, item: Item) -> dict[str, str]:
    """Which of the four questions the data answer by themselves."""
    rated = _rated_now(item)
    answers = {
        "solved": rated,
        "answered": rated or told_at(turn, item) is not None,
        "contacted": item.contacted_at is not None,
        "satisfied": rated,
    }
    return {question: "yes" for question, known in answers.items() if known}


def _rated_now(item: Item) -> bool:
    """Whether the enterprise was satisfied with the last result; an earlier rating was of an earlier one."""
    steps = (event.action for event in reversed(history.of(item)) if event.action in (Action.RATE, Action.RESOLVE))
    return next(steps, None) == Action.RATE


def false_closing(turn: Turn, item: Item, by: Person, reason: str) -> None:
    """It was declared done and was not (虚假办结). The leader is told; back to work, unless it is there already."""
    not_the_handler(item, by)
    handler = next((event.actor for event in reversed(history.of(item)) if event.action == Action.RESOLVE), None)
    if handler is None or item.state not in (*ENDING, State.ASSIGNED, State.HANDLING, State.CLOSED):
        raise NotAllowed(item, "false_closing")
    event = record(item, "false_closing", by=by, now=turn.now, reason=reason, officer=handler.name)
    item.attention = LEADER
    if item.state == State.CLOSED:
        open_again(turn, item, by, reason)
    elif item.state in ENDING:
        apply(item, Action.SEND_BACK, by=by, now=turn.now, reason=reason)
        _again(turn, item)
    tell(turn, item, "false_closing", event, reason=reason, handler=handler.name)


def send_back(turn: Turn, item: Item, by: Person, reason: str) -> None:
    event = apply(item, Action.SEND_BACK, by=by, now=turn.now, reason=reason)
    _again(turn, item)
    tell(turn, item, "send_back", event, reason=reason)


def close(turn: Turn, item: Item, by: Person) -> None:
    """Strike the item off. Whoever handled it never does."""
    not_the_handler(item, by)
    at, rule = turn.policy.afterwards.looked_at(item, turn.now, turn.policy.calendar)
    until = {"until_at": at.isoformat()} if at else {}
    event = apply(item, Action.CLOSE, by=by, now=turn.now, rule=rule, **until)
    item.followup, item.followup_at, item.next_check_at = None, at, at
    tell(turn, item, "close", event)


def reopen(turn: Turn, item: Item, by: Person, reason: str, occasion: str = "reopen") -> None:
    """Back to work under the same number, one round later, with its former owner or who does their work now; without
    an owner it waits for the coordinator."""
    event = open_again(turn, item, by, reason)
    tell(turn, item, occasion if item.officer else "reopen_triage", event, reason=reason)


def open_again(turn: Turn, item: Item, by: Person, reason: str) -> Step:
    owner = owner_again(turn, item) if item.state == State.CLOSED else None
    if owner is None and item.state == State.CLOSED:
        raise Refused("reopen_without_owner")
    event = apply(item, Action.REOPEN, by=by, now=turn.now, reason=reason)
    item.followup, item.followup_at = item.followup if item.followup in BACK else None, None
    if owner is not None:
        give(turn, item, owner)
        _again(turn, item)
        await_signature(turn, item)
    else:
        item.officer = item.acting_for = item.due_at = item.merged_into_id = item.result_code = None
        item.scope = "ours"  # handed on before, perhaps; now it is looked at anew
    return event


def owner_again(turn: Turn, item: Item) -> Person | None:
    """Whose a closed item is when it is opened again: whoever had it, their successor, or a colleague by rule."""
    former = item.acting_for or item.officer
    owner = heir(former) if former else None
    if owner is not None and owner.role in people.HANDLERS:
        return owner
    return officer_for(turn, item, item.lead)[0] if former and item.lead and not item.restricted else None


def _again(turn: Turn, item: Item) -> None:
    """A new round starts now, with half the time (domain step 11a)."""
    policy = turn.policy
    if item.result_code == "not_in_remit":
        item.scope = "ours"  # handed on, and it came back
    item.result_code = item.planned_at = None
    deadline = policy.deadlines.rework(item.grade, (item.nature, item.kind), turn.now, policy.calendar)
    keep(item, deadline)
    void_extensions(item)
    if item.officer is None:  # whoever had it has left, and nobody could take over
        triage = apply(item, Action.RELEASE, by=None, now=turn.now, rule="departure: nobody has it")
        tell(turn, item, "triage", triage)


def not_the_handler(item: Item, by: Person) -> None:
    if item.handler_id == by.id:
        raise Refused("handler_cannot_check_restricted" if item.restricted else "handler_cannot_check")
