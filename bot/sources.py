"""Where items come from and where they go: source, campaign, a superior's number; what is not in the remit."""

from bot.among import source_named
from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.officer import officer_of
from bot.show import WORST, more
from bot.texts import Rendered
from bot.which import Answer, pick
from routing import remit
from routing.lifecycle import Action, require
from store import items, people, sources
from store.tables import Item

MANY = 500
BEGIN, END = "开始", "结束"
LONGEST = 60
"""Characters of a campaign's name or a superior's number."""


def source(talk: Talk, rest: str) -> Rendered:
    """来源 N 热线."""
    item, word = pick(talk, rest, "来源")
    code = source_named(talk, word) if word else None
    if code is None:
        return talk.say("source_unknown", said=excerpt(word, 12), sources=_all_sources(talk))
    remit.came_from(talk.turn, item, talk.person, code, word)
    return talk.say("source_noted", item, source=word)


def _all_sources(talk: Talk) -> str:
    return "、".join(talk.service.texts.labels["source"].values())


def campaign(talk: Talk, rest: str) -> Rendered:
    """活动 N 名称, 活动 开始 名称, 活动 结束; without anything behind it: which one runs."""
    word, _, name = rest.strip().partition(" ")
    if not word:
        return _running(talk)
    if word == END:
        return _end(talk)
    if word == BEGIN:
        return _start(talk, name.strip()[:LONGEST])
    item, said = pick(talk, rest, "活动")
    if not said:
        raise Answer(usage(talk, "campaign"))
    known = sources.known(talk.session, talk.person.district_id, said[:LONGEST], talk.turn.now)
    remit.belongs_to(talk.turn, item, talk.person, known.name)
    return talk.say("campaign_noted", item, campaign=known.name)


def _running(talk: Talk) -> Rendered:
    found = sources.running(talk.session, talk.person.district_id)
    if found is None:
        return talk.say("campaign_none")
    return talk.say("campaign_running", campaign=found.name, since=talk.service.speaker.when(found.started_at))


def _start(talk: Talk, name: str) -> Rendered:
    """One campaign runs at a time: the next one begins, the last one is over."""
    if not name:
        raise Answer(usage(talk, "campaign"))
    district, now = talk.person.district_id, talk.turn.now
    if before := sources.running(talk.session, district):
        before.ended_at = now
    started = sources.start(talk.session, district, name, now)
    return talk.say("campaign_started", campaign=started.name)


def _end(talk: Talk) -> Rendered:
    found = sources.running(talk.session, talk.person.district_id)
    if found is None:
        return talk.say("campaign_none")
    found.ended_at = talk.turn.now
    return talk.say("campaign_ended", campaign=found.name)


def superior_number(talk: Talk, rest: str) -> Rendered:
    """上级 N 编号: the number under which a superior knows it."""
    item, number = pick(talk, rest, "上级")
    if not number or len(number) > LONGEST:
        raise Answer(usage(talk, "superior_number"))
    remit.known_as(talk.turn, item, talk.person, number)
    return talk.say("superior_noted", item, superior=number)


def out_of_remit(talk: Talk, rest: str) -> Rendered:
    """不属职责 N 去向 说明; without anything behind it: what was handed on, and to whom."""
    if not rest.strip():
        return _handed_on(talk)
    item, after = pick(talk, rest, "不属职责", Action.PASS_ON)
    whom, _, note = after.partition(" ")
    if not whom or not note.strip():
        raise Answer(usage(talk, "out_of_remit"))
    require(item, Action.PASS_ON)
    units = people.departments_named(talk.session, whom)
    if len(units) == 1:
        remit.hand_on(talk.turn, item, talk.person, units[0], officer_of(talk, units[0]), note.strip())
        return talk.say("handed_on", item)
    remit.pass_on(talk.turn, item, talk.person, whom, note.strip())
    return talk.say("passed_on", item, whom=whom)


def _handed_on(talk: Talk) -> Rendered:
    found, cutoff = items.out_of_remit(talk.session, MANY), talk.service.speaker.when(talk.turn.now)
    if not found:
        return talk.say("handed_on_none", cutoff=cutoff)
    lines = [talk.line("handed_on_line", item, whom=_whom(item)) for item in found[:WORST]]
    text = "\n".join([*lines, *more(talk, len(found) - WORST)])
    still = sum(item.closed_at is None for item in found)
    return talk.say("handed_on_list", count=len(found), open=still, cutoff=cutoff, lines=text)


def _whom(item: Item) -> str:
    """Whom it was handed to, as its history says."""
    named = (str(event.data["whom"]) for event in reversed(item.events) if event.data.get("whom"))
    return next(named, item.lead.name if item.lead else "")
