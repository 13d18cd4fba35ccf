"""Who may know of a report of misconduct: its author and its receivers; never whoever it names, nor their unit."""

from collections.abc import Sequence

from routing.policy import Turn
from store import people
from store.tables import Item, Person


def receivers(turn: Turn, item: Item) -> list[Person]:
    """Those who receive such reports, but for whoever the report names and their colleagues of the same unit. Where
    that leaves nobody, those who stand in; where there never was anybody, nobody."""
    rule = turn.policy.owners.restricted
    found = people.with_role(turn.session, rule.receivers)
    clear = _not_named(turn, item, found)
    return clear if clear or not found else _not_named(turn, item, people.with_role(turn.session, rule.instead))


def _not_named(turn: Turn, item: Item, found: Sequence[Person]) -> list[Person]:
    named = people.named_in(turn.session, item.text)
    units = {person.department_id for person in named if person in found} - {None}
    return [person for person in found if person not in named and person.department_id not in units]


def may_have(turn: Turn, item: Item, person: Person) -> bool:
    """Whether an item may be put into this person's hands, and be shown to them as an official."""
    return not item.restricted or person in receivers(turn, item)


def rule_of(turn: Turn, officer: Person) -> str:
    """The rule by which this person receives a report."""
    rule = turn.policy.owners.restricted
    return rule.label if officer.role == rule.receivers else f"{rule.label}, a receiver is named: {rule.instead}"
