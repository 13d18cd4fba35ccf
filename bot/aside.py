"""What goes on beside the state of items, as lines of text."""

from bot.context import Talk
from routing.asides import open_offer, running_pause
from routing.handover import offered_to
from routing.supports import asked_from
from store.tables import Item

PAUSES = {"asked": "card_pause_asked", "running": "card_pause_running"}

LEVELS = {"leader": "card_escalated", "superior": "card_superior"}


def mark(talk: Talk, item: Item) -> str:
    """What an owner must know of an item in his list, in a few words."""
    offer, pause = open_offer(item), running_pause(item)
    offered = talk.line("aside_offer", offered_to=offer.to_person.name) if offer else ""
    paused = talk.line("aside_pause", until_at=talk.service.speaker.when(pause.until_at)) if pause else ""
    batched = talk.line("aside_batch", topic=item.batch.topic) if item.batch else ""
    return offered + paused + batched


def card_lines(talk: Talk, item: Item) -> str:
    """What goes on beside an item, a line each."""
    offer, when = open_offer(item), talk.service.speaker.when
    lines = [talk.line("card_offer", offered_to=offer.to_person.name, asked_at=when(offer.asked_at))] if offer else []
    for pause in item.pauses:
        if key := PAUSES.get(pause.status):
            lines.append(talk.line(key, until_at=when(pause.until_at), reason=pause.reason))
    if item.batch:
        still = sum(one.closed_at is None for one in item.batch.items)
        lines.append(talk.line("card_batch", topic=item.batch.topic, open=still, total=len(item.batch.items)))
    for asked in item.escalations:
        if asked.status == "asked":
            why = talk.service.texts.label("cause", asked.reason)
            lines.append(talk.line(LEVELS[asked.level], asked_at=when(asked.asked_at), why=why))
    return "\n".join(lines)


def waiting_lines(talk: Talk) -> str:
    """What others have and this person is asked about."""
    offered = [talk.line("todo_offered", item) for item in offered_to(talk.turn, talk.person)]
    supported = [talk.line("todo_support", item) for item in asked_from(talk.turn, talk.person)]
    return "\n".join([*offered, *supported])
