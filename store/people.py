"""Named queries on people, units and enterprises."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.orm import Session, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from store.memo import foresee, remembered
from store.tables import HOME, Department, Enterprise, EnterpriseContact, Identity, Item, Particulars, Person
from store.vault import WrongKey, vault

HANDLERS = ("officer", "discipline")
"""The roles whose people have items in their hands."""


ACCOUNT = "account"
"""The purpose for which accounts are sealed."""


def account_index(session: Session, channel: str, external_id: str) -> str:
    """What an account is found by, without naming it."""
    return vault(session).index(ACCOUNT, f"{channel}:{external_id}")


# One plain join after the other: what the loader would nest, SQLite reads whole, all who speak for any enterprise.
_IDENTITY = (
    select(Identity)
    .join(Identity.person)
    .join(Person.particulars)
    .outerjoin(EnterpriseContact, EnterpriseContact.person_id == Person.id)
    .outerjoin(Enterprise, Enterprise.id == EnterpriseContact.enterprise_id)
    .where(Identity.district_id == HOME)
    .where(Identity.channel == bindparam("channel"), Identity.account_index == bindparam("account_index"))
    .order_by(Enterprise.id)
    .options(
        contains_eager(Identity.person).contains_eager(Person.enterprises),
        contains_eager(Identity.person).contains_eager(Person.particulars),
    )
)


def identity(session: Session, channel: str, external_id: str) -> Identity | None:
    """Who writes from this account, and for which enterprises."""
    index = account_index(session, channel, external_id)
    return session.scalars(_IDENTITY, {"channel": channel, "account_index": index}).unique().one_or_none()


def account_of(session: Session, identity: Identity) -> str:
    """The openid or user id behind an identity. Raises WrongKey."""
    return vault(session).open(ACCOUNT, identity.account)


def add_account(session: Session, person: Person, channel: str, external_id: str) -> Identity:
    """This person can be reached there from now on."""
    found = Identity(
        channel=channel,
        account=vault(session).seal(ACCOUNT, external_id),
        account_index=account_index(session, channel, external_id),
        person=person,
    )
    session.add(found)
    return found


def key_fits(session: Session) -> bool:
    """Whether the accounts in this database were sealed with the key at hand. With another one everybody would be a
    stranger, and nobody would know why."""
    some = session.scalar(select(Identity).order_by(Identity.id).limit(1))
    try:
        return some is None or bool(account_of(session, some))
    except WrongKey:
        return False


def identities_of(session: Session, person: Person) -> Sequence[Identity]:
    """Where this person can be reached."""
    return session.scalars(select(Identity).where(Identity.person_id == person.id).order_by(Identity.id)).all()


def identity_of(session: Session, person: Person, channel: str) -> Identity | None:
    """Where this person can be reached on one channel."""
    found = select(Identity).where(Identity.person_id == person.id, Identity.channel == channel)
    return session.scalar(found.order_by(Identity.id))


def add_stranger(session: Session, channel: str, external_id: str, name: str) -> Identity:
    """Somebody nobody knows writes for the first time. They may report; they are bound to nothing."""
    person = Person(key=f"stranger:{secrets.token_hex(8)}", name=name, role="stranger")
    session.add(person)
    found = add_account(session, person, channel, external_id)
    session.flush()
    return found


_HEARD = (
    update(Identity)
    .where(Identity.id == bindparam("row"))
    .values(
        heard_at=bindparam("heard_at"),
        in_minute=bindparam("in_minute"),
        in_day=bindparam("in_day"),
        noticed_at=bindparam("noticed_at"),
    )
)
_OFTEN = ("heard_at", "in_minute", "in_day", "noticed_at")


def heard(session: Session, identity: Identity, **told: Any) -> None:
    """Write down what changes with every message of an account, past the unit of work."""
    for name, value in told.items():
        set_committed_value(identity, name, value)
    kept = {name: getattr(identity, name) for name in _OFTEN}
    session.connection().execute(_HEARD, {"row": identity.id, **kept})


def rename_account(session: Session, identity: Identity, external_id: str) -> None:
    """The platform calls this account something else from now on."""
    identity.account = vault(session).seal(ACCOUNT, external_id)
    identity.account_index = account_index(session, identity.channel, external_id)
    session.flush()


def silent_strangers(session: Session, before: datetime, limit: int = 100) -> Sequence[Person]:
    """People bound to nothing, with nothing open, who have not written since then."""
    wrote = select(Identity.person_id).where(Identity.heard_at < before)
    waiting = select(Item.contact_id).where(Item.closed_at.is_(None))
    silent = Person.id.in_(wrote) & Person.id.not_in(waiting)
    found = select(Person).where(Person.role == "stranger", Person.active, Person.erased_at.is_(None), silent)
    return session.scalars(found.order_by(Person.id).limit(limit)).all()


@remembered
def with_role(session: Session, role: str) -> Sequence[Person]:
    found = select(Person).where(Person.role == role, Person.active)
    return session.scalars(found.order_by(Person.id)).all()


def named_in(session: Session, text: str) -> Sequence[Person]:
    """Officials, present or former, whose name these words contain."""
    officials = Person.role.not_in(("contact", "stranger"))
    named = select(Particulars.person_id).where(literal(text).contains(Particulars.name))
    return session.scalars(select(Person).where(officials, Person.id.in_(named))).all()


_IN_DEPARTMENT = (
    select(Person)
    .where(Person.department_id == bindparam("unit"), Person.role == bindparam("role"), Person.active)
    .order_by(Person.id)
)


@remembered
def in_department(session: Session, department: Department, role: str) -> Sequence[Person]:
    return session.scalars(_IN_DEPARTMENT, {"unit": department.id, "role": role}).all()


def foresee_department(session: Session, units: Collection[Department], role: str) -> None:
    """What `in_department` would answer of each of these units, asked for all at once."""
    found: dict[int | None, list[Person]] = {unit.id: [] for unit in units}
    asked = select(Person).where(Person.department_id.in_(list(found)), Person.role == role, Person.active)
    for person in session.scalars(asked.order_by(Person.id)) if found else ():
        found[person.department_id].append(person)
    answers: dict[tuple[Department, str], Sequence[Person]] = {(unit, role): found[unit.id] for unit in units}
    foresee(session, in_department, answers)


def everybody(session: Session) -> Sequence[Person]:
    return session.scalars(select(Person).where(Person.active).order_by(Person.id)).all()


_DEPARTMENT = select(Department).where(Department.code == bindparam("code"))


@remembered
def department(session: Session, code: str | None) -> Department | None:
    """The unit in force with this code, or the one that took over what had it."""
    found = session.scalar(_DEPARTMENT, {"code": code})
    unit = heir(session, found) if found else None
    return unit if unit is not None and unit.valid_to is None else None


_DEPARTMENT_NAME = select(Department.name, Department.valid_to).where(Department.code == bindparam("code"))


def department_name(session: Session, code: str) -> str | None:
    """What the unit of this code is called, or the one that took over what it had: see `department`."""
    found = session.connection().execute(_DEPARTMENT_NAME, {"code": code}).first()
    if found is None or found.valid_to is None:
        return found.name if found else None
    unit = department(session, code)
    return unit.name if unit else None


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
    named = select(Particulars.person_id).where(Particulars.name == name)
    found = select(Person).where(Person.id.in_(named), Person.role.in_(roles), Person.active)
    return session.scalars(found.order_by(Person.id)).all()


def enterprise_named(session: Session, name: str) -> Sequence[Enterprise]:
    exact = session.scalars(select(Enterprise).where(Enterprise.name == name)).all()
    if exact:
        return exact
    return session.scalars(select(Enterprise).where(Enterprise.name.contains(name, autoescape=True))).all()
