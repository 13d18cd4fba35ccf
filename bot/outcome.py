"""How an item ends by chat: the officer's result, the enterprise's rating, the check by another, the close."""

from dataclasses import replace
from datetime import timedelta

from bot.contact import SHOWN, usage, where
from bot.context import Talk
from bot.ending import read
from bot.evidence import attach_waiting
from bot.office import with_reason
from bot.officer import with_words
from bot.parse import plain, take_number
from bot.texts import Rendered
from bot.which import Answer, list_word, numbered, pick
from routing import outcome
from routing.lifecycle import Action, State, allows, require
from store import items
from store.tables import Item, Question

LEVELS = {"非常不满意": 1, "不满意": 2, "基本满意": 3, "非常满意": 5, "满意": 4}
"""Five levels (domain step 9). Longer words first: one contains the other."""
ANSWER_WITHIN = timedelta(days=5)


def resolve(talk: Talk, rest: str) -> Rendered:
    """办结 N 结果: one line is enough, and counts as solved where nothing speaks against it."""
    item, words = with_words(talk, rest, "办结", Action.RESOLVE, "resolve")
    require(item, Action.RESOLVE)
    told = read(talk, item, "办结", words)
    if isinstance(told, Rendered):
        return told
    outcome.resolve(talk.turn, item, talk.person, told.result, told.ending)
    attach_waiting(talk, item)
    others = [one for one in talk.turn.policy.results.results if one.done and one.code != item.result_code]
    buttons = tuple((f"结果 {item.number} {one.name}", one.name) for one in others)
    return replace(talk.say("resolved", item), buttons=buttons)


def correct(talk: Talk, rest: str) -> Rendered:
    """结果 N 列入计划 12月底: it ended otherwise than was understood."""
    item, words = pick(talk, rest, "结果")
    if talk.person.role == "officer" and item.handler_id != talk.person.id:
        raise Answer(talk.say("not_in_your_hands", item))
    if talk.turn.policy.results.named(words) is None:
        raise Answer(usage(talk, "outcome"))
    told = read(talk, item, "结果", words)
    if isinstance(told, Rendered):
        return told
    outcome.correct(talk.turn, item, talk.person, told.ending)
    return talk.say("result_corrected", item)


def rate_word(talk: Talk, rest: str) -> Rendered:
    """One of the five words, said as a command: it is the one the message begins with."""
    return rate(talk, level_said(talk.said), rest)


def level_said(said: str) -> int:
    """The level of the rating word that a message begins with."""
    text = plain(said.strip())
    return next(level for word, level in LEVELS.items() if text.startswith(word))


def rate(talk: Talk, level: int, rest: str) -> Rendered:
    number, reason = take_number(rest)
    reason = reason.strip(",，。.:：；; ")
    item = _to_rate(talk, number, level)
    action = Action.RATE if level >= outcome.SATISFIED else Action.OBJECT
    outcome.rate(talk.turn, item, talk.person, level, reason)
    if action is Action.RATE:
        return talk.say("rated", item)
    if reason:
        return talk.say("objected", item)
    ask(talk, "why", item)
    return talk.say("objected_why", item)


def _to_rate(talk: Talk, number: str | None, level: int) -> Item:
    """The item a rating is about: the one named, or the only one that waits for a rating."""
    action = Action.RATE if level >= outcome.SATISFIED else Action.OBJECT
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


def verify(talk: Talk, rest: str) -> Rendered:
    """核实 N 通过, or 核实 N 退回 理由."""
    item, after = pick(talk, rest, "核实", Action.VERIFY)
    verdict, _, note = after.partition(" ")
    if verdict.startswith("通过"):
        outcome.verify(talk.turn, item, talk.person, note.strip())
        return talk.say("verified", item)
    if verdict.startswith("退回") and (reason := (verdict.removeprefix("退回") + note).strip(" ,，")):
        outcome.send_back(talk.turn, item, talk.person, reason)
        return talk.say("sent_back", item)
    raise Answer(usage(talk, "verify"))


def close(talk: Talk, rest: str) -> Rendered:
    item, _ = pick(talk, rest, "销号", Action.CLOSE)
    outcome.close(talk.turn, item, talk.person)
    return talk.say("closed", item)


def reopen(talk: Talk, rest: str) -> Rendered:
    item, reason = with_reason(talk, rest, "重开", Action.REOPEN, "reopen")
    outcome.reopen(talk.turn, item, talk.person, reason)
    return talk.say("reopened", item, where=where(talk, item))
