"""Named queries on what goes on beside the state of items."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Escalation, Extension, Handover, Item, Pause, Support


def offered_to(session: Session, people: Iterable[int]) -> Sequence[Item]:
    """Open items whose transfer waits for the signature of one of these people."""
    waiting = Handover.to_id.in_(list(people)) & (Handover.status == "offered")
    found = select(Item).join(Handover, Handover.item_id == Item.id).where(waiting, Item.closed_at.is_(None))
    return session.scalars(found.order_by(Item.id)).all()


def supported_by(session: Session, people: Iterable[int]) -> Sequence[Item]:
    """Open items that wait for the answer of one of these people as a supporter."""
    waiting = Support.officer_id.in_(list(people)) & (Support.status == "asked")
    found = select(Item).join(Support, Support.item_id == Item.id).where(waiting, Item.closed_at.is_(None))
    return session.scalars(found.order_by(Item.id)).all()


def with_pause(session: Session, status: str) -> Sequence[Item]:
    """Open items that have a pause in this status."""
    found = select(Item).join(Pause, Pause.item_id == Item.id).where(Pause.status == status, Item.closed_at.is_(None))
    return session.scalars(found.order_by(Item.id)).all()


def with_extension(session: Session) -> Sequence[Item]:
    """Items in hand whose owner has asked for a later deadline than the one they have, and waits for an answer."""
    asked = (Extension.status == "asked") & (Extension.old_due_at == Item.due_at)
    found = select(Item).join(Extension, Extension.item_id == Item.id).where(asked)
    return session.scalars(found.where(Item.state.in_(("assigned", "handling"))).order_by(Item.id)).all()


def escalated(session: Session, level: str) -> Sequence[Escalation]:
    """What waits for an answer from that level, the longest first; nothing restricted, nothing that has ended."""
    found = select(Escalation).join(Escalation.item).where(Item.closed_at.is_(None), ~Item.restricted)
    asked = found.where(Escalation.level == level, Escalation.status == "asked")
    return session.scalars(asked.order_by(Escalation.asked_at, Escalation.id)).all()
