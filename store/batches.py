"""Named queries on batches. They find; they decide nothing."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from store.tables import Batch, Item


def named(session: Session, district_id: str, topic: str) -> Batch | None:
    return session.scalar(select(Batch).where(Batch.district_id == district_id, Batch.topic == topic))


def running(session: Session, district_id: str) -> Sequence[Batch]:
    """Batches with an item that is still open, the newest first, with their items."""
    still = select(Item.batch_id).where(Item.closed_at.is_(None), Item.batch_id.is_not(None))
    found = select(Batch).where(Batch.district_id == district_id, Batch.id.in_(still))
    return session.scalars(found.options(selectinload(Batch.items)).order_by(Batch.id.desc())).all()
