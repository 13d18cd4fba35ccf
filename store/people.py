"""Named queries on people, units and enterprises."""

from collections.abc import Sequence

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session, joinedload

from store.memo import remembered
from store.tables import HOME, Department, Enterprise, Identity, Invitation, Person

HANDLERS = ("officer", "discipline")
"""The roles whose people have items in their hands."""


_IDENTITY = (
    select(Identity)
    .where(Identity.district_id == HOME)
    .where(Identity.channel == bindparam("channel"), Identity.external_id == bindparam("external_id"))
    .options(joinedload(Identity.person).joinedload(Person.enterprises))
)


def identity(session: Session, channel: str, external_id: str) -> Identity | None:
    found = session.scalars(_IDENTITY, {"channel": channel, "external_id": external_id})
    return found.unique().one_or_none()


def identities_of(session: Session, person: Person) -> Sequence[Identity]:
    """Where this person can be reached."""
    return session.scalars(select(Identity).where(Identity.person_id == person.id).order_by(Identity.id)).all()


def identity_of(session: Session, person: Person, channel: str) -> Identity | None:
    """Where this person can be reached on one channel."""
    found = select(Identity).where(Identity.person_id == person.id, Identity.channel == channel)
    return session.scalar(found.order_by(Identity.id))


def add_stranger(session: Session, channel: str, external_id: str, name: str) -> Identity:
    """Somebody nobody knows writes for the first time. They may report; they are bound to nothing."""
    person = Person(key=f"{channel}:{external_id}", name=name, role="stranger")
    found = Identity(channel=channel, external_id=external_id, person=person)
    session.add_all([person, found])
    session.flush()
    return found


def rename_account(session: Session, identity: Identity, external_id: str) -> None:
    """The platform calls this account something else from now on."""
    identity.external_id = external_id
    session.flush()


@remembered
def with_role(session: Session, role: str) -> Sequence[Person]:
    found = select(Person).where(Person.role == role, Person.active)
    return session.scalars(found.order_by(Person.id)).all()


def named_in(session: Session, text: str) -> Sequence[Person]:
    """Officials, present or former, whose name these words contain."""
    officials = Person.role.not_in(("contact", "stranger"))
    return session.scalars(select(Person).where(officials, literal(text).contains(Person.name))).all()


@remembered
def in_department(session: Session, department: Department, role: str) -> Sequence[Person]:
    found = select(Person).where(Person.department_id == department.id, Person.role == role, Person.active)
    return session.scalars(found.order_by(Person.id)).all()


def everybody(session: Session) -> Sequence[Person]:
    return session.scalars(select(Person).where(Person.active).order_by(Person.id)).all()


_DEPARTMENT = select(Department).where(Department.code == bindparam("code"))


@remembered
def department(session: Session, code: str | None) -> Department | None:
    """The unit in force with this code, or the one that took over what had it."""
    found = session.scalar(_DEPARTMENT, {"code": code})
    unit = heir(session, found) if found else None
    return unit if unit is not None and unit.valid_to is None else None


def departments_named(session: Session, name: str) -> Sequence[Department]:
    """Units in force whose name or code is this, or else whose name contains it, or else that took over from one of
    this name."""
    valid = select(Department).where(Department.valid_to.is_(None)).order_by(Department.id)
    exact = session.scalars(valid.where((Department.name == name) | (Department.code == name))).all()
    alike = exact or session.scalars(valid.where(Department.name.contains(name, autoescape=True))).all()
    gone = select(Department).where(Department.valid_to.is_not(None), Department.name == name)
    return alike or [unit for one in session.scalars(gone) if (unit := heir(session, one)).valid_to is None]


def with_descendants(session: Session, unit: Department) -> list[int]:
    """A unit and every unit below it. What a unit had that is no more belongs to the one that took it over."""
    above = {
        each.code: (each.successor_code or each.parent_code) if each.valid_to else each.parent_code
        for each in everything(session)
    }
    inside = {unit.code}
    for code in above:
        path: list[str] = []
        at: str | None = code
        while at is not None and at not in path and at not in inside:
            path.append(at)
            at = above.get(at)
        inside.update(path if at in inside else ())
    return [each.id for each in everything(session) if each.code in inside]


def heir(session: Session, unit: Department) -> Department:
    """The unit that has what this one had: itself while it is in force."""
    seen: set[str] = set()
    while unit.valid_to is not None and unit.successor_code and unit.code not in seen:
        seen.add(unit.code)
        after = session.scalar(select(Department).where(Department.code == unit.successor_code))
        unit = after or unit
    return unit


def everything(session: Session) -> Sequence[Department]:
    """Every unit there is or has been."""
    return session.scalars(select(Department).order_by(Department.id)).all()


def people_named(session: Session, name: str, roles: tuple[str, ...]) -> Sequence[Person]:
    found = select(Person).where(Person.name == name, Person.role.in_(roles), Person.active)
    return session.scalars(found.order_by(Person.id)).all()


def enterprise_named(session: Session, name: str) -> Sequence[Enterprise]:
    exact = session.scalars(select(Enterprise).where(Enterprise.name == name)).all()
    if exact:
        return exact
    return session.scalars(select(Enterprise).where(Enterprise.name.contains(name, autoescape=True))).all()


def invitation(session: Session, code: str) -> Invitation | None:
    """The invitation with this code, locked: two people may type it at the same time."""
    found = select(Invitation).where(Invitation.district_id == HOME, Invitation.code == code)
    return session.scalar(found.with_for_update())
