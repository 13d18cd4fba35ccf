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

DEADLINE = "时限"
STEPS = 14
"""As many steps of a history as fit one message, the newest."""


def why(talk: Talk, rest: str) -> Rendered:
    """Every step of an item with the rule that decided it, and what will happen by itself; 为什么 N 旗: one thing."""
    item, topic = pick(talk, rest, "为什么")
    if topic in TOPICS:
        return TOPICS[topic](talk, item)
    topics = "、".join(TOPICS)
    if topic:
        raise Answer(talk.say("why_topics", item, said=excerpt(topic, 12), topics=topics))
    shown = item.events[-STEPS:]
    before = len(item.events) - len(shown)
    earlier = talk.service.texts.label("word", "earlier").format(count=before) if before else ""
    lines = "\n".join(event_line(talk, event) for event in shown)
    rule = talk.turn.policy.flags.rule(item, talk.turn.now).label
    return talk.say(
        "why",
        item,
        earlier=earlier,
        lines=lines,
        flag=flag_of(talk, item),
        rule=rule,
        next=next_line(talk, item),
        topics=topics,
    )


def why_due(talk: Talk, rest: str) -> Rendered | None:
    """The deadline alone, for those whose matter it is. Whoever merely asks why something takes so long has not
    said this command."""
    number, after = take_number(rest)
    if after.strip() != DEADLINE:
        return usage(talk, "why_due") if number else None
    return deadline(talk, pick(talk, rest, "为什么")[0])
