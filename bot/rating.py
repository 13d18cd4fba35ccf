"""What the enterprise says of the end: five words, for the outcome and for the reply, and why it is not satisfied."""

import re
from datetime import timedelta

from bot.contact import SHOWN
from bot.context import Talk
from bot.parse import plain, take_number
from bot.texts import Rendered
from bot.which import Answer, list_word, numbered
from routing import outcome
from routing.lifecycle import Action, State, allows
from routing.outcome import SATISFIED
from store import items
from store.tables import Item, Question

LEVELS = {"非常不满意": 1, "不满意": 2, "基本满意": 3, "非常满意": 5, "满意": 4}
"""Five levels (domain step 9). Longer words first: one contains the other."""
SHORT = ("满意", "不满意")
"""The words that are offered where there is no room for five."""
APART = re.compile(rf"(答复|结果)({'|'.join(LEVELS)})[\s,，、;；。]*")
ANSWER_WITHIN = timedelta(days=5)


def rate_word(talk: Talk, rest: str) -> Rendered:
    """One of the five words, said as a command: it is the one the message begins with."""
    return rate(talk, level_said(talk.said), rest)


def level_said(said: str) -> int:
    """The level of the rating word that a message begins with."""
    text = plain(said.strip())
    if apart := levels_apart(text):
        return apart.get("结果", SATISFIED)
    return next(level for word, level in LEVELS.items() if text.startswith(word))


def levels_apart(said: str) -> dict[str, int]:
    """Reply and outcome, where a message rates them apart ("答复满意 结果不满意")."""
    return {of: LEVELS[word] for of, word in APART.findall(said)}


def rate_apart(talk: Talk, _rest: str) -> Rendered:
    """答复满意 结果不满意 [N] [理由]: how one was answered, and what came of it."""
    said = levels_apart(talk.said)
    rest = APART.sub("", plain(talk.said)).strip()
    if "结果" in said:
        return rate(talk, said["结果"], rest, said.get("答复"))
    number, _ = take_number(rest)
    item = _to_rate(talk, number, SATISFIED)
    outcome.rate_reply(talk.turn, item, talk.person, said["答复"])
    return talk.say("reply_rated" if item.state != State.RESOLVED else "reply_rated_only", item)


def rate(talk: Talk, level: int, rest: str, reply: int | None = None) -> Rendered:
    number, reason = take_number(rest)
    reason = reason.strip(",，。.:：；; ")
    item = _to_rate(talk, number, level)
    action = Action.RATE if level >= SATISFIED else Action.OBJECT
    outcome.rate(talk.turn, item, talk.person, level, reason, reply)
    if action is Action.RATE:
        return talk.say("rated", item)
    if reason:
        return talk.say("objected", item)
    ask(talk, "why", item)
    return talk.say("objected_why", item)


def _to_rate(talk: Talk, number: str | None, level: int) -> Item:
    """The item a rating is about: the one named, or the only one that waits for a rating."""
    action = Action.RATE if level >= SATISFIED else Action.OBJECT
    named = numbered(talk, number) if number else items.of_contact(talk.session, talk.person, 200)
    for states in ((State.RESOLVED,), (State.RATED, State.VERIFIED)):
        waiting = [item for item in named if item.state in states and allows(item, action)]
        if len(waiting) == 1:
            return waiting[0]
        if waiting:
            lines = "\n".join(talk.line("which_line", item) for item in waiting[:SHOWN])
            word = next(word for word, known in LEVELS.items() if known == level)
            raise Answer(talk.say("rate_which", waiting[0], word=word, lines=lines))
    if number and not named:
        raise Answer(talk.say("no_such_item", number=number, list_word=list_word(talk)))
    if number:
        return named[0]  # the lifecycle says why not
    raise Answer(talk.say("rate_nothing"))


def ask(talk: Talk, kind: str, item: Item) -> None:
    """Remember that this person was asked something; a newer question takes the place of an older one."""
    asked = talk.session.get(Question, talk.person.id) or Question(person_id=talk.person.id)
    asked.kind, asked.item_id, asked.data = kind, item.id, {"round": item.round}
    asked.expires_at = talk.turn.now + ANSWER_WITHIN
    talk.session.add(asked)


def answer_why(talk: Talk, asked: Question) -> Rendered:
    """The reason of a dissatisfied enterprise, in its own words."""
    outcome.add_reason(talk.turn, asked.item, talk.person, talk.said)
    talk.session.delete(asked)
    return talk.say("reason_noted", asked.item)


def rate_speech(talk: Talk) -> Rendered:
    """A rating in free words ("解决了解决了 非常满意"): where exactly one of the five words stands in it, that is the
    rating and the rest its reason; anything else is asked about, never guessed."""
    said, rest = [], talk.said
    for word, level in LEVELS.items():
        if word in rest:
            said.append(level)
            rest = rest.replace(word, " ")
    if len(said) == 1:
        return rate(talk, said[0], f" {talk.said}")
    return talk.say("rate_ask", _to_rate(talk, None, LEVELS["满意"]))
