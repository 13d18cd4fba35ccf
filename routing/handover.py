"""Transfer: the old owner stays responsible until the new one has signed (首问负责)."""

from routing.asides import open_offer
from routing.dispatch import BY_HAND, await_signature, named, tell_former
from routing.lifecycle import Action, apply, require
from routing.policy import Refused, Turn
from routing.telling import tell
from store.history import record
from store.tables import Department, Handover, Item, Person


def offer(turn: Turn, item: Item, by: Person, to: Person, lead: Department, reason: str) -> None:
    """Ask somebody else to take the item over; nothing else changes until they sign."""
    require(item, Action.TRANSFER)
    if to is item.officer:
        raise Refused("transfer_to_self", officer=to.name)
    if waiting := open_offer(item):
        raise Refused("transfer_waits", officer=waiting.to_person.name)
    item.handovers.append(
        Handover(
            district_id=item.district_id,
            from_id=by.id,
            to_person=to,
            lead=lead,
            reason=reason,
            status="offered",
            asked_at=turn.now,
        )
    )
    item.next_check_at = turn.now
    event = record(item, "offer", by=by, now=turn.now, officer=to.name, reason=reason)
    tell(turn, item, "offer", event, reason=reason, offered_to=to.name, offered_lead=lead.name)


def take(turn: Turn, item: Item, by: Person) -> None:
    """The new owner signs: from now on it is theirs, with the deadline it had."""
    accepted, before = _offered_to(item, by), item.officer
    accepted.status, accepted.decided_at = "taken", turn.now
    item.officer, item.lead, item.acting_for = by, accepted.lead, None
    await_signature(turn, item)
    former = before.name if before else ""
    event = apply(
        item,
        Action.TRANSFER,
        by=by,
        now=turn.now,
        rule=BY_HAND,
        before=former,
        reason=accepted.reason,
        **named(item),
    )
    tell(turn, item, "transfer", event, reason=accepted.reason)
    tell_former(turn, item, before, event)


def decline(turn: Turn, item: Item, by: Person, reason: str) -> None:
    """Not taken: it stays where it is, and the owner is told why."""
    declined = _offered_to(item, by)
    declined.status, declined.decided_at = "declined", turn.now
    item.next_check_at = turn.now
    event = record(item, "decline", by=by, now=turn.now, reason=reason)
    tell(turn, item, "decline", event, reason=reason, declined_by=by.name)


def is_offered_to(item: Item, person: Person) -> bool:
    waiting = open_offer(item)
    return waiting is not None and waiting.to_id == person.id


def _offered_to(item: Item, person: Person) -> Handover:
    waiting = open_offer(item)
    if waiting is None or waiting.to_id != person.id:
        raise Refused("transfer_gone")
    return waiting
