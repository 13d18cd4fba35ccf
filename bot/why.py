"""Why an item is where it is: every step with the rule that decided it."""

from bot.context import Talk
from bot.show import event_line, next_line
from bot.texts import Rendered
from bot.which import pick

STEPS = 14
"""As many steps of a history as fit one message, the newest."""


def why(talk: Talk, rest: str) -> Rendered:
    """Every step of an item with the rule that decided it, and what will happen by itself."""
    item, _ = pick(talk, rest, "为什么")
    shown = item.events[-STEPS:]
    before = len(item.events) - len(shown)
    earlier = talk.service.texts.label("word", "earlier").format(count=before) if before else ""
    lines = "\n".join(event_line(talk, event) for event in shown)
    return talk.say("why", item, earlier=earlier, lines=lines, next=next_line(talk, item))
