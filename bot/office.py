"""What the coordinator and leaders can say: look, assign, supervise, merge, refuse, decide."""

from collections.abc import Sequence
from dataclasses import replace

from bot import first
from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.likeness import alike
from bot.lists import supervised
from bot.officer import department_named, officer_of
from bot.parse import Span, take_number, take_span
from bot.show import item_card, listed
from bot.texts import Rendered
from bot.which import Answer, list_word, numbered, one_of, pick
from routing import deadlines, review, work
from routing.calendar import Unit
from routing.deadlines import Deadline
from routing.dispatch import BY_HAND, usual_deadline
from routing.lifecycle import ENDED, Action, NotAllowed
from store import asides, items, people
from store.tables import Department, Item, Person


def show(talk: Talk, rest: str) -> Rendered:
    """One item by its number or a superior's, or the open items a word is about."""
    if theirs := items.of_superior(talk.session, rest.strip()):
        return item_card(talk, theirs[0]) if len(theirs) == 1 else _found(talk, rest, theirs)
    number, _ = take_number(rest)
    if number:
        return item_card(talk, pick(talk, rest, "查")[0])
    if not rest:
        raise Answer(usage(talk, "show"))
    found = items.matching(talk.session, rest, 50)
    if not found:
        return talk.say("found_none", words=excerpt(rest, 20))
    return _found(talk, rest, found)


def _found(talk: Talk, rest: str, found: Sequence[Item]) -> Rendered:
    return talk.say("found", words=excerpt(rest, 20), count=len(found), lines=listed(talk, found))


def dispatch(talk: Talk, rest: str) -> Rendered:
    """派单 N 部门 姓名 时限: name and time may be left out; then the least loaded officer and the usual time."""
    item, after = pick(talk, rest, "派单", Action.DISPATCH)
    if not after:
        raise Answer(usage(talk, "dispatch"))
    still, after = first.insisted(after)
    if not still and (before := first.just_done(talk, item, Action.DISPATCH)):
        raise Answer(talk.say("dispatch_just_done", item, first=first.told(talk, before), rest=after))
    name, _, after = after.partition(" ")
    lead, officer, after = unit_and_officer(talk, name, after.strip())
    span, left = take_span(after, talk.today)
    if left:
        return talk.say("when_unknown", said=excerpt(left, 12))
    deadline = _deadline(talk, item, span) if span else None
    review.dispatch_by_hand(talk.turn, item, talk.person, lead, officer, deadline)
    return talk.say("dispatched", item)


def unit_and_officer(talk: Talk, name: str, after: str) -> tuple[Department, Person, str]:
    """A unit, perhaps a person of it, and what follows; a person's name alone names their unit too."""
    found = people.people_named(talk.session, name, ("officer",))
    if len(found) == 1 and found[0].department:
        return found[0].department, found[0], after
    lead = department_named(talk, name)
    said, _, left = after.partition(" ")
    officers = people.people_named(talk.session, said, ("officer",)) if said else []
    own = [officer for officer in officers if officer.department_id == lead.id] or officers
    if own:
        return lead, own[0], left.strip()
    if said and take_span(after, talk.today)[0] is None:
        raise Answer(talk.say("person_unknown", said=excerpt(said, 12)))
    return lead, officer_of(talk, lead), after


def _deadline(talk: Talk, item: Item, span: Span) -> Deadline:
    calendar, usual = talk.turn.policy.calendar, usual_deadline(talk.turn, item)
    if span.day:
        return replace(usual, due_at=deadlines.end_of(span.day, calendar), length=0, rule=BY_HAND)
    days = span.days or 1
    due_at = calendar.add_days(talk.turn.now, days)
    return Deadline(due_at, talk.turn.now, days, Unit.WORKING_DAYS, usual.mode, BY_HAND)


def supervise(talk: Talk, rest: str) -> Rendered:
    """督办 N 要求; without anything behind it: what is supervised, and how it stands."""
    if not rest.strip():
        return supervised(talk)
    item, note = pick(talk, rest, "督办", Action.RESOLVE)
    if item.state in ENDED:
        raise NotAllowed(item, "supervise")
    if item.officer is None:
        return talk.say("no_item_fits", word="督办", list_word="待分办")
    review.supervise(talk.turn, item, talk.person, note or talk.said)
    return talk.say("supervised", item)


def merge(talk: Talk, rest: str) -> Rendered:
    item, after = pick(talk, rest, "合并", Action.MERGE)
    number, _ = take_number(after)
    others = numbered(talk, number) if number else []
    if number and not others:
        raise Answer(talk.say("no_such_item", number=number, list_word=list_word(talk)))
    if len(others) != 1:
        raise Answer(usage(talk, "merge"))
    review.merge(talk.turn, item, others[0], talk.person, **alike(talk, item, others[0]))
    return talk.say("merged", item, into=others[0].number)


def refuse(talk: Talk, rest: str) -> Rendered:
    item, reason = with_reason(talk, rest, "不予受理", Action.REFUSE, "refuse")
    review.refuse(talk.turn, item, talk.person, reason)
    return talk.say("refused", item, reason=reason)


def grant_extension(talk: Talk, rest: str) -> Rendered:
    return _decide_extension(talk, rest, "同意延期", granted=True)


def refuse_extension(talk: Talk, rest: str) -> Rendered:
    return _decide_extension(talk, rest, "不同意延期", granted=False)


def _decide_extension(talk: Talk, rest: str, word: str, *, granted: bool) -> Rendered:
    item, reason = one_of(talk, rest, word, asides.with_extension(talk.session))
    work.decide_extension(talk.turn, item, talk.person, granted, reason)
    decision = talk.service.texts.label("word", "granted" if granted else "not_granted")
    return talk.say("extension_decided", item, decision=decision)


def with_reason(talk: Talk, rest: str, word: str, action: Action | None, command: str) -> tuple[Item, str]:
    item, reason = pick(talk, rest, word, action)
    if not reason:
        raise Answer(usage(talk, command))
    return item, reason
