"""What an officer sends as evidence: pictures and places go to the item they were sent around."""

from datetime import timedelta

from bot.context import Talk
from bot.texts import Rendered
from bot.which import seen
from intake.submit import fragment, keep_loose
from store import items, reports
from store.history import record
from store.tables import Item

FRESH = timedelta(minutes=30)
"""So long before or after somebody spoke of an item, what they send belongs to it."""

NOTES = ("progress", "resolve")


def media(talk: Talk, word: str) -> Rendered:
    """A picture belongs to the item the officer has just spoken of, or to the only one in hand; else it waits for
    the next word about one."""
    mine = seen(talk, items.open_of_officer(talk.session, talk.person))
    item = items.last_told_by(talk.session, talk.person, talk.turn.now - FRESH)
    if item is None and len(mine) == 1:
        item = mine[0]
    if item is None:
        keep_loose(talk.arrival())
        return talk.say("staff_media", media=word)
    piece = fragment(talk.arrival())
    piece.item_id = item.id
    talk.session.add(piece)
    record(item, "evidence", by=talk.person, now=talk.turn.now, note=f"[{word}] {talk.said}".strip())
    return talk.say("joined_media", item, media=word)


def attach_waiting(talk: Talk, item: Item) -> str:
    """What the officer sent just before speaking of an item belongs to it. The words that say how much that is, with
    what joined it since their last note on it."""
    waiting = reports.loose_fragments(talk.session, talk.person, talk.turn.now - FRESH)
    for piece in waiting:
        piece.item_id = item.id
        word = talk.service.texts.label("media", piece.kind)
        record(item, "evidence", by=talk.person, now=talk.turn.now, note=f"[{word}] {piece.text}".strip())
    talk.session.flush()
    said = [event.at for event in item.events if event.actor is talk.person and event.action in NOTES]
    since = max([talk.turn.now - FRESH, *said])
    count = reports.sent_for(talk.session, item, talk.person, since)
    return talk.service.texts.label("word", "attached").format(count=count) if count else ""
