"""What the enterprise and the office do: urge, withdraw, reclassify; assign by hand, refuse, merge, supervise."""

from datetime import datetime
from typing import Any

from routing import followup
from routing.deadlines import Deadline
from routing.dispatch import BY_HAND, Assignment, assign, find, heard_more, usual_deadline
from routing.lifecycle import ENDED, Action, NotAllowed, State, apply
from routing.outcome import open_again
from routing.policy import Refused, Turn
from routing.telling import tell
from store import history
from store.history import Step, record
from store.tables import Department, Enterprise, Item, Person


def urge(turn: Turn, item: Item, by: Person, note: str) -> datetime | None:
    """The enterprise presses for it. Its owner is told, unless he was so a short while ago (pace.toml): then when."""
    reminded = None if item.urgent else _reminded(turn, item)
    item.urged += 1
    quiet: dict[str, Any] = {"quiet": True} if reminded else {}
    event = record(item, "urge", by=by, now=turn.now, note=note, times=item.urged, **quiet)
    if reminded is None:
        tell(turn, item, "urge" if item.officer else "urge_triage", event, note=note, times=item.urged)
    return reminded


def _reminded(turn: Turn, item: Item) -> datetime | None:
    """When whoever has the item was last told that the enterprise presses, if that is not long ago."""
    since = turn.now - turn.policy.pace.urge_gap
    told = (event.at for event in reversed(history.of(item)) if event.action == "urge" and "quiet" not in event.data)
    last = next(told, None)
    return last if last is not None and last > max(since, item.state_since) else None


def supplement(turn: Turn, item: Item, by: Person, note: str) -> None:
    """What the enterprise adds to an item that has not ended."""
    if item.state in ENDED:
        raise NotAllowed(item, "supplement")
    event = record(item, "supplement", by=by, now=turn.now, note=note)
    if item.restricted:
        heard_more(turn, item, note)
    occasion = "alarm_more" if item.kind == "emergency" else "supplement"
    tell(turn, item, occasion if item.officer else f"{occasion}_triage", event, note=note)


def verified_enterprise(turn: Turn, item: Item, by: Person, enterprise: Enterprise) -> None:
    """Whoever reported is now known to speak for this enterprise."""
    item.enterprise, item.follower = enterprise, enterprise.bound_officer
    record(item, "bind", by=by, now=turn.now, note=enterprise.name)


def withdraw(turn: Turn, item: Item, by: Person, reason: str, said: str = "") -> None:
    """No longer wanted. Who says that he was told to (`said`: all his words) says so to the office alone."""
    spoke_at = next((event.at for event in reversed(history.of(item)) if _spoke(item, event)), None)
    told_to = turn.policy.afterwards.asked_for(said or reason)
    shown = "" if told_to else reason
    event = apply(item, Action.WITHDRAW, by=by, now=turn.now, reason=shown)
    tell(turn, item, "withdraw", event, reason=shown)
    followup.doubt(turn, item, by, said or reason, spoke_at)


def _spoke(item: Item, event: Step) -> bool:
    """Whether the handler spoke of the item with the enterprise, or to it."""
    return event.action == Action.PROGRESS and event.actor is not None and event.actor is item.officer


def reclassify(turn: Turn, item: Item, by: Person, category: str) -> None:
    """Change the category. An unsigned item goes to the owner of the new one; a signed one stays where it is
    and the coordinator is told."""
    before = item.category
    event = apply(item, Action.CLASSIFY, by=by, now=turn.now, rule=BY_HAND, before=before, category=category)
    item.category, item.confidence, item.doubtful = category, 1.0, False
    item.rules = {**item.rules, "category": BY_HAND}
    if item.state in (State.TRIAGE, State.ASSIGNED):
        found = find(turn, item)
        if isinstance(found, Assignment):
            assign(turn, item, found, by=by)
    elif item.state == State.HANDLING:
        tell(turn, item, "reclassified", event, before=before)


def dispatch_by_hand(
    turn: Turn, item: Item, by: Person, lead: Department, officer: Person, deadline: Deadline | None
) -> None:
    """The coordinator names unit and person, and the deadline if not the usual one."""
    to = Assignment(lead, officer, deadline or usual_deadline(turn, item), BY_HAND, BY_HAND)
    assign(turn, item, to, by=by)


def refuse(turn: Turn, item: Item, by: Person, reason: str) -> None:
    event = apply(item, Action.REFUSE, by=by, now=turn.now, reason=reason)
    tell(turn, item, "refuse", event, reason=reason)


def merge(turn: Turn, item: Item, into: Item, by: Person, rule: str = "", **alike: Any) -> None:
    """The same matter told twice: one item goes on, the other ends in it. `alike`: in what they were found to be."""
    if item is into:
        raise Refused("merge_with_itself")
    if item.restricted or into.restricted:  # its words would reach whoever has the other
        raise Refused("merge_restricted")
    if into.state in ENDED:
        raise NotAllowed(into, Action.MERGE)
    rule = "; ".join(filter(None, (BY_HAND, rule)))
    event = apply(item, Action.MERGE, by=by, now=turn.now, rule=rule, into=into.number, **alike)
    item.merged_into_id = into.id
    record(into, "merged_in", by=by, now=turn.now, rule=rule, other=item.number, **alike)
    tell(turn, item, "merge", event, into=into.number)


def part(turn: Turn, item: Item, by: Person, reason: str) -> None:
    """What its author had joined to another item by mistake goes on by itself: the office names who has it."""
    tell(turn, item, "triage", open_again(turn, item, by, reason))


def supervise(turn: Turn, item: Item, by: Person, note: str) -> None:
    event = record(item, "supervise", by=by, now=turn.now, note=note)
    tell(turn, item, "supervise", event, note=note, by=by.name)
