"""Telling people: from an occasion or a rung to rows in the outbox."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from routing.acting import heir, present
from routing.policy import Turn
from routing.restricted import checkers, receivers
from store import items, outbox, people
from store.history import Step
from store.tables import Department, Item, Person, Support

WATCHERS = ("head", "coordinator", "leader")
"""Who watches from which level of attention on: 1, 2, 3."""
AT_ANY_HOUR = ("alarm", "alarm_without_duty", "alarm_more")
ASKING = (
    "dispatch",
    "dispatch_restricted",
    "dispatch_final",
    "offer",
    "triage",
    "return",
    "resolve",
    "resolve_planned",
    "resolve_explained",
    "resolve_not_in_remit",
    "rate",
    "lapse",
    "lapse_untold",
)
"""Occasions that ask somebody to do something: stale once the item has moved on, and then not said."""


def tell(turn: Turn, item: Item, occasion: str, event: Step, **facts: Any) -> None:
    """Put a push for everybody who hears of this occasion, except the one who caused it.

    Pushes wait for the hours in which people may be disturbed, unless the item is urgent. Whoever has the item by
    then, what is told is the deed of whoever has it now.
    """
    urgent, held = item.urgent or occasion in AT_ANY_HOUR, hands(item)
    for recipient, text_key in turn.policy.notices.occasions.get(occasion, {}).items():
        for person in recipients(turn, item, recipient):
            if person is not event.actor:
                key = f"{occasion}:{item.number}:{event.seq}:{recipient}:{person.id}"
                put(
                    turn,
                    item,
                    person,
                    text_key,
                    key,
                    recipient,
                    urgent=urgent,
                    asking=occasion in ASKING,
                    held=held,
                    **facts,
                )


def hands(item: Item) -> dict[str, str]:
    """Who has the item, for which absent colleague, and in which unit; what there is not is left out."""
    names = {"lead": item.lead, "officer": item.officer, "absent": item.acting_for}
    return {name: one.name for name, one in names.items() if one is not None}


def tell_role(turn: Turn, role: str, text_key: str, once_key: str, **facts: Any) -> None:
    """Tell everybody of a role something that is about no item they may look into, when they may be disturbed."""
    tell_people(turn, present(turn, people.with_role(turn.session, role)), text_key, once_key, **facts)


def tell_people(
    turn: Turn,
    told: Iterable[Person],
    text_key: str,
    once_key: str,
    *,
    urgent: bool = False,
    reminder: bool = False,
    **facts: Any,
) -> None:
    """As `tell_role`, to these people; at any hour if urgent."""
    opens = turn.now if urgent else turn.policy.calendar.next_open(turn.now)
    for person in told:
        outbox.put(
            turn.session,
            person,
            text_key,
            once_key=f"{once_key}:{person.id}",
            now=turn.now,
            not_before=opens,
            urgent=urgent,
            reminder=reminder,
            facts=facts,
        )


def put(
    turn: Turn,
    item: Item,
    person: Person,
    text_key: str,
    once_key: str,
    recipient: str,
    *,
    urgent: bool,
    asking: bool,
    reminder: bool = False,
    **facts: Any,
) -> bool:
    """One push about an item: now if urgent, else when people may be disturbed again. An asking one is dropped
    when the item has moved on by then."""
    not_before = turn.now if urgent else turn.policy.calendar.next_open(turn.now)
    if recipient == "contact":
        item.heard_at = turn.now
    return outbox.put(
        turn.session,
        person,
        text_key,
        once_key=once_key,
        now=turn.now,
        not_before=not_before,
        item=item,
        urgent=urgent,
        recipient=recipient,
        reminder=reminder,
        while_same=asking,
        facts=facts,
    )


def recipients(turn: Turn, item: Item, recipient: str) -> list[Person]:
    """The people behind a word of the table. Of a restricted item only its author and the receivers of such
    reports hear; they do the coordinator's part too."""
    if recipient == "contact":
        return [item.contact, *items.merged_contacts(turn.session, item)]
    if item.restricted:
        return _of_restricted(turn, item, recipient)
    if recipient == "officer":
        there = heir(item.officer) if item.officer else None  # a closed item may be with somebody who has left
        return [there] if there else []
    if recipient in BESIDE:
        return BESIDE[recipient](turn, item)
    if recipient == "follower":
        follower = present(turn, [item.follower] if item.follower else [])
        return [person for person in follower if person is not item.officer]
    if recipient == "head":
        return heads(turn, item)
    return present(turn, people.with_role(turn.session, recipient))


