"""Taking an item on and passing it on: sign, object, speak with the enterprise, ask somebody else to take it."""

from bot.contact import usage
from bot.context import Talk
from bot.officer import person_or_department, with_words
from bot.parse import unit_proposed
from bot.promises import noted
from bot.texts import Rendered
from bot.which import Answer, pick, require_owner
from routing import handover, objection, work
from routing.lifecycle import Action
from store import people


def sign(talk: Talk, rest: str) -> Rendered:
    offered = handover.offered_to(talk.turn, talk.person)
    item, words = pick(talk, rest, "签收", Action.SIGN, offered)
    if item in offered:
        handover.take(talk.turn, item, talk.person)
    else:
        require_owner(talk, item)
        work.sign(talk.turn, item, talk.person, words)
    return talk.say("signed", item, promised=noted(talk, item, words))


def give_back(talk: Talk, rest: str) -> Rendered:
    """退回 N 理由: the reason may say whose matter it is ("建议住建局办")."""
    offered = handover.offered_to(talk.turn, talk.person)
    item, reason = pick(talk, rest, "退回", Action.RETURN, offered)
    if not reason:
        raise Answer(usage(talk, "return"))
    if item in offered:
        handover.decline(talk.turn, item, talk.person, reason)
        return talk.say("declined", item, reason=reason)
    require_owner(talk, item)
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
    return talk.say("contact_noted", item, promised=noted(talk, item, note))


def transfer(talk: Talk, rest: str) -> Rendered:
    """转办 N 姓名或部门 [理由]: asks somebody else; they sign or give it back."""
    item, after = with_words(talk, rest, "转办", Action.TRANSFER, "transfer")
    to, lead, reason = person_or_department(talk, after)
    handover.offer(talk.turn, item, talk.person, to, lead, reason)
    return talk.say("transferred", item, offered_to=to.name, offered_lead=lead.name)
