"""Named queries on visits, and on who owes them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables import Enterprise, Person, Visit


def between(
    session: Session, officer: Person, enterprise: Enterprise, begins: datetime, ends: datetime
) -> Visit | None:
    """This officer's visit to this enterprise in that time."""
    mine = (Visit.officer_id == officer.id) & (Visit.enterprise_id == enterprise.id)
    found = select(Visit).where(mine, Visit.at >= begins, Visit.at < ends)
    return session.scalar(found.order_by(Visit.id).limit(1).with_for_update())


def counts(
    session: Session, begins: datetime, ends: datetime, officer: Person | None = None
) -> dict[tuple[int, int], int]:
    """How often each officer, or this one, was at each enterprise in that time."""
    counted = select(Visit.officer_id, Visit.enterprise_id, func.count()).where(Visit.at >= begins, Visit.at < ends)
    if officer is not None:
        counted = counted.where(Visit.officer_id == officer.id)
    grouped = counted.group_by(Visit.officer_id, Visit.enterprise_id)
    return {(officer, enterprise): n for officer, enterprise, n in session.execute(grouped)}


def bound(session: Session, officer: Person | None = None) -> Sequence[tuple[Person, Enterprise]]:
    """Every officer in the service, or this one, with each enterprise he or she is bound to."""
    found = select(Person, Enterprise).join(Enterprise, Enterprise.bound_officer_id == Person.id)
    if officer is not None:
        found = found.where(Person.id == officer.id)
    rows = session.execute(found.where(Person.active).order_by(Person.id, Enterprise.id))
    return [(officer, enterprise) for officer, enterprise in rows]
