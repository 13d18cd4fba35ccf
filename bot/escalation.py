"""Escalation by chat: to a leader and back, to a higher authority and back, and what waits there."""

from bot.contact import usage
from bot.context import Talk
from bot.office import with_reason
from bot.show import more
from bot.texts import Rendered
from bot.which import Answer, one_of, require_owner
from routing import escalation
from routing.asides import SUPERIOR
from store import asides, numbers
from store.numbers import Among
from store.tables import Escalation

SHOWN = 8


def to_leader(talk: Talk, rest: str) -> Rendered:
    item, reason = with_reason(talk, rest, "提级", None, "escalate")
    if talk.person.role == "officer":
        require_owner(talk, item)
    escalation.to_leader(talk.turn, item, talk.person, reason)
    return talk.say("escalated", item, reason=reason)


def instruct(talk: Talk, rest: str) -> Rendered:
    item, note = with_reason(talk, rest, "批示", None, "instruct")
    escalation.instruct(talk.turn, item, talk.person, note)
    return talk.say("instructed", item, note=note)


def to_superior(talk: Talk, rest: str) -> Rendered:
    """提请上级 N 理由; alone it lists what waits for an answer, and for how long."""
    if not rest.strip():
        return _waiting(talk)
    item, reason = with_reason(talk, rest, "提请上级", None, "ask_superior")
    escalation.to_superior(talk.turn, item, talk.person, reason)
    return talk.say("superior_asked", item, reason=reason)


def superior_answers(talk: Talk, rest: str) -> Rendered:
    waiting = [asked.item for asked in asides.escalated(talk.session, SUPERIOR)]
    item, note = one_of(talk, rest, "上级答复", waiting)
    if not note:
        raise Answer(usage(talk, "superior_answer"))
    escalation.superior_answers(talk.turn, item, talk.person, note)
    return talk.say("superior_answered", item, note=note)


def _waiting(talk: Talk) -> Rendered:
    found, now = asides.escalated(talk.session, SUPERIOR), talk.turn.now
    cutoff = talk.service.speaker.when(now)
    if not found:
        return talk.say("superior_list_none", cutoff=cutoff)
    lines = [_line(talk, asked) for asked in found[:SHOWN]]
    shown = "\n".join([*lines, *more(talk, len(found) - SHOWN)])
    total = numbers.count(talk.session, Among(), ["open"], now)["open"]
    return talk.say("superior_list", count=len(found), open=total, cutoff=cutoff, lines=shown)


def _line(talk: Talk, asked: Escalation) -> str:
    local = talk.service.policy.calendar.local
    days = (talk.today - local(asked.asked_at).date()).days
    when = talk.service.speaker.day(local(asked.asked_at).date())
    return talk.line("superior_line", asked.item, day=when, days=days, why=asked.reason)
