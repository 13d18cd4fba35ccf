"""Named queries on what a unit has, for the day on which it is merged into another."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.tables import Department, Handover, Item, Person, Support


def merged(session: Session) -> Sequence[Department]:
    """Units that have been said to go into another and have not ended yet."""
    found = select(Department).where(Department.valid_to.is_(None), Department.successor_code.is_not(None))
    return session.scalars(found.order_by(Department.id)).all()


def above(session: Session, unit: Department) -> list[Department]:
    """The units above it, by the codes as they stand, in force or not."""
    known = {each.code: each for each in session.scalars(select(Department))}
    found: list[Department] = []
    at = known.get(unit.parent_code or "")
    while at is not None and at not in found:
        found.append(at)
        at = known.get(at.parent_code or "")
    return found


def ended(session: Session) -> Sequence[Department]:
    """Units that are no more and that something still names: people, open items, what waits beside items."""
    still = Item.closed_at.is_(None)
    names = (
        select(Person.department_id),
        select(Item.lead_id).where(still),
        select(Support.department_id).where(Support.status == "asked"),
        select(Handover.lead_id).where(Handover.status == "offered"),
    )
    below = select(Department.parent_code).where(Department.valid_to.is_(None))
    named = or_(*(Department.id.in_(ids) for ids in names), Department.code.in_(below))
    found = select(Department).where(Department.valid_to.is_not(None), named)
    return session.scalars(found.order_by(Department.id)).all()


def items_of(session: Session, unit: Department) -> Sequence[Item]:
    """Its open items, locked."""
    found = select(Item).where(Item.lead_id == unit.id, Item.closed_at.is_(None)).order_by(Item.id)
    return session.scalars(found.with_for_update()).all()


def people_of(session: Session, unit: Department) -> Sequence[Person]:
    return session.scalars(select(Person).where(Person.department_id == unit.id).order_by(Person.id)).all()


def supports_of(session: Session, unit: Department) -> Sequence[Support]:
    """Where it is asked to support and has not answered."""
    found = select(Support).where(Support.department_id == unit.id, Support.status == "asked")
    return session.scalars(found.order_by(Support.item_id)).all()


def offers_of(session: Session, unit: Department) -> Sequence[Handover]:
    """Transfers into it that wait for a signature."""
    found = select(Handover).where(Handover.lead_id == unit.id, Handover.status == "offered")
    return session.scalars(found.order_by(Handover.id)).all()


def below(session: Session, unit: Department) -> Sequence[Department]:
    """The units in force right below it."""
    found = select(Department).where(Department.parent_code == unit.code, Department.valid_to.is_(None))
    return session.scalars(found.order_by(Department.id)).all()
