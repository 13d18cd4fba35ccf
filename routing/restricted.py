"""Who may know of a report of misconduct: its author and its receivers; never whoever it names, nor their unit."""

from collections.abc import Sequence

from routing.lifecycle import State
from routing.policy import Turn
from store import people
from store.tables import Item, Person

CHECKED = (State.RESOLVED, State.RATED, State.VERIFIED, State.CLOSED)
"""From here on somebody other than the handler has a say."""


def receivers(turn: Turn, item: Item) -> list[Person]:
    """Those who receive such reports, but for whoever the report names and their colleagues of the same unit. Where
    that leaves nobody, or nobody but the one who has handled it and must not check it, those who stand in as well;
    where there never was anybody, nobody."""
    rule = turn.policy.owners.restricted
    found = people.with_role(turn.session, rule.receivers)
    clear = _not_named(turn, item, found)
    if not found or checkers(item, clear):
        return clear
    return [*clear, *_not_named(turn, item, people.with_role(turn.session, rule.instead))]


def checkers(item: Item, known: Sequence[Person]) -> list[Person]:
    """Of those who know of a report, those who do the office's part: whoever has handled it does not check it."""
    handler = item.handler_id if item.state in CHECKED else None
    return [person for person in known if person.id != handler]


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
