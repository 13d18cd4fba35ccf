"""Why an item is where it is: every step with the rule that decided it."""

from bot.contact import usage
from bot.context import Talk
from bot.counted import deadline
from bot.facts import excerpt
from bot.parse import take_number
from bot.reasons import TOPICS
from bot.show import event_line, flag_of, next_line
from bot.texts import Rendered
from bot.which import Answer, pick
from store.tables import Item

DEADLINE = "时限"
ROOM = 1450
"""Bytes of one message that the steps of a history may fill, the newest."""


def why(talk: Talk, rest: str) -> Rendered:
    """Every step of an item with the rule that decided it, and what will happen by itself; 为什么 N 旗: one thing."""
    item, topic = pick(talk, rest, "为什么")
    if topic in TOPICS:
        return TOPICS[topic](talk, item)
    topics = "、".join(TOPICS)
    if topic:
        raise Answer(talk.say("why_topics", item, said=excerpt(topic, 12), topics=topics))
    lines = _newest(talk, item)
    before = len(item.events) - len(lines)
    earlier = talk.service.texts.label("word", "earlier").format(count=before) if before else ""
    rule = talk.turn.policy.flags.rule(item, talk.turn.now).label
    return talk.say(
        "why",
        item,
        earlier=earlier,
        lines="\n".join(lines),
        flag=flag_of(talk, item),
        rule=rule,
        next=next_line(talk, item),
        topics=topics,
    )


def _newest(talk: Talk, item: Item) -> list[str]:
    """As many of the newest steps as there is room for; one at least."""
    lines: list[str] = []
    for event in reversed(item.events):
        line = event_line(talk, event)
        if lines and len("\n".join([line, *lines]).encode()) > ROOM:
            break
        lines.insert(0, line)
    return lines


def why_due(talk: Talk, rest: str) -> Rendered | None:
    """The deadline alone, for those whose matter it is. Whoever merely asks why something takes so long has not
    said this command."""
    number, after = take_number(rest)
    if after.strip() not in (DEADLINE, ""):
        return usage(talk, "why_due") if number else None
    return deadline(talk, pick(talk, rest, "为什么")[0])
