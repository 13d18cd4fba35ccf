"""代报: what somebody passes on for an enterprise, said in one sentence or pasted as a chat."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.among import source_named
from bot.contact import usage
from bot.context import Talk
from bot.receipt import received_lines
from bot.texts import Rendered
from bot.which import Answer
from bot.whom import enterprise_named
from intake import forwarded
from intake.analyse import Analysis
from intake.forwarded import Chat, Line
from intake.submit import ALONE, IDLE, Arrival, Words, keep_loose, submit
from routing import visits
from store import people, reports
from store.tables import Enterprise, Person, Report

SHOWN = 10
SEPARATORS = re.compile(r"[\s\-_—·・@|/（）()]+")
"""What stands between company and name in what people call themselves in a group."""
WAITS = timedelta(hours=1)
"""So long a chat waits to be told whose it is."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is passed on: the words as they came, and the lines of a chat where it is one."""

    text: str
    lines: tuple[Line, ...] = ()


def on_behalf(talk: Talk, rest: str) -> Rendered:
    """代报 [来源] 企业 内容: register what an enterprise told the officer face to face, or the office by telephone or
    at a window; the contact gets the news as always. Instead of the words a chat may be pasted."""
    source, rest = _source(talk, rest)
    name, told = _parted(rest)
    if (chat := forwarded.read(told)) and people.enterprise_named(talk.session, name):
        return _chat(talk, name, replace(chat, head=""), told, source)
    if chat := forwarded.read(rest):
        return _chat(talk, chat.head, chat, rest, source)
    if not told.strip():
        return _waiting(talk, name, source)
    known = source or ("window" if talk.person.role == "coordinator" else "visit")
    return _registered(talk, enterprise_named(talk, name), Told(told.strip()), known)


def _source(talk: Talk, rest: str) -> tuple[str, str]:
    """The source that is named first, "" where none is, and the rest."""
    word, after = _parted(rest)
    named = source_named(talk, word)
    return (named, after.strip()) if named else ("", rest.strip())


def _parted(text: str) -> tuple[str, str]:
    """The first word, and what follows."""
    word, rest = [*text.split(maxsplit=1), "", ""][:2]
    return word, rest


# -- a chat


def _chat(talk: Talk, head: str, chat: Chat, text: str, source: str) -> Rendered:
    """Register a chat for the enterprise named in front of it, or for the one that it names itself; otherwise ask."""
    name, more = _parted(head)
    lines = chat.lines
    if name and people.enterprise_named(talk.session, name):
        enterprise, lines = enterprise_named(talk, name), (*([Line("", more)] if more else []), *lines)
    else:
        found = _whose(talk, chat)
        if len(found) != 1:
            return _ask(talk, chat, text, found)
        enterprise, lines = found[0], (*([Line("", head)] if head else []), *lines)
    return _registered(talk, enterprise, Told(text, lines), source or "chat")


def _whose(talk: Talk, chat: Chat) -> list[Enterprise]:
    """The enterprises a chat may be about: those whose contact speaks, or whose name is in somebody's or is said."""
    parts = [part for speaker in chat.speakers for part in (speaker, *SEPARATORS.split(speaker)) if len(part) > 1]
    speaking = [one for part in parts for one in people.people_named(talk.session, part, ("contact",))]
    found = {one.id: one for person in speaking for one in person.enterprises}
    mentioned = [each for line in chat.lines for each in talk.service.intake.named.mentions(line.said, talk.today)]
    for name in (*parts, *(each.text for each in mentioned if each.kind == "enterprise")):
        if len(known := people.enterprise_named(talk.session, name)) == 1:
            found[known[0].id] = known[0]
    return list(found.values())


def _ask(talk: Talk, chat: Chat, text: str, found: Sequence[Enterprise]) -> Rendered:
    """Keep the chat and ask whose it is; the answer is 代报 with a name."""
    arrival = talk.arrival()
    keep_loose(replace(arrival, words=Words(reports.ASIDE, text)))
    said = talk.say("chat_whose", count=len(chat.lines), names="、".join(one.name for one in found[:SHOWN]))
    word = talk.said.split(maxsplit=1)[0]
    return replace(said, buttons=tuple((f"{word} {one.name}", one.name) for one in found[:3]))


def _waiting(talk: Talk, name: str, source: str) -> Rendered:
    """代报 企业, after a chat that did not say whose it is."""
    kept = reports.aside(talk.session, talk.person, talk.turn.now - WAITS)
    if kept is None or not name:
        raise Answer(usage(talk, "on_behalf"))
    enterprise, chat = enterprise_named(talk, name), forwarded.read(kept.text)
    lines = chat.lines if chat else ()
    said = _registered(talk, enterprise, Told(kept.text, lines), source or "chat")
    talk.session.delete(kept)
    return said


def _understood(talk: Talk, told: Told) -> tuple[Analysis, tuple[Line, ...]]:
    """What is understood, and the lines worth keeping. Of a chat only what tells a problem is read, so that neither
    greetings nor 收到 weigh in; danger and misconduct in any line count as if it had been said alone."""
    analyser = talk.service.intake.analyser
    if not told.lines:
        return analyser.analyse([told.text], bound=True), ()
    each = [(line, analyser.analyse([line.said], bound=True)) for line in told.lines]
    kept = tuple(line for line, alone in each if alone.kind not in IDLE)
    if alarm := next((alone for _, alone in each if alone.kind in ALONE), None):
        return alarm, kept
    telling = [line.said for line, alone in each if alone.problems]
    return analyser.analyse(telling or [line.said for line in kept], bound=True), kept


# -- both


def _registered(talk: Talk, enterprise: Enterprise, told: Told, source: str) -> Rendered:
    if not enterprise.contacts:
        return talk.say("enterprise_without_contact", enterprise=enterprise.name)
    report = register(talk, enterprise, told.text, source, told.lines)
    if report is None:
        return talk.say("nothing_to_register", enterprise=enterprise.name)
    if source == "visit":
        visits.keep(talk.turn, talk.person, enterprise, talk.today, told.text, report)
    key = "on_behalf_chat" if told.lines else "on_behalf"
    lines = received_lines(talk, report.items)
    return talk.say(key, enterprise=enterprise.name, lines=lines, count=len(told.lines))


def register(
    talk: Talk, enterprise: Enterprise, text: str, source: str, lines: tuple[Line, ...] = ()
) -> Report | None:
    """File what was passed on; None where nothing in it is to be filed. What an officer was told about misconduct
    stays between the officer and its receiver."""
    analysis, kept = _understood(talk, Told(text, lines))
    if not analysis.problems and analysis.kind not in ALONE:
        return None
    speaker = talk.person if analysis.kind == "misconduct" else _speaker(enterprise, kept)
    words = Words("text", text)
    arrival = Arrival(talk.session, speaker, words, talk.turn.now, talk.today, talk.person, source, enterprise)
    report = submit(talk.service.intake, arrival, analysis)
    spans = [problem.span for problem in analysis.problems] if analysis.kind not in ALONE else [""]
    for item, said in zip(report.items, forwarded.dealt(kept, spans) if kept else [], strict=False):
        item.text = said
    return report


def _speaker(enterprise: Enterprise, lines: Sequence[Line]) -> Person:
    """The contact who speaks in the chat, else the first one."""
    names = " ".join(line.who for line in lines)
    return next((person for person in enterprise.contacts if person.name in names), enterprise.contacts[0])
