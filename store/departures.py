"""Named queries on what somebody who left would leave behind."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from store.absences import LIVE
from store.people import HANDLERS
from store.tables import Enterprise, Handover, Item, Leave, Person, Support


def leftovers(session: Session, receivers: Iterable[str]) -> Sequence[Person]:
    """People who are no longer in a post that has items, and yet something waits for them. `receivers`: the roles
    that have restricted items."""
    still = Item.closed_at.is_(None) & ~Item.restricted
    secret = Item.closed_at.is_(None) & Item.restricted
    held = [
        select(Item.officer_id).where(still),
        select(Item.acting_for_id).where(still),
        select(Item.follower_id).where(still),
        select(Enterprise.bound_officer_id),
        select(Handover.to_id).where(Handover.status == "offered"),
        select(Support.officer_id).where(Support.status == "asked"),
    ]
    away = [select(who).where(Leave.status.in_(LIVE)) for who in (Leave.person_id, Leave.deputy_id)]
    gone = or_(~Person.active, Person.role.not_in(HANDLERS))
    waits = and_(gone, or_(*(Person.id.in_(ids) for ids in held)))
    hidden = or_(*(Person.id.in_(select(who).where(secret)) for who in (Item.officer_id, Item.acting_for_id)))
    blind = and_(or_(~Person.active, Person.role.not_in(list(receivers))), hidden)
    absent = and_(~Person.active, or_(*(Person.id.in_(ids) for ids in away)))
    return session.scalars(select(Person).where(or_(waits, blind, absent)).order_by(Person.id)).all()


def with_rights(session: Session) -> Sequence[Person]:
    """People who are not in the service and still have the rights of a post."""
    return session.scalars(select(Person).where(~Person.active, Person.role != "stranger")).all()


def offers_to(session: Session, person: Person) -> Sequence[Handover]:
    found = select(Handover).where(Handover.to_id == person.id, Handover.status == "offered")
    return session.scalars(found.order_by(Handover.id)).all()


def supports_of(session: Session, person: Person) -> Sequence[Support]:
    """What this person's department was asked of them and has not answered."""
    found = select(Support).where(Support.officer_id == person.id, Support.status == "asked")
    return session.scalars(found.order_by(Support.item_id)).all()


def enterprises_of(session: Session, person: Person) -> Sequence[Enterprise]:
    """The enterprises this officer is bound to."""
    found = select(Enterprise).where(Enterprise.bound_officer_id == person.id)
    return session.scalars(found.order_by(Enterprise.id)).all()


def follow(session: Session, person: Person, successor: Person | None) -> None:
    """Open items that this person followed are followed by the successor, or by nobody."""
    followed = update(Item).where(Item.follower_id == person.id, Item.closed_at.is_(None))
    session.execute(followed.values(follower_id=successor.id if successor else None, version=Item.version + 1))
