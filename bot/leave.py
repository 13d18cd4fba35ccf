"""Leave by chat: who is away from when until when, who acts; back early; and who is away now."""

import re
from collections.abc import Sequence
from typing import Any

from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.periods import take_period
from bot.texts import Rendered
from bot.which import Answer, seen
from bot.whom import person_named
from routing import leave
from routing.leave_news import listed
from store import absences, people
from store.tables import Leave, Person

DEPUTY = re.compile(r"由\s*(?P<before>\S+?)\s*代理|代理(?:人)?(?:\s*[:：]\s*|\s+|是)?(?P<after>\S+)")
SHOWN = 8


def request(talk: Talk, rest: str) -> Rendered:
    """请假 起-止 代理 姓名; alone it shows what is agreed."""
    if not rest:
        return mine(talk)
    return _agree(talk, talk.person, rest, "leave")


def request_for(talk: Talk, rest: str) -> Rendered:
    """代请 姓名 起-止 代理 姓名: the office says it for somebody who cannot."""
    name, _, after = rest.partition(" ")
    if not after:
        raise Answer(usage(talk, "leave_for"))
    return _agree(talk, person_named(talk, name, leave.MAY_BE_AWAY), after, "leave_for")


def _agree(talk: Talk, person: Person, said: str, command: str) -> Rendered:
    period, after = take_period(said, talk.today)
    if period is None:
        raise Answer(talk.say("leave_when", said=excerpt(said, 16)))
    named = DEPUTY.search(after)
    if named is None:
        raise Answer(
            talk.say("leave_no_deputy", usage=talk.service.texts.help[command]["usage"], names=_names(talk, person))
        )
    deputy = person_named(talk, named["before"] or named["after"], leave.MAY_BE_AWAY)
    starts_at, ends_at = period.moments(talk.turn.policy.calendar)
    absence, moves = leave.ask(talk.turn, person, deputy, starts_at, ends_at, talk.person)
    last = leave.acts_at_last(talk.turn, absence)
    via = talk.line("leave_via", deputy=deputy.name, last=last.name) if last is not deputy else ""
    mine = seen(talk, [move.item for move in moves])
    moved = talk.line("leave_moved", count=len(mine)) if mine else ""
    return talk.say("leave_agreed", via=via, moved=moved, who=_who(talk, person), **_facts(talk, absence))


def _names(talk: Talk, person: Person) -> str:
    """Some who could act: colleagues of the same role, those of the same unit first."""
    others = [one for one in people.with_role(talk.session, person.role) if one is not person]
    others.sort(key=lambda one: one.department_id != person.department_id)
    return "、".join(one.name for one in others[:SHOWN])


def back(talk: Talk, rest: str) -> Rendered:
    """销假: back early, or not going; the office may say it for somebody."""
    person = talk.person
    if rest and talk.person.role == "coordinator":
        person = person_named(talk, rest, leave.MAY_BE_AWAY)
    absence, moves, done = leave.back(talk.turn, person, talk.person)
    facts = {**_facts(talk, absence), "who": _who(talk, person)}
    if absence.status == "void":
        return talk.say("leave_off", **facts)
    told = listed(seen(talk, [move.item for move in moves if move.owner is person]))
    return talk.say("leave_back", **talk.service.speaker.told({"items": told}), done=done, **facts)


def decline(talk: Talk, rest: str) -> Rendered:
    """不代理 [姓名]: whoever was named as a deputy cannot act."""
    asked = [one for one in absences.of_deputy(talk.session, talk.person) if rest in ("", one.person.name)]
    if not asked:
        return talk.say("leave_decline_none")
    if len(asked) > 1:
        raise Answer(talk.say("leave_decline_which", count=len(asked), lines=_lines(talk, asked)))
    leave.decline(talk.turn, talk.person, asked[0])
    key = "leave_decline_off" if asked[0].status == "void" else "leave_decline_told"
    return talk.say(key, **_facts(talk, asked[0]))


def mine(talk: Talk) -> Rendered:
    """One's own leave, and for whom one acts; the office sees everybody's."""
    own = absences.live(talk.session)
    if talk.person.role != "coordinator":
        own = [one for one in own if talk.person in (one.person, one.deputy)]
    if not own:
        return talk.say("leave_list_none", usage=talk.service.texts.help["leave"]["usage"])
    return talk.say("leave_list", count=len(own), lines=_lines(talk, own))


def _lines(talk: Talk, found: Sequence[Leave]) -> str:
    status = talk.service.texts.labels["leave"]
    return "\n".join(talk.line("leave_line", status=status[one.status], **_facts(talk, one)) for one in found)


def _facts(talk: Talk, absence: Leave) -> dict[str, Any]:
    span = talk.service.speaker.span(absence.starts_at, absence.ends_at)
    return {"absent": absence.person.name, "deputy": absence.deputy.name, "span": span}


def _who(talk: Talk, person: Person) -> str:
    """Whose leave it is, where that is not the speaker's own."""
    return person.name if person is not talk.person else ""
