"""Where an item comes from, and where it goes when the office cannot settle it: noted, told, never lost."""

from routing.dispatch import void_extensions
from routing.lifecycle import Action, apply
from routing.policy import Turn
from routing.review import dispatch_by_hand
from routing.telling import tell
from store.history import record
from store.tables import Department, Item, Person

NOT_IN_REMIT = "not_in_remit"


def pass_on(turn: Turn, item: Item, by: Person, whom: str, note: str) -> None:
    """Not in our remit and no unit of ours can take it: whom it was handed to is named to the enterprise. It ends
    here, and is counted and listed apart."""
    event = apply(item, Action.PASS_ON, by=by, now=turn.now, whom=whom, reason=note)
    void_extensions(item)
    item.scope = item.result_code = NOT_IN_REMIT
    item.result = f"{whom} {note}".strip()
    tell(turn, item, "pass_on", event, whom=whom, reason=note)


def hand_on(turn: Turn, item: Item, by: Person, lead: Department, officer: Person, note: str) -> None:
    """Not in the programme's remit, but a unit of the tree takes it: it goes on with an owner and a deadline."""
    item.scope = NOT_IN_REMIT
    record(item, "out_of_remit", by=by, now=turn.now, whom=lead.name, reason=note)
    dispatch_by_hand(turn, item, by, lead, officer, None)


def came_from(turn: Turn, item: Item, by: Person, source: str, word: str) -> None:
    before, item.source = item.source, source
    record(item, "source", by=by, now=turn.now, note=word, was=before)


def belongs_to(turn: Turn, item: Item, by: Person, campaign: str) -> None:
    before, item.campaign = item.campaign, campaign
    record(item, "campaign", by=by, now=turn.now, note=campaign, was=before or "")


def known_as(turn: Turn, item: Item, by: Person, number: str) -> None:
    """The number a superior gave it."""
    item.superior_number = number
    record(item, "superior_number", by=by, now=turn.now, note=number)
