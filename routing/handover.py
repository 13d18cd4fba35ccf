"""Transfer: the old owner stays responsible until the new one has signed (首问负责)."""

from collections.abc import Sequence

from routing.acting import give, keeper, works_for
from routing.asides import open_offer
from routing.dispatch import BY_HAND, await_signature, named, tell_former
from routing.lifecycle import Action, apply, require
from routing.policy import Refused, Turn
from routing.telling import tell
from store import asides
from store.history import record
from store.tables import Department, Handover, Item, Person


def offer(turn: Turn, item: Item, by: Person, to: Person, lead: Department, reason: str) -> None:
    """Ask somebody else to take the item over; nothing else changes until they sign."""
    require(item, Action.TRANSFER)
    if keeper(turn, to) is item.officer:  # himself, or somebody whose deputy he is
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
    accepted, before = _offered_to(turn, item, by), item.officer
    accepted.status, accepted.decided_at = "taken", turn.now
    item.lead, acting = accepted.lead, give(turn, item, accepted.to_person)
    await_signature(turn, item)
    former = before.name if before else ""
    event = apply(
        item,
        Action.TRANSFER,
        by=by,
        now=turn.now,
        rule=acting or BY_HAND,
        before=former,
        reason=accepted.reason,
        **named(item),
    )
    tell(turn, item, "transfer", event, reason=accepted.reason)
    tell_former(turn, item, before, event)


def decline(turn: Turn, item: Item, by: Person, reason: str) -> None:
    """Not taken: it stays where it is, and the owner is told why."""
    declined = _offered_to(turn, item, by)
    declined.status, declined.decided_at = "declined", turn.now
    item.next_check_at = turn.now
    event = record(item, "decline", by=by, now=turn.now, reason=reason)
    tell(turn, item, "decline", event, reason=reason, declined_by=by.name)


def offered_to(turn: Turn, person: Person) -> Sequence[Item]:
    """What waits for this person's signature, or for that of somebody they act for."""
    return asides.offered_to(turn.session, works_for(turn, person))


def is_offered_to(turn: Turn, item: Item, person: Person) -> bool:
    waiting = open_offer(item)
    return waiting is not None and waiting.to_id in works_for(turn, person)


def _offered_to(turn: Turn, item: Item, person: Person) -> Handover:
    waiting = open_offer(item)
    if waiting is None or not is_offered_to(turn, item, person):
        raise Refused("transfer_gone")
    return waiting
