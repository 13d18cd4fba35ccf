"""Taking an item on: sign for it, object to it, say that one has spoken with the enterprise."""

from bot.context import Talk
from bot.officer import require_owner, with_words
from bot.parse import unit_proposed
from bot.texts import Rendered
from bot.which import pick
from routing import objection, work
from routing.lifecycle import Action
from store import people


def sign(talk: Talk, rest: str) -> Rendered:
    item, _ = pick(talk, rest, "签收", Action.SIGN)
    require_owner(talk, item)
    work.sign(talk.turn, item, talk.person)
    return talk.say("signed", item)


def give_back(talk: Talk, rest: str) -> Rendered:
    """退回 N 理由: the reason may say whose matter it is ("建议住建局办")."""
    item, reason = with_words(talk, rest, "退回", Action.RETURN, "return")
    said = unit_proposed(reason)
    units = people.departments_named(talk.session, said) if said else []
    proposed = units[0].name if len(units) == 1 else said
    objection.object_to(talk.turn, item, talk.person, reason, proposed)
    return talk.say("given_back", item, reason=reason)


def contacted(talk: Talk, rest: str) -> Rendered:
    """已联系 N [内容]: the first word with the enterprise, a note of progress as any other."""
    item, note = pick(talk, rest, "已联系", Action.PROGRESS)
    require_owner(talk, item)
    work.progress(talk.turn, item, talk.person, note or talk.service.texts.label("word", "contacted"))
    return talk.say("contact_noted", item)
