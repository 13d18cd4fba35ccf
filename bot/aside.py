"""What goes on beside the state of items, as lines of text."""

from bot.context import Talk
from routing.asides import open_offer
from routing.handover import offered_to
from routing.supports import asked_from
from store.tables import Item


def mark(talk: Talk, item: Item) -> str:
    """What an owner must know of an item in his list, in a few words."""
    offer = open_offer(item)
    return talk.line("aside_offer", offered_to=offer.to_person.name) if offer else ""


def waiting_lines(talk: Talk) -> str:
    """What others have and this person is asked about."""
    offered = [talk.line("todo_offered", item) for item in offered_to(talk.turn, talk.person)]
    supported = [talk.line("todo_support", item) for item in asked_from(talk.turn, talk.person)]
    return "\n".join([*offered, *supported])
