"""Supporting departments by chat: ask one, and answer as one."""

from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.office import unit_and_officer
from bot.officer import answer_as_support
from bot.parse import take_span
from bot.texts import Rendered
from bot.which import Answer, one_of, pick, require_owner
from routing import deadlines, supports
from routing.lifecycle import Action


def ask(talk: Talk, rest: str) -> Rendered:
    """协办 N 部门 [姓名] [时限]."""
    item, after = pick(talk, rest, "协办", Action.PROGRESS)
    if talk.person.role == "officer":
        require_owner(talk, item)
    name, _, after = after.partition(" ")
    if not name:
        raise Answer(usage(talk, "support"))
    unit, officer, after = unit_and_officer(talk, name, after.strip())
    span, left = take_span(after, talk.today)
    if left:
        return talk.say("when_unknown", said=excerpt(left, 12))
    calendar, until = talk.turn.policy.calendar, None
    if span:
        until = deadlines.end_of(span.day, calendar) if span.day else calendar.add_days(talk.turn.now, span.days or 1)
    asked = supports.ask(talk.turn, item, talk.person, unit, officer, until)
    speaker = talk.service.speaker
    return talk.say("support_asked", item, unit=unit.name, name=officer.name, until_at=speaker.when(asked.due_at))


def answer(talk: Talk, rest: str) -> Rendered:
    """协办答复 N 内容; the number may be left out by whoever is asked about one item only."""
    item, said = one_of(talk, rest, "协办答复", supports.asked_from(talk.turn, talk.person))
    if not said:
        raise Answer(usage(talk, "support_answer"))
    return answer_as_support(talk, item, said)
