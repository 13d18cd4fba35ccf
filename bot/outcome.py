"""How an item ends by chat: the officer's result, the enterprise's rating, the check by another, the close."""

import re
from dataclasses import replace

from bot import first
from bot.contact import usage, where
from bot.context import Talk
from bot.ending import read
from bot.evidence import attach_waiting
from bot.office import with_reason
from bot.officer import with_words
from bot.texts import Rendered
from bot.which import Answer, in_other_hands, pick, require_checker
from routing import followup, outcome
from routing.lifecycle import Action, State, require
from store.tables import Item

YES_NO = {"是": "yes", "否": "no", "未": ""}
ANSWERS = re.compile(r"([是否未](?:[\s,，、]*[是否未]){0,3})(?=$|[\s,，、。])")
BLANKS = " ,，。:：;；、\n"


def resolve(talk: Talk, rest: str) -> Rendered:
    """办结 N 结果: one line is enough, and counts as solved where nothing speaks against it."""
    item, words = with_words(talk, rest, "办结", Action.RESOLVE, "resolve")
    require(item, Action.RESOLVE)
    told = read(talk, item, "办结", words)
    if isinstance(told, Rendered):
        return told
    attached = attach_waiting(talk, item)
    outcome.resolve(talk.turn, item, talk.person, told.result, told.ending)
    others = [one for one in talk.turn.policy.results.results if one.done and one.code != item.result_code]
    buttons = tuple((f"结果 {item.number} {one.name}", one.name) for one in others)
    return replace(talk.say("resolved", item, attached=attached), buttons=buttons)


def correct(talk: Talk, rest: str) -> Rendered:
    """结果 N 列入计划 12月底: it ended otherwise than was understood."""
    item, words = pick(talk, rest, "结果")
    if talk.person.role in ("officer", "leader") and item.handler_id != talk.person.id:
        raise Answer(in_other_hands(talk, item))
    named = talk.turn.policy.results.named(words)
    if named is None or not named.done:
        raise Answer(usage(talk, "outcome"))
    told = read(talk, item, "结果", words)
    if isinstance(told, Rendered):
        return told
    outcome.correct(talk.turn, item, talk.person, told.ending)
    return talk.say("result_corrected", item)


def verify(talk: Talk, rest: str) -> Rendered:
    """核实 N 通过 [是 是 是 是], 核实 N 退回 理由, or 核实 N 虚假 理由."""
    item, after = pick(talk, rest, "核实", Action.VERIFY)
    require_checker(talk, item, "核实")
    still, after = first.insisted(after)
    verdict, words = after[:2], after[2:].strip(BLANKS)
    if item.state == State.WITHDRAWN and (verdict == "通过" or words):
        return _withdrawal(talk, item, verdict, words)
    if item.state == State.CLOSED and verdict == "虚假" and words:
        followup.found(talk.turn, item, talk.person, "false", words)
        return talk.say("false_noted", item)
    if verdict == "通过":
        said, note = _answers(words)
        outcome.verify(talk.turn, item, talk.person, note, said)
        return talk.say("verified", item, answers=talk.service.speaker.answers(item.events[-1].data["answers"]))
    if verdict == "退回" and words:
        if not still and (before := first.just_done(talk, item, Action.VERIFY)):
            raise Answer(talk.say("verify_just_done", item, first=first.told(talk, before), words=words))
        outcome.send_back(talk.turn, item, talk.person, words)
        return talk.say("sent_back", item)
    if verdict == "虚假" and words:
        outcome.false_closing(talk.turn, item, talk.person, words)
        return talk.say("false_noted", item)
    raise Answer(usage(talk, "verify"))


def _withdrawal(talk: Talk, item: Item, verdict: str, words: str) -> Rendered:
    """What the enterprise says of a withdrawal that the handler may have asked for."""
    if verdict == "通过":
        followup.wanted(talk.turn, item, talk.person, words)
        return talk.say("withdrawal_wanted", item)
    followup.unwanted(talk.turn, item, talk.person, words)
    return talk.say("reopened", item, where=where(talk, item))


def _answers(words: str) -> tuple[dict[str, str], str]:
    """What was said to the four questions, in their order, and the note after it."""
    found = ANSWERS.match(words)
    if not found:
        return {}, words
    signs = [sign for sign in found[1] if sign in YES_NO]
    said = {question: YES_NO[sign] for question, sign in zip(outcome.QUESTIONS, signs, strict=False)}
    return {question: answer for question, answer in said.items() if answer}, words[found.end() :].strip()


def close(talk: Talk, rest: str) -> Rendered:
    item, _ = pick(talk, rest, "销号", Action.CLOSE)
    require_checker(talk, item, "销号")
    outcome.close(talk.turn, item, talk.person)
    return talk.say("closed", item)


def reopen(talk: Talk, rest: str) -> Rendered:
    item, reason = with_reason(talk, rest, "重开", Action.REOPEN, "reopen")
    outcome.reopen(talk.turn, item, talk.person, reason)
    return talk.say("reopened", item, where=where(talk, item))
