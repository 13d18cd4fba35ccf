"""Named queries on those who speak for an enterprise."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Enterprise, EnterpriseContact, Identity, Item, Person


def open_of(session: Session, person: Person) -> Sequence[Item]:
    """What this person told and is not closed yet."""
    found = select(Item).where(Item.contact_id == person.id, Item.closed_at.is_(None))
    return session.scalars(found.order_by(Item.id)).all()


def open_for(session: Session, person: Person, enterprise: Enterprise) -> Sequence[Item]:
    """What this person told for one enterprise and is not closed yet."""
    return [item for item in open_of(session, person) if item.enterprise_id == enterprise.id]


def reachable(session: Session, enterprise: Enterprise, but: Person) -> Sequence[Person]:
    """Other contacts of an enterprise who have an account, those who have been there longest first."""
    bound = select(EnterpriseContact.person_id).where(EnterpriseContact.enterprise_id == enterprise.id)
    have = Person.id.in_(select(Identity.person_id))
    found = select(Person).where(Person.id.in_(bound), have, Person.active, Person.id != but.id)
    return session.scalars(found.order_by(Person.id)).all()


def all_of(session: Session, enterprise: Enterprise) -> Sequence[Person]:
    """Every contact of an enterprise."""
    bound = select(EnterpriseContact.person_id).where(EnterpriseContact.enterprise_id == enterprise.id)
    return session.scalars(select(Person).where(Person.id.in_(bound), Person.active).order_by(Person.id)).all()
