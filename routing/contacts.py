"""Those who speak for an enterprise come and go; what they told goes on with their colleagues, or by telephone."""

from collections.abc import Sequence
from typing import Any

from routing.policy import Turn
from routing.restricted import receivers
from routing.telling import tell_people, tell_role
from store import contacts, people, trail
from store.history import record
from store.tables import Enterprise, Item, Person

PUSHES = ("contact_taken_over", "contact_lost", "account_lost")
"""The texts by which people hear that somebody else, or nobody, can be asked."""


def leave(turn: Turn, person: Person, enterprise: Enterprise, by: Person | None) -> Person | None:
    """A person no longer speaks for an enterprise; who does instead, or None when nobody is left."""
    person.enterprises.remove(enterprise)
    if not person.enterprises and person.role == "contact":
        person.role = "stranger"
    turn.session.flush()
    trail.note(turn.session, "unbind", by=by, now=turn.now, about=person, enterprise=enterprise)
    return pass_on(turn, person, contacts.open_for(turn.session, person, enterprise), enterprise)


def gone(turn: Turn, person: Person) -> None:
    """A person can no longer be reached: their colleagues hear of what is open, or the office is told to call."""
    mine = contacts.open_of(turn.session, person)
    for enterprise in [*person.enterprises, None]:
        pass_on(turn, person, [item for item in mine if item.enterprise is enterprise], enterprise)


def pass_on(turn: Turn, person: Person, mine: Sequence[Item], enterprise: Enterprise | None) -> Person | None:
    """Open items of one enterprise go to a colleague; who that is. What is restricted goes to nobody."""
    others = contacts.reachable(turn.session, enterprise, person) if enterprise else []
    secret, known = [item for item in mine if item.restricted], [item for item in mine if not item.restricted]
    for item in secret:
        told: dict[str, Any] = {"numbers": item.number, "enterprise": ""}
        tell_people(turn, receivers(turn, item), "contact_lost", f"lost:{item.number}:{person.id}", **told)
    if others:
        hand_over(turn, person, others[0], known)
        return others[0]
    if known:
        told = {"numbers": numbers(known), "enterprise": enterprise.name if enterprise else ""}
        tell_role(turn, "coordinator", "contact_lost", f"lost:{known[0].number}:{person.id}", **told)
    return None


def hand_over(turn: Turn, person: Person, to: Person, mine: Sequence[Item]) -> None:
    """From now on somebody else hears of these items, and answers for them."""
    for item in mine:
        item.contact = to
        record(item, "contact_changed", by=None, now=turn.now)
    if mine:
        once = f"taken_over:{mine[0].number}:{len(mine[0].events)}"
        tell_people(turn, [to], "contact_taken_over", once, numbers=numbers(mine), count=len(mine))


def hand_over_all(turn: Turn, person: Person, to: Person, enterprise: Enterprise) -> list[Item]:
    """A person hands over all they told for one enterprise that is open; what is restricted stays theirs."""
    mine = [item for item in contacts.open_for(turn.session, person, enterprise) if not item.restricted]
    hand_over(turn, person, to, mine)
    moved = [item.number for item in mine]
    trail.note(turn.session, "hand_over", by=person, now=turn.now, about=to, enterprise=enterprise, items=moved)
    return mine


def numbers(mine: Sequence[Item]) -> str:
    return "、".join(item.number for item in mine)


def unfollowed(turn: Turn, person: Person) -> None:
    """An official can no longer be reached on the service account; their work stays theirs, and the office knows."""
    if not people.identities_of(turn.session, person):
        once = f"unfollowed:{person.id}:{turn.now.isoformat()}"
        tell_role(turn, "coordinator", "account_lost", once, name=person.name)
