"""After the end by chat: the second look, what comes back, "the old matter or a new one?"."""

from bot.again import closed
from bot.contact import usage, where
from bot.context import Talk
from bot.parse import take_number
from bot.show import WORST, more
from bot.texts import Rendered
from bot.which import Answer, pick, require_checker, seen
from routing import followup
from routing.lifecycle import State
from store import afterwards
from store.tables import Item

FOUND = {"稳定": "stable", "反弹": "rebound", "虚假": "false"}
BLANKS = " ,，。:：;；、\n"


def second_look(talk: Talk, rest: str) -> Rendered:
    """回头看 alone: what waits for a look; 回头看 N 稳定|反弹|虚假 说明: what was found."""
    if not rest:
        return _waiting(talk)
    item, after = pick(talk, rest, "回头看")
    require_checker(talk, item, "回头看")
    what, note = FOUND.get(after[:2]), after[2:].strip(BLANKS)
    if what is None or (what != "stable" and not note):
        raise Answer(usage(talk, "second_look"))
    followup.found(talk.turn, item, talk.person, what, note)
    if what == "stable":
        return talk.say("look_stable", item)
    return talk.say("look_back", item, found=after[:2], where=where(talk, item))


def _waiting(talk: Talk) -> Rendered:
    mine = talk.person.role == "discipline"
    waiting, counted = seen(talk, afterwards.waiting(talk.session, mine)), afterwards.looks(talk.session, mine)
    lines = [talk.line("look_line", item, said=_said(talk, item)) for item in waiting[:WORST]]
    done = sum(counted.values())
    return talk.say(
        "looks" if waiting else "looks_none",
        done=done,
        total=done + len(waiting),
        waiting=len(waiting),
        cutoff=talk.service.speaker.when(talk.turn.now),
        stable=counted["stable"],
        rebound=counted["rebound"],
        untrue=counted["false"],
        lines="\n".join([*lines, *more(talk, len(waiting) - WORST)]),
    )


def _said(talk: Talk, item: Item) -> str:
    """Whether the enterprise has answered; of a withdrawn item, that somebody must ask."""
    label = talk.service.texts.label
    if item.state == State.WITHDRAWN:
        return label("word", "look_withdrawn")
    answered = any(event.action == "followup_steady" and event.at >= item.state_since for event in item.events)
    return label("word", "look_steady" if answered else "look_silent")


def steady(talk: Talk, rest: str) -> Rendered | None:
    """稳定 N: the contact says that all is still well."""
    number, note = take_number(rest)
    asked = [item for item in closed(talk) if item.followup == followup.ASKED]
    if number is None and note:
        return None  # just a word in a sentence
    if number is None and not asked:
        return talk.say("steady_none")
    item = pick(talk, rest, "稳定")[0] if number or len(asked) > 1 else asked[0]
    followup.steady(talk.turn, item, talk.person, note)
    return talk.say("steady_noted", item)
