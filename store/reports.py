"""Named queries on reports, their fragments, and open questions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables import Fragment, Item, Person, Question, Report


def settling(session: Session, person: Person, now: datetime) -> Report | None:
    """The report this person is still telling us about."""
    found = select(Report).where(Report.person_id == person.id, Report.settles_at > now)
    return session.scalar(found.order_by(Report.id.desc()).limit(1))


def loose_fragments(session: Session, person: Person, since: datetime) -> Sequence[Fragment]:
    """Pictures, voice and places that came before any words said what they are about."""
    found = select(Fragment).where(
        Fragment.person_id == person.id,
        Fragment.at >= since,
        Fragment.report_id.is_(None),
        Fragment.item_id.is_(None),
    )
    return session.scalars(found.order_by(Fragment.id)).all()


def evidence(session: Session, item: Item) -> int:
    """How many pictures, voices and places whoever declared an item done has sent for it."""
    sent = (Fragment.item_id == item.id) & (Fragment.person_id == item.handler_id)
    return session.scalar(select(func.count()).select_from(Fragment).where(sent)) or 0


def sent_for(session: Session, item: Item, person: Person, since: datetime) -> int:
    """How many pictures, voices and places this person has sent for an item after that moment."""
    sent = (Fragment.item_id == item.id) & (Fragment.person_id == person.id) & (Fragment.at > since)
    return session.scalar(select(func.count()).select_from(Fragment).where(sent)) or 0


def question(session: Session, person: Person, now: datetime) -> Question | None:
    """What this person was asked and has not answered yet."""
    asked = session.get(Question, person.id)
    return asked if asked is not None and asked.expires_at > now else None
