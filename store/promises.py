"""Named queries on promises. They find and count; they decide nothing."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from store.tables import Commitment, Department, Item, Person


def open_of(session: Session, officer: Person) -> Sequence[Commitment]:
    """What an officer has promised on open items, the soonest first."""
    waiting = (Commitment.by_id == officer.id) & (Commitment.status == "open") & Item.closed_at.is_(None)
    found = select(Commitment).join(Commitment.item).where(waiting)
    return session.scalars(found.order_by(Commitment.due_at, Commitment.id)).all()


def counts_of(session: Session, officer: Person) -> dict[str, int]:
    """How many promises of an officer there are of each status."""
    return _counts(session, Commitment.by_id == officer.id)


def counts(session: Session) -> dict[str, int]:
    """The same of all officers, restricted items left out."""
    return _counts(session, ~Item.restricted)


def _counts(session: Session, which: ColumnElement[bool]) -> dict[str, int]:
    counted = select(Commitment.status, func.count()).join(Commitment.item).where(which).group_by(Commitment.status)
    return dict(session.execute(counted).all())


def by_unit(session: Session) -> list[tuple[str, int, int]]:
    """For each unit with a broken promise its name, how many were broken, and how many had come due; most broken
    first."""
    broken = func.count().filter(Commitment.status == "broken")
    found = (
        select(Department.name, broken, func.count())
        .select_from(Commitment)
        .join(Commitment.item)
        .join(Commitment.by)
        .join(Person.department)
        .where(Commitment.status.in_(("kept", "broken")), ~Item.restricted)
        .group_by(Department.id, Department.name)
        .having(broken > 0)
        .order_by(broken.desc(), Department.id)
    )
    return [(name, failed, due) for name, failed, due in session.execute(found)]


def newest_broken(session: Session, limit: int) -> Sequence[Commitment]:
    found = select(Commitment).join(Commitment.item).where(Commitment.status == "broken", ~Item.restricted)
    return session.scalars(found.order_by(Commitment.due_at.desc(), Commitment.id.desc()).limit(limit)).all()
