"""Named queries on items. They find and count; they decide nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.dml import ReturningInsert

from store import whose
from store.counts import late
from store.memo import foresee, remembered
from store.numbers import Among, within
from store.tables import DayCounter, Enterprise, Event, Extension, Item, Person
from store.upsert import insert_for

SOONEST = (Item.due_at.is_(None), Item.due_at, Item.id)
"""Oldest deadline first; without one last, on every database."""


APART = 9000
"""What is counted apart begins behind this, far above what a district registers in a day."""


def new_number(session: Session, district_id: str, day: date, *, apart: bool = False) -> str:
    """The next number of that local day, `YYYYMMDD-NNN`; unique per district, without gaps on one day. `apart`: of a
    row of its own, so that no gap shows those who may not know of it that there is something."""
    connection, row = session.connection(), f"{district_id}, apart" if apart else district_id
    last = connection.scalar(_counting(connection.dialect.name), {"district_id": row, "day": day, "last": 1}) or 0
    return f"{day:%Y%m%d}-{last + APART if apart else last:03d}"


@cache
def _counting(kind: str) -> ReturningInsert[int]:
    counted = insert_for(kind, DayCounter).on_conflict_do_update(
        index_elements=["district_id", "day"], set_={"last": DayCounter.last + 1}
    )
    return counted.returning(DayCounter.last)


_DUE = (
    select(Item)
    .where(Item.next_check_at <= bindparam("now"))
    .order_by(Item.next_check_at, Item.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Item)
    .options(
        selectinload(Item.contact),
        selectinload(Item.officer),
        selectinload(Item.lead),
        selectinload(Item.supports),
        selectinload(Item.extensions),
        selectinload(Item.pauses),
        selectinload(Item.handovers),
        selectinload(Item.escalations),
        selectinload(Item.commitments),
    )
)


def due(session: Session, now: datetime, limit: int) -> Sequence[Item]:
    """Items whose next check has come, locked against other workers where the database can, with all that a check
    looks at."""
    found = session.scalars(_DUE, {"now": now, "most": limit}).all()
    if found:
        foresee(session, merged_contacts, _merged_contacts(session, found))
    return found


def locked(session: Session, found: Sequence[Item]) -> Sequence[Item]:
    """These items as they are now, nobody else's until the end of the transaction; always in one order, so that two
    who want the same ones never wait for each other."""
    wanted = select(Item).where(Item.id.in_([item.id for item in found])).order_by(Item.id)
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()


def next_check(session: Session) -> datetime | None:
    """When the next item wants to be looked at."""
    return session.scalar(select(func.min(Item.next_check_at)))


def open_items() -> Select[Item]:
    """Open items that are not restricted, oldest deadline first."""
    return select(Item).where(Item.closed_at.is_(None), ~Item.restricted).order_by(*SOONEST)


def all_open(session: Session) -> Sequence[Item]:
    """Every open item, the restricted ones too, in the order of their numbers."""
    return session.scalars(select(Item).where(Item.closed_at.is_(None)).order_by(Item.number)).all()


def first_open(session: Session, limit: int) -> Sequence[Item]:
    return session.scalars(open_items().limit(limit)).all()


def open_of_officer(session: Session, officer: Person) -> Sequence[Item]:
    found = select(Item).where(Item.officer_id == officer.id, Item.closed_at.is_(None))
    return session.scalars(found.order_by(*SOONEST)).all()


def last_told_by(session: Session, officer: Person, since: datetime) -> Item | None:
    """The open item in this officer's hands of which they last said something since then."""
    told = (Event.actor_id == officer.id) & (Event.at >= since)
    mine = (Item.officer_id == officer.id) & Item.closed_at.is_(None)
    return session.scalar(select(Item).join(Item.events).where(mine, told).order_by(Event.id.desc()).limit(1))


def of_contact(session: Session, contact: Person, limit: int) -> Sequence[Item]:
    """What this person, or a colleague at the same enterprise, has reported; open items first, newest first."""
    found = select(Item).where(whose.of_contact(contact.id))
    found = found.order_by(Item.closed_at.is_not(None), Item.id.desc()).limit(limit)
    return session.scalars(found).all()


def newest_open_of_contact(session: Session, contact: Person) -> Item | None:
    found = select(Item).where(Item.contact_id == contact.id, Item.closed_at.is_(None))
    return session.scalar(found.order_by(Item.id.desc()).limit(1))


def judged(session: Session) -> Sequence[Item]:
    """Every problem ever reported that is not restricted, in the order of their numbers: past cases to replay."""
    found = select(Item).where(Item.kind == "problem", ~Item.restricted)
    return session.scalars(found.order_by(Item.district_id, Item.id)).all()


def by_number(session: Session, district_id: str, number: str) -> Item | None:
    return session.scalar(select(Item).where(Item.district_id == district_id, Item.number == number))