def _of_restricted(turn: Turn, item: Item, recipient: str) -> list[Person]:
    """A deputy who is named in the report does not stand in."""
    known = receivers(turn, item)
    if recipient == "officer":
        return [item.officer] if item.officer in known else []
    if recipient != "coordinator":
        return []
    return [person for person in checkers(item, present(turn, known)) if person in known] or checkers(item, known)


def _offered(turn: Turn, item: Item) -> list[Person]:
    """Whose signature a transfer waits for, or has just ceased to wait for."""
    waiting = [offer for offer in item.handovers if offer.status == "offered"]
    just_void = [offer for offer in item.handovers if offer.status == "void" and offer.decided_at == turn.now]
    return present(turn, [offer.to_person for offer in waiting or just_void])


def _supporters(turn: Turn, item: Item) -> list[Person]:
    """Who has just been asked to support."""
    asked = [one for one in item.supports if one.status == "asked" and one.asked_at == turn.now]
    return [person for one in asked for person in _behind(turn, one)]


def _former_supporters(turn: Turn, item: Item) -> list[Person]:
    """Who was asked to support until just now."""
    just_void = [one for one in item.supports if one.status == "void" and one.answered_at == turn.now]
    return [person for one in just_void for person in _behind(turn, one)]


def _late_supporters(turn: Turn, item: Item) -> list[Person]:
    return [person for one in _late(turn, item) for person in _behind(turn, one)]


def _late_supporters_heads(turn: Turn, item: Item) -> list[Person]:
    return [head for one in _late(turn, item) for head in heads_of(turn, one.department)]


def _late(turn: Turn, item: Item) -> list[Support]:
    return [one for one in item.supports if one.status == "asked" and one.due_at and one.due_at <= turn.now]


def _behind(turn: Turn, support: Support) -> list[Person]:
    """The officer who supports; where the department has none, whoever is above it."""
    return present(turn, [support.officer]) if support.officer else heads_of(turn, support.department)


def _watchers(turn: Turn, item: Item) -> list[Person]:
    """Who keeps an eye on an item with which the enterprise was not satisfied: the more often, the higher."""
    levels = WATCHERS[: item.attention]
    return list(dict.fromkeys(person for level in levels for person in recipients(turn, item, level)))


BESIDE: dict[str, Callable[[Turn, Item], list[Person]]] = {
    "offered": _offered,
    "supporter": _supporters,
    "former_supporter": _former_supporters,
    "late_supporter": _late_supporters,
    "late_supporter_head": _late_supporters_heads,
    "watcher": _watchers,
}
"""Those who have a part beside the owner's."""


def heads(turn: Turn, item: Item) -> list[Person]:
    """Who is above the officer."""
    return heads_of(turn, item.lead)


def heads_of(turn: Turn, unit: Department | None) -> list[Person]:
    """The heads of a department, or of the nearest unit above it that has
    any, or else the coordinators; the deputies of those who are away."""
    for above in upwards(turn, unit):
        if found := people.in_department(turn.session, above, "head"):
            return present(turn, found)
    return present(turn, people.with_role(turn.session, "coordinator"))


def upwards(turn: Turn, unit: Department | None) -> Iterator[Department]:
    """A unit, then the units above it."""
    seen: set[str] = set()
    while unit is not None and unit.code not in seen:
        yield unit
        seen.add(unit.code)
        unit = people.department(turn.session, unit.parent_code) if unit.parent_code else None
