"""Named queries of the import: rows by the keys that import files use."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from store import people
from store.tables import (
    HOME,
    Department,
    Enterprise,
    Event,
    Fragment,
    Identity,
    Inbox,
    Invitation,
    Item,
    Particulars,
    Person,
    Push,
    Question,
    Report,
)


def department(session: Session, code: str) -> Department | None:
    return session.scalar(select(Department).where(Department.district_id == HOME, Department.code == code))


def successors(session: Session, code: str) -> list[Department]:
    """The unit with this code and those that took over after it, one from the other."""
    found: list[Department] = []
    unit = department(session, code)
    while unit is not None and unit not in found:
        found.append(unit)
        unit = department(session, unit.successor_code) if unit.successor_code else None
    return found


def enterprise(session: Session, name: str) -> Enterprise | None:
    return session.scalar(select(Enterprise).where(Enterprise.district_id == HOME, Enterprise.name == name))


def person(session: Session, key: str) -> Person | None:
    named = select(Particulars.person_id).where(Particulars.district_id == HOME, Particulars.key == key)
    return session.scalar(select(Person).where(Person.id == named.scalar_subquery()))


def has_account(session: Session, owner: Person, channel: str, external_id: str) -> bool:
    """Whether this account is the person's, or the person has none on this channel yet."""
    own = session.scalars(select(Identity).where(Identity.channel == channel, Identity.person_id == owner.id)).all()
    index = people.account_index(session, channel, external_id)
    return not own or index in [identity.account_index for identity in own]


def claim(session: Session, owner: Person, channel: str, external_id: str) -> bool:
    """Make this the person's only account on a channel; False when it belongs to somebody else.

    A stranger who has written before becomes this person, with all they told.
    """
    found = people.identity(session, channel, external_id)
    if found is not None and found.person_id != owner.id:
        if found.person.role != "stranger":
            return False
        _become(session, found.person, owner)
    older = select(Identity).where(Identity.channel == channel, Identity.person_id == owner.id)
    for identity in session.scalars(older):
        if identity is not found:
            session.delete(identity)
    if found is None:
        people.add_account(session, owner, channel, external_id)
    else:
        found.person = owner
    return True


def _become(session: Session, stranger: Person, owner: Person) -> None:
    """Everything that hangs on the stranger hangs on the person from now on."""
    theirs = (Item.contact_id, Report.person_id, Fragment.person_id, Event.actor_id, Push.person_id, Inbox.person_id)
    for column in theirs:
        moved = update(column.class_).where(column == stranger.id)
        session.execute(moved.values({column.key: owner.id}))
    session.execute(delete(Question).where(Question.person_id == stranger.id))
    stranger.active = False


def invite(session: Session, code: str, to: Enterprise) -> bool:
    """Make an invitation; False when the code is already another enterprise's."""
    found = session.scalar(select(Invitation).where(Invitation.district_id == HOME, Invitation.code == code))
    if found is None:
        session.add(Invitation(code=code, enterprise=to))
    return found is None or found.enterprise_id == to.id
