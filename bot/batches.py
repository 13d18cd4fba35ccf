"""Batches by chat: link items under one topic, see how far they are, answer all at once."""

import re
from collections.abc import Sequence
from typing import Any

from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.parse import plain
from bot.show import WORST, listed, more
from bot.texts import Rendered
from bot.which import Answer, numbered, only
from intake.twins import Twins
from routing import batches as routing_batches
from routing.lifecycle import ENDED
from routing.outcome import Ending
from store import batches, items
from store.tables import Batch, Item

WORD, ANSWER_WORD, END_WORD = "批办", "批答", "办结"
TOKENS = re.compile(r"[^\s,，、;；]+")
NUMBER = re.compile(r"\d{8}-\d{3,}|\d{1,4}")
ADD, DROP = ("加", "加入"), ("去", "去掉", "移出")
LONGEST_TOPIC = 20
TAPPED = 70
"""A result of so many characters still fits a button."""
HARD = 3


def batch(talk: Talk, rest: str) -> Rendered:
    """批办 主题 N M …: link; 批办 主题 加|去 N; 批办 主题: one batch; 批办 alone: all that are running."""
    words = TOKENS.findall(plain(rest))
    said = [word for word in words if NUMBER.fullmatch(word)]
    topic = [word for word in words if not NUMBER.fullmatch(word)]
    deed = next((word for word in topic[1:] if word in (*ADD, *DROP)), "")
    name = "".join(word for word in topic if word != deed)[:LONGEST_TOPIC]
    if not words:
        return _running(talk)
    if not name:
        raise Answer(usage(talk, "batch"))
    if not said:
        return _one(talk, _named(talk, name))
    found = _items(talk, said)
    if deed in DROP:
        return _drop(talk, _named(talk, name), found)
    known = batches.named(talk.session, talk.person.district_id, name)
    if known is None and len(found) < 2:
        raise Answer(usage(talk, "batch"))
    return _add(talk, known or _new(talk, name), found)


def _named(talk: Talk, topic: str) -> Batch:
    found = batches.named(talk.session, talk.person.district_id, topic)
    if found is None:
        raise Answer(talk.say("batch_unknown", topic=excerpt(topic, LONGEST_TOPIC)))
    return found


def _new(talk: Talk, topic: str) -> Batch:
    made = Batch(district_id=talk.person.district_id, topic=topic, by_id=talk.person.id, opened_at=talk.turn.now)
    talk.session.add(made)
    talk.session.flush()
    return made


def _items(talk: Talk, said: Sequence[str]) -> list[Item]:
    """The items of these numbers, locked in one order, so that two who link the same ones wait for each other."""
    found = []
    for word in said:
        number = word if "-" in word else word.zfill(3)
        meant = numbered(talk, number)
        if not meant:
            raise Answer(talk.say("no_such_item", number=number, list_word=WORD))
        still = [item for item in meant if item.state not in ENDED] or meant
        found.append(still[0] if len(still) == 1 else only(talk, still, WORD))
    return list(items.locked(talk.session, found))


def _add(talk: Talk, batch: Batch, found: Sequence[Item]) -> Rendered:
    joined = routing_batches.add(talk.turn, batch, found, talk.person)
    return talk.say("batch_made", joined=len(joined), **_facts(talk, batch))


def _drop(talk: Talk, batch: Batch, found: Sequence[Item]) -> Rendered:
    for item in found:
        routing_batches.drop(talk.turn, batch, item, talk.person)
    talk.session.flush()
    talk.session.refresh(batch, ["items"])
    return talk.say("batch_dropped", numbers="、".join(item.number for item in found), **_facts(talk, batch))


def _one(talk: Talk, batch: Batch) -> Rendered:
    answer = talk.line("batch_answered", answer=excerpt(batch.answer), at=_when(talk, batch)) if batch.answer else ""
    return talk.say("batch_one", answer=answer, **_facts(talk, batch))


def _when(talk: Talk, batch: Batch) -> str:
    return talk.service.speaker.when(batch.answered_at)


def _facts(talk: Talk, batch: Batch) -> dict[str, Any]:
    still = routing_batches.open_items(batch)
    enterprises = {item.enterprise_id for item in batch.items if item.enterprise_id is not None}
    return {
        "topic": batch.topic,
        "open": len(still),
        "total": len(batch.items),
        "enterprises": len(enterprises),
        "lines": listed(talk, still),
        "grade_note": _grade_note(talk, still, talk.service.intake.twins),
    }


def _grade_note(talk: Talk, still: Sequence[Item], twins: Twins) -> str:
    """Enough enterprises with the same category make a matter of several departments (domain rule 4.1)."""
    for category in sorted({item.category for item in still}):
        same = {item.enterprise_id for item in still if item.category == category and item.enterprise_id is not None}
        easy = any(item.category == category and item.grade < HARD for item in still)
        if len(same) >= twins.enterprises and easy:
            label = talk.service.texts.label("grade", HARD)
            return talk.line(
                "batch_grade", count=len(same), kind=talk.service.speaker.category(category), grade=label
            )
    return ""


def _running(talk: Talk) -> Rendered:
    found = batches.running(talk.session, talk.person.district_id)
    if not found:
        return talk.say("batch_none")
    lines = [
        talk.line("batch_line", topic=one.topic, open=len(routing_batches.open_items(one)), total=len(one.items))
        for one in found[:WORST]
    ]
    return talk.say("batch_list", count=len(found), lines="\n".join([*lines, *more(talk, len(found) - WORST)]))


def answer(talk: Talk, rest: str) -> Rendered:
    """批答 主题 内容: one answer for all; 批答 主题 办结 内容: and it ends the matter."""
    topic, _, words = rest.strip().partition(" ")
    if not topic or not words.strip():
        raise Answer(usage(talk, "batch_answer"))
    batch = _named(talk, plain(topic))
    if not routing_batches.may_answer(batch, talk.person):
        raise Answer(talk.say("batch_not_yours", topic=batch.topic))
    items.locked(talk.session, batch.items)
    word, _, result = words.strip().partition(" ")
    if word == END_WORD and result.strip():
        return _resolve(talk, batch, result.strip())
    answered = routing_batches.answer(talk.turn, batch, talk.person, words.strip())
    if not answered:
        raise Answer(talk.say("batch_all_done", topic=batch.topic))
    return talk.say("batch_told", topic=batch.topic, count=len(answered), total=len(batch.items))


def _resolve(talk: Talk, batch: Batch, words: str) -> Rendered:
    """What must name a day or another unit is declared item by item; so is what is no end."""
    told = talk.turn.policy.results.told(words)
    if len(told) > 1 or any(one.dated or one.referred or not one.done for one in told):
        raise Answer(talk.say("batch_one_by_one", topic=batch.topic))
    ending = Ending(told[0].code) if told else Ending()
    short = (
        words if len(words) <= TAPPED else talk.service.texts.label("word", "batch_result").format(topic=batch.topic)
    )
    done, asked = routing_batches.resolve(talk.turn, batch, talk.person, words, ending, short)
    if not done + asked:
        raise Answer(talk.say("batch_all_done", topic=batch.topic))
    return talk.say("batch_resolved", topic=batch.topic, done=done, asked=asked)
