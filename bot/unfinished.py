"""A button whose words need more behind them (退回, 办结 …): what its presser writes next is taken as that."""

import re
from datetime import timedelta

from bot import commands
from bot.cards import stands
from bot.contact import usage
from bot.context import Talk
from bot.speech import STAFF
from bot.texts import Rendered
from bot.which import Answer
from intake.submit import ALONE, IDLE
from store import items, reports
from store.tables import Question

KIND = "words"
WITHIN = timedelta(minutes=10)
NUMBER = re.compile(r"\d{8}-\d{3,}")


def asked(talk: Talk, refusal: Answer) -> Rendered:
    """Ask for what the words behind a button lack, and keep them. Raises the refusal again where that is not why."""
    command, number = commands.find(talk.said, talk.person.role), NUMBER.search(talk.said)
    item = items.by_number(talk.session, talk.person.district_id, number[0]) if number else None
    if command is None or item is None or talk.person.role not in STAFF:
        raise refusal
    told = usage(talk, command[0].name)
    if refusal.reply != told:
        raise refusal
    asked = talk.session.get(Question, talk.person.id) or Question(person_id=talk.person.id)
    asked.kind, asked.item_id, asked.data = KIND, item.id, {"words": talk.said, "stands": stands(item)}
    asked.expires_at = talk.turn.now + WITHIN
    talk.session.add(asked)
    return talk.say("words_wanted", item, usage=told.text, words=NUMBER.sub(item.short, talk.said))


def finished(talk: Talk) -> str | None:
    """The words of the button and these behind them; None where no button waits, the item has moved on, or these are
    no such words."""
    asked = _waiting(talk)
    if asked is None or asked.data["stands"] != stands(asked.item):
        return None
    return None if talk.understood(talk.said).kind in (*ALONE, *IDLE) else f"{asked.data['words']} {talk.said}"


def forget(talk: Talk) -> None:
    """Whoever says something else first does not mean the button any more."""
    if (asked := _waiting(talk)) is not None:
        talk.session.delete(asked)


def _waiting(talk: Talk) -> Question | None:
    if talk.person.role not in STAFF:
        return None
    asked = reports.question(talk.session, talk.person, talk.turn.now)
    return asked if asked is not None and asked.kind == KIND else None
