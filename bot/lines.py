"""Answers to a list, line by line: `2 延 2天 等批文` is 延期 for the item that was shown as 2."""

import re
from collections.abc import Iterable

from bot import commands
from bot.context import Talk
from bot.parse import plain
from bot.texts import Rendered
from store import listings
from store.tables import Item

ROLES = ("officer", "discipline")
LINE = re.compile(r"[(]?(\d{1,2})[).、,:]?\s*(?=\D)")
ALONE = re.compile(r"\d{1,2}")
LOOK = "待办"
"""What a number asks for that stands alone."""
SHORT = {
    "签": "签收",
    "延": "延期",
    "办": "办结",
    "结": "办结",
    "进": "进展",
    "转": "转办",
    "退": "退回",
    "提": "提级",
    "联系": "已联系",
}
"""What is enough behind a number, beside the words of the commands."""
SEMICOLON = re.compile("[；;]")
FIRST = re.compile(r"[\s,，。:：;；、]")


def read(talk: Talk) -> list[str | Rendered] | None:
    """What each line asks for in full words, or what to answer to one that asks for nothing; None when this is no
    answer to a list."""
    if talk.person.role not in ROLES:
        return None
    if ALONE.fullmatch(plain(talk.said).strip()):
        return [_full(talk, int(plain(talk.said)), LOOK, "")]
    said = _split(talk)
    if not said or _read(talk, said[0]) is None:
        return None
    return [_read(talk, line) or talk.say("line_unread", said=line[:12]) for line in said]


def _full(talk: Talk, place: int, word: str, rest: str) -> str | Rendered:
    """The command for the item that was shown in this place."""
    item: Item | None = listings.line(talk.session, talk.person, place)
    return talk.say("line_unknown", place=place) if item is None else f"{word} {item.number} {rest}".strip()


def _split(talk: Talk) -> list[str]:
    """The lines of a message. Behind a semicolon begins another where a number and a command follow; any other is
    part of what is said."""
    said: list[str] = []
    for line in talk.said.splitlines():
        first, *others = SEMICOLON.split(line)
        said.append(first)
        for other in others:
            if _read(talk, other.strip()) is None:
                said[-1] += f"；{other}"
            else:
                said.append(other)
    return [line.strip() for line in said if line.strip()]


def together(answers: Iterable[Rendered | None]) -> Rendered:
    """Several answers in one reply, a line each; the buttons of a single one stay."""
    told = [answer for answer in answers if answer is not None]
    return told[0] if len(told) == 1 else Rendered("\n".join(answer.text for answer in told))


def _read(talk: Talk, line: str) -> str | Rendered | None:
    found = LINE.match(plain(line))
    if found is None or (asked := _command(talk, line[found.end() :].strip())) is None:
        return None
    return _full(talk, int(found[1]), *asked)


def _command(talk: Talk, words: str) -> tuple[str, str] | None:
    """The command a line begins with, as a word this person may say, and what follows."""
    short, *_ = FIRST.split(words, maxsplit=1)
    full = f"{SHORT[short]} {words[len(short) :]}" if short in SHORT else words
    found = commands.find(full, talk.person.role)
    if found is None or talk.person.role not in found[0].roles:
        return None
    return found[1], found[2].strip(" ,，。:：;；、")
