"""Telling people: from an occasion or a rung to rows in the outbox."""

from collections.abc import Iterator
from typing import Any

from routing.policy import Turn
from store import outbox, people
from store.tables import Department, Event, Item, Person

AT_ANY_HOUR = "alarm"


def tell(turn: Turn, item: Item, occasion: str, event: Event, **facts: Any) -> None:
    """Put a push for everybody who hears of this occasion, except the one who caused it.

    Pushes wait for the hours in which people may be disturbed, unless the item is urgent.
    """
    urgent = item.urgent or occasion == AT_ANY_HOUR
    for recipient, text_key in turn.policy.notices.occasions.get(occasion, {}).items():
        for person in recipients(turn, item, recipient):
            if person is not event.actor:
                key = f"{occasion}:{item.number}:{event.seq}:{recipient}:{person.id}"
                put(turn, item, person, text_key, key, urgent=urgent, **facts)


def put(
    turn: Turn,
    item: Item,
    person: Person,
    text_key: str,
    once_key: str,
    *,
    urgent: bool,
    while_same: bool = False,
    **facts: Any,
) -> bool:
    """One push about an item: now if urgent, else when people may be disturbed again."""
    not_before = turn.now if urgent else turn.policy.calendar.next_open(turn.now)
    return outbox.put(
        turn.session,
        person,
        text_key,
        once_key=once_key,
        now=turn.now,
        not_before=not_before,
        item=item,
        urgent=urgent,
        while_same=while_same,
        facts=facts,
    )


def recipients(turn: Turn, item: Item, recipient: str) -> list[Person]:
    """The people behind a word of the table. A restricted item is seen by its receiver and its author only."""
    if item.restricted and recipient not in ("contact", "officer"):
        return []
    if recipient == "contact":
        return [item.contact]
    if recipient == "officer":
        return [item.officer] if item.officer else []
    if recipient == "follower":
        return [item.follower] if item.follower and item.follower is not item.officer else []
    if recipient == "head":
        return heads(turn, item)
    return list(people.with_role(turn.session, recipient))


def heads(turn: Turn, item: Item) -> list[Person]:
    """Who is above the officer: the heads of the lead department, or of the nearest unit above it that has
    any, or else the coordinators."""
    for unit in upwards(turn, item.lead):
        if found := people.in_department(turn.session, unit, "head"):
            return list(found)
    return list(people.with_role(turn.session, "coordinator"))


def upwards(turn: Turn, unit: Department | None) -> Iterator[Department]:
    """A unit, then the units above it."""
    seen: set[str] = set()
    while unit is not None and unit.code not in seen:
        yield unit
        seen.add(unit.code)
        unit = people.department(turn.session, unit.parent_code) if unit.parent_code else None
