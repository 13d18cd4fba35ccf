"""Named queries of the import: rows by the keys that import files use."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import HOME, Department, Enterprise, Identity, Invitation, Person


def department(session: Session, code: str) -> Department | None:
    return session.scalar(select(Department).where(Department.district_id == HOME, Department.code == code))


def enterprise(session: Session, name: str) -> Enterprise | None:
    return session.scalar(select(Enterprise).where(Enterprise.district_id == HOME, Enterprise.name == name))


def person(session: Session, key: str) -> Person | None:
    return session.scalar(select(Person).where(Person.district_id == HOME, Person.key == key))


def claim(session: Session, owner: Person, channel: str, external_id: str) -> bool:
    """Tie an account of a channel to a person; False when it belongs to somebody else.

    A stranger who has written before becomes this person: what they told stays theirs under the same account.
    """
    found = session.scalar(select(Identity).where(Identity.channel == channel, Identity.external_id == external_id))
    if found is None:
        session.add(Identity(channel=channel, external_id=external_id, person=owner, window_left=0))
        return True
    if found.person_id == owner.id:
        return True
    if found.person.role != "stranger":
        return False
    found.person = owner
    return True


def invite(session: Session, code: str, to: Enterprise) -> None:
    found = session.scalar(select(Invitation).where(Invitation.district_id == HOME, Invitation.code == code))
    if found is None:
        session.add(Invitation(code=code, enterprise=to))
