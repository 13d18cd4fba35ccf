"""Units merge and are renamed: what is open goes along, what is history keeps the name it had."""

from dataclasses import dataclass

from routing.policy import Refused, Turn
from store import people, units
from store.history import record
from store.tables import Department, Item, Person, Support

FILE = "department"


@dataclass(frozen=True, slots=True)
class Moved:
    """What went along into the other unit."""

    items: int
    people: int


def merge(turn: Turn, old: Department, new: Department, by: Person) -> Moved:
    """From now on one unit has what another had, and answers to its name and code. Raises Refused for a circle."""
    if old is new:
        raise Refused("unit_into_itself", unit=old.name)
    old.valid_to, old.successor_code = turn.policy.calendar.local(turn.now).date(), new.code
    return _move(turn, old, new, by)


def rename(turn: Turn, unit: Department, name: str, by: Person | None) -> int:
    """Another name for the same unit; how many open items have it in their history now."""
    taken = [one for one in people.departments_named(turn.session, name) if one.name == name and one is not unit]
    if taken:
        raise Refused("unit_name_taken", unit=name)
    before, unit.name = unit.name, name
    return note_name(turn, unit, before, by)


def note_name(turn: Turn, unit: Department, before: str, by: Person | None) -> int:
    """Write the new name beside the old one into the history of what is open."""
    found = units.items_of(turn.session, unit)
    for item in found:
        record(item, "unit_renamed", by=by, now=turn.now, rule=f"{FILE}: {unit.code}", before=before, unit=unit.name)
    return len(found)


def sweep(turn: Turn) -> None:
    """Move what still hangs on units that are no more: after an import."""
    for old in units.merged(turn.session):
        old.valid_to = turn.policy.calendar.local(turn.now).date()
    turn.session.flush()
    for old in units.ended(turn.session):
        new = people.heir(turn.session, old)
        if new is not old:
            _move(turn, old, new, None)


def _move(turn: Turn, old: Department, new: Department, by: Person | None) -> Moved:
    _take_out(turn, old, new)
    found, staff = units.items_of(turn.session, old), units.people_of(turn.session, old)
    for person in staff:
        person.department = new
    for item in found:
        item.lead = new
        _void_own(item, new)
        rule = f"{FILE}: {old.code} merged into {new.code}"
        record(item, "unit_merged", by=by, now=turn.now, rule=rule, before=old.name, unit=new.name)
    for offer in units.offers_of(turn.session, old):
        offer.lead = new
    turn.session.flush()
    for support in units.supports_of(turn.session, old):
        _support(turn, support, new)
    return Moved(len(found), len(staff))


def _take_out(turn: Turn, old: Department, new: Department) -> None:
    """What hung below the old unit hangs below the new one; where that was itself below, it takes the old one's
    place."""
    if old in units.above(turn.session, new):
        new.parent_code = old.parent_code
    for unit in units.below(turn.session, old):
        if unit is not new:
            unit.parent_code = new.code


def _void_own(item: Item, new: Department) -> None:
    """Whoever leads does not support."""
    for support in item.supports:
        if support.department is new and support.status == "asked":
            support.status = "void"


def _support(turn: Turn, support: Support, new: Department) -> None:
    """The new unit is asked in the old one's place, unless it leads the item or is asked already."""
    item = turn.session.get_one(Item, support.item_id)
    if item.lead is not new and all(one.department is not new for one in item.supports):
        taken = {
            "officer_id": support.officer_id,
            "asked_at": support.asked_at,
            "due_at": support.due_at,
        }
        item.supports.append(Support(department=new, status="asked", **taken))
    support.status, support.answered_at = "void", turn.now
