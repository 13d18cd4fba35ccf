"""What is said of an absence: to the one who is away, to whoever acts, to enterprises that must know."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from routing.lifecycle import State
from routing.policy import Turn
from routing.telling import put, tell_people
from store.tables import Item, Leave, Person

PUSHES = (
    "leave_deputy",
    "leave_for_you",
    "leave_void",
    "leave_declined",
    "leave_declined_running",
    "leave_acting",
    "leave_taken",
    "leave_contact",
    "leave_over",
    "leave_returned",
)
"""The texts by which people hear of an absence without asking."""
IN_HAND = (State.ASSIGNED, State.HANDLING)


@dataclass(frozen=True, slots=True)
class Move:
    """An item that went from one pair of hands into others; `owner` is whose it is when nobody is away."""

    item: Item
    owner: Person
    before: Person | None
    after: Person


def span(absence: Leave) -> dict[str, list[str]]:
    """From when until when, as a fact of a text."""
    return {"span": [absence.starts_at.isoformat(), absence.ends_at.isoformat()]}


def tell_new_hands(turn: Turn, absence: Leave, moves: list[Move], when: str) -> None:
    """One message to each who has new work now, for each whose work it is."""
    grouped: dict[tuple[Person, Person], list[Item]] = defaultdict(list)
    for move in moves:
        if move.after is not move.owner:
            grouped[move.owner, move.after].append(move.item)
    for (owner, holder), found in grouped.items():
        urgent = any(item.urgent and item.state in IN_HAND for item in found)
        facts: dict[str, Any] = {"absent": owner.name, "items": listed(found)}
        say(turn, holder, "leave_acting", absence, f"{when}:{owner.id}", urgent=urgent, **facts)


def tell_contacts(turn: Turn, absence: Leave, moves: list[Move]) -> None:
    """An enterprise hears of it only where its matter falls due meanwhile, and once, however many there are."""
    for move in moves:
        item, key = move.item, f"leave_contact:{absence.id}:{move.item.contact_id}"
        meanwhile = item.state in IN_HAND and item.due_at is not None and item.due_at < absence.ends_at
        if meanwhile and not item.restricted:
            facts: dict[str, Any] = {"absent": move.owner.name, "deputy": move.after.name, **span(absence)}
            put(turn, item, item.contact, "leave_contact", key, "contact", urgent=False, asking=False, **facts)


def say(
    turn: Turn, to: Person, text_key: str, absence: Leave, what: str, *, urgent: bool = False, **facts: Any
) -> None:
    told = {"absent": absence.person.name, "deputy": absence.deputy.name, **span(absence), **facts}
    tell_people(turn, [to], text_key, f"leave:{absence.id}:{text_key}:{what}", urgent=urgent, **told)


def listed(found: list[Item]) -> list[dict[str, str | None]]:
    """What a text tells of each item: whose, until when."""
    return [
        {
            "number": item.number,
            "enterprise": item.enterprise.name if item.enterprise else None,
            "state": item.state,
            "due_at": item.due_at.isoformat() if item.due_at else None,
        }
        for item in found
    ]


def late(turn: Turn, item: Item) -> bool:
    return item.state in IN_HAND and item.due_at is not None and item.due_at < turn.now
