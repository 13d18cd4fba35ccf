"""同意 and 不同意 by themselves: what is asked for an item says which request is meant."""

from collections.abc import Sequence

from bot import pauses
from bot.context import Talk
from bot.office import grant_extension, refuse_extension
from bot.texts import Rendered
from bot.which import Answer, one_of
from store import asides
from store.tables import Item

DECIDES = {"extension": (grant_extension, refuse_extension), "pause": (pauses.grant, pauses.refuse)}
"""What an officer may ask the office for, and what says yes or no to it."""


def grant(talk: Talk, rest: str) -> Rendered:
    return _decide(talk, rest, "同意", granted=True)


def refuse(talk: Talk, rest: str) -> Rendered:
    return _decide(talk, rest, "不同意", granted=False)


def _decide(talk: Talk, rest: str, word: str, *, granted: bool) -> Rendered:
    waiting = _waiting(talk)
    item, reason = one_of(talk, rest, word, dict.fromkeys(item for found in waiting.values() for item in found))
    asked = [kind for kind, found in waiting.items() if item in found]
    if len(asked) == 1:
        grants, refuses = DECIDES[asked[0]]
        return (grants if granted else refuses)(talk, f"{item.number} {reason}")
    raise Answer(talk.say("decide_which" if asked else "decide_nothing", item))


def _waiting(talk: Talk) -> dict[str, Sequence[Item]]:
    """The items with an open request of each kind."""
    return {
        "extension": asides.with_extension(talk.session),
        "pause": asides.with_pause(talk.session, "asked"),
    }
