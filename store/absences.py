"""Named queries on absences, and on the work that goes to a deputy meanwhile."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from store.items import SOONEST
from store.memo import remembered
from store.tables import Item, Leave, Person

LIVE = ("planned", "running")


_AWAY = (
    select(Leave)
    .where(Leave.status.in_(LIVE), Leave.starts_at <= bindparam("now"), Leave.ends_at > bindparam("now"))
    .order_by(Leave.id)
)


@remembered
def away(session: Session, now: datetime) -> dict[int, Leave]:
    """Who is away at this moment, by the person's id: by the clock, whether or not a tick has noticed."""
    return {leave.person_id: leave for leave in session.scalars(_AWAY, {"now": now})}


def due(session: Session, now: datetime) -> Sequence[Leave]:
    """Absences that begin or end by now, the earliest first, locked against other workers where the database can."""
    begins = and_(Leave.status == "planned", Leave.starts_at <= now)
    ends = and_(Leave.status == "running", Leave.ends_at <= now)
    found = select(Leave).where(or_(begins, ends)).order_by(Leave.starts_at, Leave.id)
    return session.scalars(found.with_for_update(skip_locked=True)).all()


def next_moment(session: Session) -> datetime | None:
    """When the next absence begins or ends."""
    begins = session.scalar(select(func.min(Leave.starts_at)).where(Leave.status == "planned"))
    ends = session.scalar(select(func.min(Leave.ends_at)).where(Leave.status == "running"))
    return min((moment for moment in (begins, ends) if moment is not None), default=None)


def of_person(session: Session, person: Person) -> Sequence[Leave]:
    """This person's absences that are not over, the nearest first, locked: two words may come at once."""
    found = select(Leave).where(Leave.person_id == person.id, Leave.status.in_(LIVE))
    return session.scalars(found.order_by(Leave.starts_at, Leave.id).with_for_update()).all()


def of_deputy(session: Session, deputy: Person) -> Sequence[Leave]:
    found = select(Leave).where(Leave.deputy_id == deputy.id, Leave.status.in_(LIVE))
    return session.scalars(found.order_by(Leave.starts_at, Leave.id)).all()


def live(session: Session) -> Sequence[Leave]:
    """All absences that are not over, the nearest first."""
    return session.scalars(select(Leave).where(Leave.status.in_(LIVE)).order_by(Leave.starts_at, Leave.id)).all()


def held(session: Session, holder: Person, owners: Iterable[int]) -> Sequence[Item]:
    """Open items in this person's hands, and those a deputy has for one of these people; locked."""
    touched = or_(Item.officer_id == holder.id, Item.acting_for_id.in_(list(owners)))
    found = select(Item).where(touched, Item.closed_at.is_(None)).order_by(*SOONEST)
    return session.scalars(found.with_for_update()).all()


def done_for(session: Session, person: Person, since: datetime, *, restricted: bool = True) -> int:
    """How many of this person's items somebody else has declared done since then."""
    done = and_(Item.acting_for_id == person.id, Item.handler_id != person.id, Item.resolved_at >= since)
    if not restricted:
        done = and_(done, ~Item.restricted)
    return session.scalar(select(func.count()).select_from(Item).where(done)) or 0
