"""Supporting departments: asked by rule or by hand, each with a date of its own before the item's."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from routing.acting import works_for
from routing.lifecycle import Action, require
from routing.limits import FILE
from routing.policy import Refused, Turn
from routing.telling import tell
from store import asides
from store.history import record
from store.tables import Department, Item, Person, Support

ASKED, ANSWERED, VOID = "asked", "answered", "void"
RULE = f"{FILE}: support"


def by_rule(turn: Turn, item: Item, units: Iterable[tuple[Department, Person]], rule: str) -> None:
    """Just dispatched: these departments support from now on, and others no longer."""
    wanted = {unit.id: (unit, officer) for unit, officer in units if unit is not item.lead}
    for known in item.supports:
        if known.status == ASKED and known.department.id not in wanted:
            known.status, known.answered_at = VOID, turn.now
    for unit, officer in wanted.values():
        before = _of(item, unit)
        if before is None or before.status == VOID:
            _ask(turn, item, unit, officer, due(turn, item, None), by=None, rule=rule)


def ask(turn: Turn, item: Item, by: Person, unit: Department, officer: Person, until: datetime | None) -> Support:
    """The coordinator or the owner asks one more department."""
    require(item, Action.PROGRESS)
    if unit is item.lead:
        raise Refused("support_leads", unit=unit.name)
    known = _of(item, unit)
    if known is not None and known.status == ASKED:
        raise Refused("support_waits", unit=unit.name, until_at=known.due_at)
    if until is not None and until <= turn.now:
        raise Refused("dispatch_past", due_at=until)
    return _ask(turn, item, unit, officer, due(turn, item, until), by=by, rule=RULE if until is None else "")


def due(turn: Turn, item: Item, until: datetime | None) -> datetime:
    """When the answer must be there: never later than the item itself is due, unless that has passed already."""
    policy = turn.policy
    wished = until or policy.calendar.add_days(turn.now, policy.limits.support_days)
    return min(wished, item.due_at) if item.due_at is not None and item.due_at > turn.now else wished


def _ask(
    turn: Turn, item: Item, unit: Department, officer: Person, until: datetime, by: Person | None, rule: str
) -> Support:
    support = _of(item, unit)
    if support is None:
        support = Support(department=unit)
        item.supports.append(support)
    support.officer, support.status = officer, ASKED
    support.asked_at, support.due_at, support.answered_at, support.answer = turn.now, until, None, None
    item.next_check_at = turn.now
    told = {"unit": unit.name, "officer": officer.name, "until_at": (until_at := until.isoformat())}
    event = record(item, "ask_support", by=by, now=turn.now, rule=rule, **told)
    tell(turn, item, "support_asked", event, until_at=until_at)
    return support


def answer(turn: Turn, item: Item, by: Person, said: str) -> Support:
    """What a supporting department has found or done; the owner is told. Said again, the last word counts."""
    require(item, Action.PROGRESS)
    support = asked_of(turn, item, by)
    if support is None:
        raise Refused("support_not_asked")
    support.status, support.answered_at, support.answer = ANSWERED, turn.now, said
    unit = support.department.name
    event = record(item, "answer_support", by=by, now=turn.now, unit=unit, note=said)
    tell(turn, item, "support_answered", event, unit=unit, note=said)
    return support


def asked_of(turn: Turn, item: Item, person: Person) -> Support | None:
    """The part of this person's department in an item: asked of them, of whom they act for, or of a colleague."""
    mine = [support for support in item.supports if support.status != VOID]
    acts_for = works_for(turn, person)
    own = [one for one in mine if one.officer is not None and one.officer.id in acts_for]
    unit = [one for one in mine if person.role == "officer" and one.department_id == person.department_id]
    return next(iter([*own, *unit]), None)


def asked_from(turn: Turn, person: Person) -> Sequence[Item]:
    """Open items that wait for this person's answer as a supporter."""
    return asides.supported_by(turn.session, works_for(turn, person))


def _of(item: Item, unit: Department) -> Support | None:
    return next((support for support in item.supports if support.department is unit), None)
