"""In whose hands a person's work is: their own, a deputy's while they are away, a successor's once they left."""

from collections.abc import Iterable

from routing.policy import Turn
from routing.restricted import may_have, receivers
from store import absences
from store.tables import Item, Leave, Person


def heir(person: Person) -> Person | None:
    """The person, or whoever took over when they left, and so on; None when nobody did."""
    seen: set[int] = set()
    current: Person | None = person
    while current is not None and current.id not in seen:
        if current.active and current.successor is None:
            return current
        seen.add(current.id)
        current = current.successor
    return None


def keeper(turn: Turn, person: Person, away: dict[int, Leave] | None = None) -> Person | None:
    """Who does this person's work now. A deputy who is away too has a deputy; None when nobody is left."""
    away = absences.away(turn.session, turn.now) if away is None else away
    seen: set[int] = set()
    current = heir(person)
    while current is not None and current.id in away and current.id not in seen:
        seen.add(current.id)
        current = heir(away[current.id].deputy)
    return heir(person) if current is not None and current.id in away else current


def holder_of(turn: Turn, item: Item, owner: Person, away: dict[int, Leave] | None = None) -> Person | None:
    """Who has an item of this owner now. A restricted one never comes to somebody it may not come to, deputy or not:
    then another receiver who is there has it, or it waits for its owner."""
    found = keeper(turn, owner, away)
    if found is None or may_have(turn, item, found):
        return found
    others = [one for one in receivers(turn, item) if keeper(turn, one, away) is one]
    return next(iter(others), owner)


def give(turn: Turn, item: Item, person: Person) -> str:
    """Put an item into a person's hands, or into their deputy's; the rule that says so, empty for their own."""
    owner = heir(person) or person
    holder = holder_of(turn, item, owner) or owner
    item.officer = holder
    item.acting_for = owner if holder is not owner else None
    return acting_rule(owner, holder) if item.acting_for else ""


def acting_rule(owner: Person, holder: Person) -> str:
    return f"leave: {owner.name} is away, deputy {holder.name}"


def present(turn: Turn, people: Iterable[Person]) -> list[Person]:
    """These people, with the deputy in the place of whoever is away; each once."""
    away = absences.away(turn.session, turn.now)
    return list(dict.fromkeys(keeper(turn, person, away) or person for person in people))


def works_for(turn: Turn, person: Person) -> set[int]:
    """The ids of all whose work is this person's now: their own, and that of those they act for."""
    away = absences.away(turn.session, turn.now)
    owners = [person, *(leave.person for leave in away.values())]
    return {owner.id for owner in owners if keeper(turn, owner, away) is person}


def at_work(turn: Turn, people: Iterable[Person]) -> list[Person]:
    """Those of these people who are not away."""
    away = absences.away(turn.session, turn.now)
    return [person for person in people if person.id not in away]
