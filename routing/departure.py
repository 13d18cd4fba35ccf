"""Somebody leaves the service: what was theirs goes to a successor, or back to the office; nothing is left behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from routing import leave, promises
from routing.acting import give, heir, keeper
from routing.dispatch import await_signature, least_loaded, named, nobody_receives, officer_for
from routing.leave_news import listed, say, span
from routing.lifecycle import IN_HAND, Action, apply
from routing.policy import Refused, Turn
from routing.restricted import may_have, receivers
from routing.telling import tell, tell_people, tell_role
from store import absences, departures, people
from store.history import record
from store.tables import Department, Enterprise, Item, Leave, Person

POSTS = ("officer", "head", "coordinator", "leader", "duty", "discipline")
GONE = "stranger"
"""The role of whoever has left: no rights of an official."""
PUSHES = ("departed_successor", "departed_coordinator", "leave_without_deputy")
"""The texts by which people hear of a departure without asking."""


@dataclass(slots=True)
class Left:
    """What became of all that was somebody's."""

    person: Person
    successor: Person | None
    passed: list[Item] = field(default_factory=list)
    waiting: list[Item] = field(default_factory=list)  # for the coordinator to name an owner
    enterprises: Sequence[Enterprise] = ()
    absences: list[Leave] = field(default_factory=list)  # without a deputy from now on


def leave_service(turn: Turn, person: Person, successor: Person | None, by: Person) -> Left:
    """The office says that somebody has left, and perhaps who takes over."""
    _check(turn, person, successor)
    person.active, person.successor = False, successor
    return clear(turn, person, by)


def _check(turn: Turn, person: Person, successor: Person | None) -> None:
    if successor is person:
        raise Refused("departure_to_self")
    if successor is not None and successor.role != person.role:
        raise Refused("departure_other_role", successor=successor.name, role=successor.role)
    others = [one for one in people.with_role(turn.session, person.role) if one is not person]
    if person.role in ("coordinator", "discipline") and not others:
        raise Refused("departure_last", name=person.name, role=person.role)


def sweep(turn: Turn) -> list[Left]:
    """Put in order what is left of everybody who is gone: after an import."""
    left = [clear(turn, person, None) for person in leftovers(turn)]
    for one in left:
        _tell_office(turn, one)
    for person in departures.with_rights(turn.session):
        person.role = GONE
    return left


def leftovers(turn: Turn) -> Sequence[Person]:
    """Whoever is gone and still has something."""
    rule = turn.policy.owners.restricted
    return departures.leftovers(turn.session, (rule.receivers, rule.instead))


def clear(turn: Turn, person: Person, by: Person | None) -> Left:
    """Nothing stays with somebody who is gone."""
    to = heir(person.successor) if person.successor else None
    left = Left(person, to)
    _absences(turn, left, by)
    for item in absences.held(turn.session, person, {person.id}):
        if item.acting_for_id in (None, person.id):
            _pass_on(turn, left, item, by)
    leave.settle(turn, person)
    _beside(turn, left)
    _enterprises(turn, left)
    _tell_new_owners(turn, left)
    if person.active:  # another post, not another person: what comes to them there is theirs
        person.successor = None
    else:
        person.role = GONE
    return left


def _absences(turn: Turn, left: Left, by: Person | None) -> None:
    """Their own leave is off; whoever they were to act for has the successor as deputy, or is told to name one."""
    for own in absences.of_person(turn.session, left.person):
        own.status = "void"
    for other in absences.of_deputy(turn.session, left.person):
        to = left.successor
        if to is not None and to is not other.person and not _loops(turn, other, to):
            other.deputy = to
            say(turn, to, "leave_deputy", other, f"instead:{left.person.id}")
            continue
        other.status = "void"
        left.absences.append(other)
        for item in absences.held(turn.session, left.person, {other.person_id}):
            if item.restricted:
                _pass_on(turn, left, item, by)
            elif item.officer is left.person and item.acting_for is other.person and item.state in IN_HAND:
                _release(turn, left, item, by)
        facts = {"name": left.person.name, "absent": other.person.name, **span(other)}
        _say(turn, other.person, "leave_without_deputy", left, **facts)


def _loops(turn: Turn, other: Leave, deputy: Person) -> bool:
    return leave.way_back(turn, deputy, other.person, other.starts_at, other.ends_at) is not None