def by_short_number(session: Session, district_id: str, short: str, limit: int) -> Sequence[Item]:
    """Items of any day with this running number, open and newest first."""
    found = select(Item).where(Item.district_id == district_id, Item.short == short)
    return session.scalars(found.order_by(Item.closed_at.is_not(None), Item.id.desc()).limit(limit)).all()


_OPEN_COUNTS = (
    select(Item.officer_id, func.count())
    .where(Item.officer_id.in_(bindparam("officers", expanding=True)), Item.closed_at.is_(None))
    .group_by(Item.officer_id)
)


def open_counts(session: Session, officers: Iterable[Person]) -> dict[int, int]:
    """How many open items each of these officers has; those without any are left out."""
    found = session.execute(_OPEN_COUNTS, {"officers": [officer.id for officer in officers]})
    return {officer: n for officer, n in found if officer is not None}


def overdue(session: Session, now: datetime, limit: int) -> Sequence[Item]:
    return session.scalars(open_items().where(late(now)).limit(limit)).all()


def latest(session: Session, among: Among, now: datetime) -> Item | None:
    """Of these items the one that is furthest past its deadline."""
    return session.scalar(open_items().where(late(now), *within(among)).limit(1))


def supervised(session: Session, limit: int) -> Sequence[Item]:
    """Open items that somebody has put under supervision."""
    asked = select(Event.item_id).where(Event.action == "supervise")
    return session.scalars(open_items().where(Item.id.in_(asked)).limit(limit)).all()


def waiting_triage(session: Session, limit: int) -> Sequence[Item]:
    found = open_items().where(Item.state == "triage").order_by(None).order_by(Item.registered_at)
    return session.scalars(found.limit(limit)).all()


def urgent(session: Session, limit: int) -> Sequence[Item]:
    return session.scalars(open_items().where(Item.urgent).limit(limit)).all()


def of_superior(session: Session, number: str) -> Sequence[Item]:
    """Items that a superior knows by this number, open or not."""
    found = select(Item).where(Item.superior_number == number, ~Item.restricted)
    return session.scalars(found.order_by(*SOONEST)).all()


def out_of_remit(session: Session, limit: int) -> Sequence[Item]:
    """What was found not to be in the office's remit, the newest first."""
    found = select(Item).where(Item.scope != "ours", ~Item.restricted)
    return session.scalars(found.order_by(Item.id.desc()).limit(limit)).all()


def matching(session: Session, words: str, limit: int) -> Sequence[Item]:
    """Open items whose text or enterprise contains these words."""
    found = open_items().outerjoin(Item.enterprise)
    found = found.where(
        Item.text.icontains(words, autoescape=True) | Enterprise.name.icontains(words, autoescape=True)
    )
    return session.scalars(found.limit(limit)).all()


def ledger(session: Session) -> Sequence[Item]:
    """All unrestricted items in the order of their numbers, with everything a ledger shows."""
    shown = (
        selectinload(Item.events).selectinload(Event.actor),
        selectinload(Item.enterprise),
        selectinload(Item.officer),
        selectinload(Item.lead),
    )
    return session.scalars(select(Item).where(~Item.restricted).options(*shown).order_by(Item.number)).all()


def open_extension(session: Session, item: Item) -> Extension | None:
    found = select(Extension).where(Extension.item_id == item.id, Extension.status == "asked")
    return session.scalar(found.order_by(Extension.id.desc()))


def newest_of(session: Session, person_id: int) -> Item | None:
    """The newest item a person told of."""
    return session.scalar(select(Item).where(Item.contact_id == person_id).order_by(Item.id.desc()).limit(1))


def how_many(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Item)) or 0


_MERGED = (
    select(Item.merged_into_id, Person)
    .join(Item.contact)
    .where(Item.merged_into_id.in_(bindparam("into", expanding=True)))
    .distinct()
    .order_by(Person.id)
)


@remembered
def merged_contacts(session: Session, item: Item) -> Sequence[Person]:
    """Those whose own item was merged into this one: they hear of it from now on."""
    return _merged_contacts(session, [item])[item,]


def _merged_contacts(session: Session, into: Sequence[Item]) -> dict[tuple[Item], Sequence[Person]]:
    """The same of several items at once, by the item."""
    told: dict[int | None, list[Person]] = {item.id: [] for item in into}
    for item_id, person in session.execute(_MERGED, {"into": list(told)}):
        told[item_id].append(person)
    return {(item,): told[item.id] for item in into}


def open_without_enterprise(session: Session, contact: Person) -> Sequence[Item]:
    unbound = Item.enterprise_id.is_(None) & ~Item.restricted
    return session.scalars(select(Item).where(Item.contact_id == contact.id, Item.closed_at.is_(None), unbound)).all()
