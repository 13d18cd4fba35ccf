"""同意 and 不同意 by themselves: what is asked for an item says which request is meant."""

from bot import pauses
from bot.context import Talk
from bot.office import grant_extension, refuse_extension
from bot.parse import take_number
from bot.texts import Rendered
from bot.which import Answer, only, pick
from store import asides
from store.tables import Item

DECIDES = {"extension": (grant_extension, refuse_extension), "pause": (pauses.grant, pauses.refuse)}
"""What an officer may ask the office for, and what says yes or no to it."""


def grant(talk: Talk, rest: str) -> Rendered:
    return _decide(talk, rest, "同意", granted=True)


def refuse(talk: Talk, rest: str) -> Rendered:
    return _decide(talk, rest, "不同意", granted=False)


def _decide(talk: Talk, rest: str, word: str, *, granted: bool) -> Rendered:
    item, reason = _meant(talk, rest, word)
    asked = [kind for kind, waiting in _waiting(talk).items() if item in waiting]
    if len(asked) == 1:
        grants, refuses = DECIDES[asked[0]]
        return (grants if granted else refuses)(talk, f"{item.number} {reason}")
    raise Answer(talk.say("decide_which" if asked else "decide_nothing", item))


def _meant(talk: Talk, rest: str, word: str) -> tuple[Item, str]:
    if take_number(rest)[0]:
        return pick(talk, rest, word)
    waiting = {item.id: item for found in _waiting(talk).values() for item in found}
    return only(talk, list(waiting.values()), word), rest


def _waiting(talk: Talk) -> dict[str, list[Item]]:
    """The items with an open request of each kind."""
    return {
        "extension": list(asides.with_extension(talk.session)),
        "pause": list(asides.with_pause(talk.session, "asked")),
    }
