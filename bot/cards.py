"""Template cards of WeCom: a push with buttons, and what becomes of a click.

Limits: WeCom page 90236. A card is about one item as it stood when the card was sent: its buttons work once, for the
person it was sent to, while the item has not moved on.
"""

import re
from typing import Any

from sqlalchemy.orm import Session

from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.message import Message
from bot.parse import plain
from bot.texts import Rendered, Texts
from bot.which import Answer
from bot.xml import cdata, reply
from store import outbox
from store.tables import Item, Person, Push

CLICK = "template_card_event"
TITLE, SUBTITLE, LABEL, KEY, BUTTONS = 36, 160, 10, 1024, 6
SWITCH = {"开": True, "关": False}
TASK = re.compile(r"push-(\d+)")
CLAUSES = (re.compile(r"[。！？；]|(?<!^)(?=（)"), re.compile(r"[：，]"))
"""Where a line too long for a title may be broken: the first that is found in it."""


def card(texts: Texts, push: Push, said: Rendered) -> dict[str, Any]:
    """The card of a push that has buttons; what the platform does not take is cut or left out."""
    title, below = _headed(said.text)
    buttons = [
        {"text": label[:LABEL], "style": 1 if n == 0 else 4, "key": words}
        for n, (words, label) in enumerate(said.buttons[:BUTTONS])
        if len(words.encode()) <= KEY
    ]
    return {
        "card_type": "button_interaction",
        "source": {"desc": texts.label("word", "bot")},
        "main_title": {"title": title},
        "sub_title_text": below if len(below) <= SUBTITLE else f"{below[: SUBTITLE - 1]}…",
        "task_id": f"push-{push.id}",
        "button_list": buttons,
    }


def _headed(text: str) -> tuple[str, str]:
    """Title and what is read below it: the first line, or as many whole clauses of it as a title has room for."""
    first, _, rest = text.partition("\n")
    if len(first) <= TITLE:
        return first, rest
    for clause in CLAUSES:
        if ends := [found.end() for found in clause.finditer(first[:TITLE])]:
            return first[: ends[-1]], "\n".join(filter(None, (first[ends[-1] :].strip(), rest)))
    return excerpt(first, TITLE), text


def prefer(talk: Talk, rest: str) -> Rendered:
    """卡片 开|关: WeCom inside WeChat shows no cards; who reads it there wants texts."""
    wanted = plain(rest)
    if wanted not in SWITCH:
        raise Answer(usage(talk, "cards"))
    talk.identity.plain = not SWITCH[wanted]
    return talk.say("cards_on" if SWITCH[wanted] else "cards_off")


def clicked(talk: Talk) -> tuple[Push | None, str]:
    """The push whose card was clicked, and why the click does not count: the key of a text, or ""."""
    push = _of_card(talk.session, talk.message)
    if push is None or push.person_id != talk.person.id:
        return None, "card_unknown"
    if push.pressed is not None:
        return push, "card_pressed" if push.item else "card_used"
    return push, "card_stale" if _moved(push) else ""


def _of_card(session: Session, message: Message) -> Push | None:
    """The push that a clicked card belongs to, locked."""
    found = TASK.fullmatch(message.task_id)
    return outbox.locked(session, int(found[1])) if found else None


def _moved(push: Push) -> bool:
    """Whether the item is not as it was when the card was sent."""
    shown = (push.body or {}).get("shown")
    return push.item is not None and shown is not None and shown != stands(push.item)


def stands(item: Item | None) -> list[Any] | None:
    """How an item stands: kept with its card, and compared at the click."""
    return None if item is None else [item.state, item.round, item.officer_id]


def about(session: Session, message: Message, said: Rendered) -> Item | None:
    """The item of a clicked card, where what is said to the click offers steps of that item alone."""
    push = _of_card(session, message)
    item = push.item if push is not None else None
    steps = [words for words, _ in said.buttons]
    return item if item is not None and steps and all(item.number in words for words in steps) else None


def standing(texts: Texts, push: Push) -> str:
    """What stands in place of buttons whose time is over: how the item stands, or that somebody else has it."""
    item = push.item
    if item is None:
        return ""
    if push.recipient == "officer" and item.officer_id != push.person_id:
        return texts.label("word", "overtaken_other")
    return texts.label("word", "overtaken").format(state=texts.label("state", item.state))[:LABEL]


def outcome(texts: Texts, session: Session, message: Message, clicker: Person | None) -> str:
    """What the buttons are replaced by: the one that a click has just pressed, or how the item stands where it has
    moved on; "" when the card stays as it is."""
    push = _of_card(session, message)
    if push is None or clicker is None or push.person_id != clicker.id:
        return ""
    if push.pressed is None and _moved(push):
        return standing(texts, push)
    if push.pressed != message.event_key:
        return ""
    buttons = (push.body or {}).get("template_card", {}).get("button_list", [])
    label = next((str(one["text"]) for one in buttons if one["key"] == message.event_key), "")
    return texts.label("word", "pressed").format(label=label)[:LABEL] if label else ""


def replaced_button(to: str, sender: str, at: int, label: str) -> str:
    """The passive reply that greys the buttons of a clicked card and says what was done (WeCom page 90241)."""
    button = f"<Button><ReplaceName>{cdata(label)}</ReplaceName></Button>"
    return reply(to, sender, at, "update_button", button)
