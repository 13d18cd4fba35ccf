"""Visits by chat: what an officer saw and was told, what is registered for the enterprise, who owes how many."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.behalf import register
from bot.contact import usage
from bot.context import Talk
from bot.periods import take_past_day
from bot.receipt import received_lines
from bot.service import Service
from bot.show import WORST, more
from bot.texts import Rendered
from bot.which import Answer
from bot.whom import enterprise_named
from intake.analyse import Analysis
from intake.submit import ALONE, doubtful
from routing import visits
from routing.departure import POSTS
from routing.policy import Turn
from routing.rhythm import Rhythm
from routing.visits import Record
from store import people
from store.tables import Enterprise, Person

BLANKS = " ,，。:：;；、\n"
SHOWN = 10
LONGEST_AGO = timedelta(days=92)
WITH = re.compile(r"(?:与|和|同)\s*(?P<names>[^\s，。,]{2,20}?)\s*(?:一起|一同|共同|联合)?(?=[\s，。,]|$)")


def visit(talk: Talk, rest: str) -> Rendered:
    """走访 [日期] 企业 [与 姓名] 内容; alone it shows how far one has come."""
    if not rest:
        return own(talk) if talk.person.role == "officer" else rates(talk)
    day, rest = _day(talk, rest)
    name, _, told = rest.strip().partition(" ")
    if not name:
        raise Answer(usage(talk, "visit"))
    enterprise = enterprise_named(talk, name)
    if day is None:
        day, told = _day(talk, told)
    others, told = _others(talk, told.strip())
    return _noted(talk, enterprise, told, day or talk.today, others)


def _day(talk: Talk, said: str) -> tuple[date | None, str]:
    day, rest = take_past_day(said, talk.today)
    if day is not None and talk.today - day > LONGEST_AGO:
        raise Answer(talk.say("visit_long_ago"))
    return day, rest


def _others(talk: Talk, said: str) -> tuple[list[Person], str]:
    """Colleagues who came along, where every name is known; else the words are part of what is told."""
    found = WITH.match(said)
    names = re.split("[、和与]", found["names"]) if found else []
    known = [people.people_named(talk.session, name, POSTS) for name in names]
    if not found or any(len(each) != 1 for each in known):
        return [], said
    return [each[0] for each in known if each[0] is not talk.person], said[found.end() :].strip(BLANKS)


def _noted(talk: Talk, enterprise: Enterprise, told: str, day: date, others: Sequence[Person] = ()) -> Rendered:
    """The visit, and what is to be registered from it."""
    report, lines = None, ""
    if talk.service.intake.notes.tells(told) and _sure(talk, told):
        if enterprise.contacts:
            report = register(talk, enterprise, told, "visit")
        lines = received_lines(talk, report.items) if report else talk.line("visit_unregistered")
    for officer in (talk.person, *others):
        visits.keep(talk.turn, officer, enterprise, day, told, report)
    return talk.say(
        "visit_filed" if report else "visit_noted",
        enterprise=enterprise.name,
        day=talk.service.speaker.day(day),
        others="、".join(other.name for other in others),
        lines=lines,
        progress=_progress_line(talk),
    )


def _sure(talk: Talk, told: str) -> bool:
    """Whether a problem is heard in it clearly enough to file it unasked; danger and misconduct always are."""
    analysis = talk.service.intake.analyser.analyse([told], bound=True)
    sure = [problem for problem in analysis.problems if not doubtful(talk.service.intake, problem)]
    return bool(sure) or analysis.kind in ALONE


def told_freely(talk: Talk, analysis: Analysis) -> Rendered | None:
    """A note of a visit without the command word; None for any other note."""
    name = talk.service.intake.named.visited(talk.said)
    found = people.enterprise_named(talk.session, name) if name else []
    if len(found) != 1:
        return None
    told = talk.said.partition(name or "")[2].strip(BLANKS)
    tells = talk.service.intake.analyser.analyse([told], bound=True).problems
    return _noted(talk, found[0], told if tells or not analysis.problems else talk.said, talk.today)


def own(talk: Talk) -> Rendered:
    """How many of this quarter's visits one has made, and where one still has to go."""
    record = _own_record(talk)
    if record is None:
        return talk.say("visits_no_duty")
    names = "、".join(enterprise.name for enterprise in record.missing)
    return talk.say("visits_own", **_counted(talk, record), names=names)


def rates(talk: Talk) -> Rendered:
    """How many officers have made theirs, and who is furthest behind; a head sees his own unit and those below."""
    found = list(visits.records(talk.turn, talk.today))
    if talk.person.role == "head" and talk.person.department:
        below = people.with_descendants(talk.session, talk.person.department)
        found = [record for record in found if record.officer.department_id in below]
    behind = sorted((one for one in found if one.missing), key=lambda one: (one.made / one.wanted, -one.wanted))
    lines = [talk.line("visits_line", name=one.officer.name, made=one.made, wanted=one.wanted) for one in behind]
    return talk.say(
        "visits_rates",
        done=len(found) - len(behind),
        officers=len(found),
        made=sum(one.made for one in found),
        wanted=sum(one.wanted for one in found),
        cutoff=talk.service.speaker.when(talk.turn.now),
        lines="\n".join([*lines[:WORST], *more(talk, len(lines) - WORST, "more_people")]),
    )


def owed(
    service: Service, turn: Turn, _rhythm: Rhythm, due: datetime, person: Person
) -> tuple[str, dict[str, object]] | None:
    """Text and facts for an officer who is behind, on the days on which such are reminded."""
    day = service.policy.calendar.local(due).date()
    record = visits.owed(turn, person, day)
    if record is None:
        return None
    names = "、".join(enterprise.name for enterprise in record.missing)
    last = visits.quarter(day)[1].isoformat()
    return visits.PUSH, {"made": record.made, "wanted": record.wanted, "names": names, "last_day": last}


def _own_record(talk: Talk) -> Record | None:
    return next(visits.records(talk.turn, talk.today, talk.person), None)


def _progress_line(talk: Talk) -> str:
    record = _own_record(talk)
    return talk.line("visits_progress", **_counted(talk, record)) if record else ""


def _counted(talk: Talk, record: Record) -> dict[str, Any]:
    return {"made": record.made, "wanted": record.wanted, "cutoff": talk.service.speaker.when(talk.turn.now)}
