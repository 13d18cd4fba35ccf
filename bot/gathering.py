"""What a person is telling: a new report, and the fragments, pictures and places that join it."""

from datetime import timedelta

from bot import contact, evidence
from bot.context import Talk
from bot.receipt import receipt, received_lines
from bot.texts import Rendered
from intake.analyse import Analysis
from intake.join import join
from intake.submit import ALONE, fragment, keep_loose, submit
from routing import review
from routing.lifecycle import ENDED, State
from store import items, reports
from store.tables import Item, Report

JOINING = ("problem", "urge", "resident")
"""Kinds of a fragment that tell more of what is being told; any other gets its own answer."""
ALARM_CATEGORIES = {category for category, _, _ in ALONE.values()}
FRESH = timedelta(minutes=30)
"""So long after it, a word or a picture is taken as belonging to what was just talked about."""


def alone(talk: Talk, analysis: Analysis) -> Rendered | None:
    """A report that stands alone; told again while it is still being told, it is the same one."""
    report = settling(talk)
    if report is not None and (report.items[0].kind == analysis.kind or _only_begun(report)):
        return join_report(talk, report) or talk.say("supplemented", report.items[0])
    return new(talk, analysis)


def _only_begun(report: Report) -> bool:
    """Nothing is sure yet but that something is being told: the alarm is what it was about."""
    return all(item.state == State.REGISTERED and item.doubtful for item in report.items)


def settling(talk: Talk) -> Report | None:
    report = reports.settling(talk.session, talk.person, talk.turn.now)
    return report if report and any(item.state not in ENDED for item in report.items) else None


def belongs(talk: Talk, report: Report, analysis: Analysis) -> bool:
    """Whether a fragment tells more of what is being told. After an alarm everything does, where it is above all, but
    for what is announced as something else (另外 …) and surely an ordinary problem: it must not be lost in it."""
    if report.items[0].kind not in ALONE:
        return analysis.kind in JOINING
    intake = talk.service.intake
    usual = [problem for problem in analysis.problems if problem.category not in ALARM_CATEGORIES]
    sure = bool(usual) and all(problem.confidence >= intake.apart for problem in usual)
    return not (sure and intake.analyser.reader.joined.match(talk.said.strip()))


def new(talk: Talk, analysis: Analysis) -> Rendered:
    return receipt(talk, submit(talk.service.intake, talk.arrival(), analysis))


def join_report(talk: Talk, report: Report) -> Rendered | None:
    """A further fragment of a report: silence when nothing changes, so that one burst gets one answer."""
    before = {item.number: item.category for item in report.items}
    kinds = {item.number: item.kind for item in report.items}
    join(talk.service.intake, talk.arrival(), report)
    for item in report.items:
        if item.number in before and item.state not in (State.REGISTERED, *ENDED):
            review.supplement(talk.turn, item, talk.person, talk.said or _media_word(talk))
    new = [item for item in report.items if item.number not in before]
    turned = next((item for item in report.items if item.kind in ALONE and kinds.get(item.number) == "problem"), None)
    if turned is not None:
        return talk.say(turned.kind, turned)
    if new:
        return talk.say("joined_new", count=len(new), lines=received_lines(talk, new))
    changed = [item for item in report.items if item.category != before[item.number]]
    return talk.say("reread", changed[0]) if changed else None


def media(talk: Talk) -> Rendered:
    """A picture, voice or place joins what is being told, or what was just told, or waits for words."""
    media = _media_word(talk)
    if talk.person.role not in contact.ROLES:
        return evidence.media(talk, media)
    if report := settling(talk):
        join_report(talk, report)
        return talk.say("joined_media", report.items[-1], media=media)
    if item := _just_told(talk):
        _attach(talk, item, media)
        return talk.say("joined_media", item, media=media)
    keep_loose(talk.arrival())
    return talk.say("voice_alone" if talk.message.kind == "voice" else "media_alone", media=media)


def _media_word(talk: Talk) -> str:
    return talk.service.texts.label("media", talk.message.kind)


def _just_told(talk: Talk) -> Item | None:
    newest = items.newest_open_of_contact(talk.session, talk.person)
    return newest if newest and newest.registered_at >= talk.turn.now - FRESH else None


def _attach(talk: Talk, item: Item, media: str) -> None:
    piece = fragment(talk.arrival())
    piece.item_id = item.id
    talk.session.add(piece)
    review.supplement(talk.turn, item, talk.person, f"[{media}] {talk.said}".strip())