def _pass_on(turn: Turn, left: Left, item: Item, by: Person | None) -> None:
    if left.successor is not None and may_have(turn, item, left.successor):
        _succeed(turn, left, item, left.successor, f"departure: {left.person.name} left, successor named", by)
    elif item.restricted:  # never to the office
        if known := receivers(turn, item):
            officer, rule = least_loaded(turn, known, None)
            _succeed(turn, left, item, officer, f"departure: {left.person.name} left; {rule}", by)
        else:  # the next import tries again
            nobody_receives(turn)
    elif item.state in IN_HAND:
        _release(turn, left, item, by)
    else:
        found, rule = officer_for(turn, item, item.lead) if item.lead else (None, "")
        _succeed(turn, left, item, found, f"departure: {left.person.name} left; {rule}", by)


def _succeed(turn: Turn, left: Left, item: Item, to: Person | None, rule: str, by: Person | None) -> None:
    """Another has it now. What is being worked on must be signed for anew, and the enterprise hears who has it."""
    told = {"before": left.person.name}
    if to is None:
        item.officer = item.acting_for = None
        record(item, "succeed", by=by, now=turn.now, rule=rule, **told)
        return
    rule = "; ".join(filter(None, (rule, give(turn, item, to))))
    if to.department_id != left.person.department_id:
        item.lead = to.department or item.lead
    left.passed.append(item)
    for promised in promises.own(item, left.person):
        promised.by = item.officer or to
    if item.state in IN_HAND:
        await_signature(turn, item)
        event = apply(item, Action.SUCCEED, by=by, now=turn.now, rule=rule, **named(item), **told)
        tell(turn, item, "succeed", event)
    else:
        record(item, "succeed", by=by, now=turn.now, rule=rule, **named(item), **told)


def _release(turn: Turn, left: Left, item: Item, by: Person | None) -> None:
    """Back to the coordinator, who names the next."""
    item.officer = item.acting_for = None
    rule = f"departure: {left.person.name} left, no successor"
    apply(item, Action.RELEASE, by=by, now=turn.now, rule=rule, before=left.person.name)
    left.waiting.append(item)


def _beside(turn: Turn, left: Left) -> None:
    """What waited for them beside the items of their own: transfers to sign for, answers of a supporting unit."""
    for offer in departures.offers_to(turn.session, left.person):
        if left.successor is not None:
            offer.to_person = left.successor
            event = record(offer.item, "succeed", by=None, now=turn.now, before=left.person.name)
            facts = {"offered_to": left.successor.name, "offered_lead": offer.lead.name, "reason": offer.reason}
            tell(turn, offer.item, "offer", event, **facts)
        else:
            offer.status, offer.decided_at = "declined", turn.now
            rule = f"departure: {left.person.name} left"
            event = record(offer.item, "decline", by=None, now=turn.now, rule=rule)
            tell(turn, offer.item, "decline", event, reason="", declined_by=left.person.name)
    for support in departures.supports_of(turn.session, left.person):
        support.officer = left.successor or _other_of(turn, support.department)


def _other_of(turn: Turn, unit: Department) -> Person | None:
    officers = people.in_department(turn.session, unit, "officer")
    return least_loaded(turn, officers, unit)[0] if officers else None


def _enterprises(turn: Turn, left: Left) -> None:
    """Each enterprise keeps an officer of its own, or the office is told that it has none."""
    left.enterprises = departures.enterprises_of(turn.session, left.person)
    for enterprise in left.enterprises:
        enterprise.bound_officer = left.successor
    departures.follow(turn.session, left.person, left.successor)


def _tell_new_owners(turn: Turn, left: Left) -> None:
    """One message to each who has new work, with all of it."""
    successor = keeper(turn, left.successor) if left.successor else None
    told = [item.officer for item in left.passed if item.officer]
    for person in dict.fromkeys([*told, *([successor] if successor and left.enterprises else [])]):
        names = _names(left.enterprises) if person is successor else ""
        mine = listed([item for item in left.passed if item.officer is person])
        _say(turn, person, "departed_successor", left, name=left.person.name, items=mine, enterprises=names)


def _tell_office(turn: Turn, left: Left) -> None:
    """What an import has changed, and what waits for the coordinator because of it."""
    facts = {
        "name": left.person.name,
        "items": listed(left.waiting),
        "passed": sum(not item.restricted for item in left.passed),
        "unbound": "" if left.successor else _names(left.enterprises),
    }
    tell_role(turn, "coordinator", "departed_coordinator", _once("departed_coordinator", turn, left), **facts)


def _names(enterprises: Sequence[Enterprise]) -> str:
    return "、".join(enterprise.name for enterprise in enterprises)


def _say(turn: Turn, to: Person, text_key: str, left: Left, **facts: Any) -> None:
    tell_people(turn, [to], text_key, _once(text_key, turn, left), **facts)


def _once(text_key: str, turn: Turn, left: Left) -> str:
    """The same departure is told once; another of the same person is another."""
    return f"{text_key}:{left.person.id}:{turn.now:%Y%m%d%H%M%S}"
