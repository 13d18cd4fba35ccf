"""Named queries on reports, their fragments, and open questions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from store.pending import Pending, nothing
from store.tables import Fragment, Item, Person, Question, Report

_SETTLING = (
    select(Report)
    .where(Report.person_id == bindparam("person"), Report.settles_at > bindparam("now"))
    .order_by(Report.id.desc())
    .limit(1)
)


def settling(session: Session, person: Person, now: datetime) -> Report | None:
    """The report this person is still telling us about."""
    if nothing(session, Pending.SETTLING, person.id, now):
        return None
    return session.scalar(_SETTLING, {"person": person.id, "now": now})


ASIDE = "forwarded"
"""The kind of a chat that waits to be told whose it is."""


def aside(session: Session, person: Person, since: datetime) -> Fragment | None:
    """The newest chat this person passed on without saying whose it is."""
    mine = select(Fragment).where(Fragment.person_id == person.id, Fragment.kind == ASIDE, Fragment.at >= since)
    return session.scalar(mine.order_by(Fragment.id.desc()).limit(1))


_LOOSE = (
    select(Fragment)
    .where(Fragment.person_id == bindparam("person"), Fragment.at >= bindparam("since"))
    .where(Fragment.report_id.is_(None), Fragment.item_id.is_(None), Fragment.kind != ASIDE)
    .order_by(Fragment.id)
)


def loose_fragments(session: Session, person: Person, since: datetime) -> Sequence[Fragment]:
    """Pictures, voice and places that came before any words said what they are about."""
    if nothing(session, Pending.LOOSE, person.id, since):
        return []
    return session.scalars(_LOOSE, {"person": person.id, "since": since}).all()


def evidence(session: Session, item: Item) -> int:
    """How many pictures, voices and places whoever declared an item done has sent for it."""
    sent = (Fragment.item_id == item.id) & (Fragment.person_id == item.handler_id)
    return session.scalar(select(func.count()).select_from(Fragment).where(sent)) or 0


def sent_for(session: Session, item: Item, person: Person, since: datetime) -> int:
    """How many pictures, voices and places this person has sent for an item after that moment."""
    sent = (Fragment.item_id == item.id) & (Fragment.person_id == person.id) & (Fragment.at > since)
    return session.scalar(select(func.count()).select_from(Fragment).where(sent)) or 0


_QUESTION = select(Question).where(Question.person_id == bindparam("person"), Question.expires_at > bindparam("now"))


def question(session: Session, person: Person, now: datetime) -> Question | None:
    """What this person was asked and has not answered yet."""
    if nothing(session, Pending.QUESTION, person.id, now):
        return None
    return session.scalar(_QUESTION, {"person": person.id, "now": now})
