"""Who was first: what somebody is told whose word comes a moment after another's."""

from datetime import timedelta

from bot.context import Talk
from routing.lifecycle import NEW_OWNER
from store.tables import Event, Item

JUST = timedelta(minutes=2)
"""So long after somebody else did the same, one is asked whether to do it all the same."""
STILL = "仍"


def told(talk: Talk, event: Event) -> str:
    """Who did what, and when."""
    speaker, label = talk.service.speaker, talk.service.texts.label
    who = event.actor.name if event.actor else label("word", "service")
    action, detail = label("action", event.action), speaker.detail(event, talk.person)
    return talk.line("first_was", at=speaker.when(event.at), who=who, action=action, detail=detail)


def last_move(item: Item) -> Event:
    """The step that brought the item to where it is now, in these hands."""
    moves = [event for event in item.events if event.state_after != event.state_before or event.action in NEW_OWNER]
    return (moves or item.events)[-1]


def just_done(talk: Talk, item: Item, action: str) -> Event | None:
    """The same step, when somebody else has taken it a moment ago and nothing has moved since."""
    event = last_move(item)
    another = event.actor is not None and event.actor is not talk.person
    return event if event.action == action and another and talk.turn.now - event.at <= JUST else None


def insisted(words: str) -> tuple[bool, str]:
    """Whether somebody who was told wants it all the same, and what he said."""
    return words.startswith(STILL), words.removeprefix(STILL).strip()
