"""Named queries on pictures, voice and video."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables import HOME, Fragment, Item, Media
from store.upsert import insert


def want(session: Session, channel: str, media_id: str, now: datetime) -> None:
    """Have it fetched, once however often it arrives."""
    row = {"district_id": HOME, "channel": channel, "media_id": media_id, "wanted_at": now, "next_try": now}
    asked = insert(session, Media).values(**row, status="wanted", attempts=0)
    session.execute(asked.on_conflict_do_nothing())


def of_item(session: Session, item: Item) -> Sequence[Media]:
    """What was sent about an item, by whomever, in the order it came."""
    about = (Fragment.item_id == item.id) | (Fragment.item_id.is_(None) & (Fragment.report_id == item.report_id))
    sent = select(Media).join(Fragment, Fragment.media_id == Media.media_id).where(about)
    return session.scalars(sent.order_by(Fragment.id)).all()


def items_of(session: Session, media: Media) -> Sequence[Item]:
    """The items it was sent about."""
    sent = select(Fragment).where(Fragment.media_id == media.media_id).subquery()
    about = (Item.id == sent.c.item_id) | (sent.c.item_id.is_(None) & (Item.report_id == sent.c.report_id))
    return session.scalars(select(Item).join(sent, about)).all()


def old(session: Session, closed_before: datetime, limit: int) -> Sequence[Media]:
    """What is kept and belongs to items that all ended before this moment."""
    about = (Fragment.item_id == Item.id) | (Fragment.item_id.is_(None) & (Fragment.report_id == Item.report_id))
    last = (
        select(func.count())
        .select_from(Item)
        .join(Fragment, about)
        .where(Fragment.media_id == Media.media_id, (Item.closed_at.is_(None)) | (Item.closed_at >= closed_before))
        .scalar_subquery()
    )
    found = select(Media).where(Media.status == "kept", Media.kept_at < closed_before, last == 0)
    return session.scalars(found.order_by(Media.id).limit(limit)).all()


def others_keep(session: Session, media: Media) -> bool:
    """Whether the same content is kept for something else too."""
    same = (Media.sha256 == media.sha256) & (Media.id != media.id) & (Media.status == "kept")
    return session.scalar(select(Media.id).where(same).limit(1)) is not None
