"""Pauses by chat: ask for one, set one, decide on one, go on."""

from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.parse import take_span
from bot.texts import Rendered
from bot.which import Answer, one_of, pick, require_owner
from routing import pauses
from routing.asides import running_pause
from routing.lifecycle import Action
from store import asides
from store.tables import Item


def pause(talk: Talk, rest: str) -> Rendered:
    """暂停 N 日期 理由: the owner asks, coordinator and leader decide at once."""
    item, after = pick(talk, rest, "暂停", Action.PROGRESS)
    if talk.person.role == "officer":
        require_owner(talk, item)
    if not after:
        raise Answer(usage(talk, "pause"))
    span, reason = take_span(after, talk.today)
    if span is None:
        return talk.say("when_unknown", said=excerpt(after, 12))
    if not reason:
        raise Answer(usage(talk, "pause"))
    until, when = pauses.wakes(talk.turn, span.days, span.day), talk.service.speaker.when
    if talk.person.role == "officer":
        pauses.ask(talk.turn, item, talk.person, until, reason)
        return talk.say("pause_asked", item, until_at=when(until))
    pauses.set_by_hand(talk.turn, item, talk.person, until, reason)
    return talk.say("paused", item, until_at=when(until))


def resume(talk: Talk, rest: str) -> Rendered:
    item, _ = _among(talk, rest, "恢复", "running")
    if talk.person.role == "officer":
        require_owner(talk, item)
    pauses.resume(talk.turn, item, talk.person)
    return talk.say("resumed", item)


def grant(talk: Talk, rest: str) -> Rendered:
    item, _ = _among(talk, rest, "同意暂停", "asked")
    pauses.decide(talk.turn, item, talk.person, True, "")
    running = running_pause(item)
    return talk.say("paused", item, until_at=talk.service.speaker.when(running.until_at if running else None))


def refuse(talk: Talk, rest: str) -> Rendered:
    item, reason = _among(talk, rest, "不同意暂停", "asked")
    pauses.decide(talk.turn, item, talk.person, False, reason)
    return talk.say("pause_not_granted", item)


def _among(talk: Talk, rest: str, word: str, status: str) -> tuple[Item, str]:
    """The item meant; without a number the only one with such a pause."""
    return one_of(talk, rest, word, asides.with_pause(talk.session, status))
