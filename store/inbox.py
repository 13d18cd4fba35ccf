"""The inbox: every delivery of the platform, written before anything is done with it."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from store.tables import HOME, Inbox
from store.upsert import insert


def first_sight(session: Session, channel: str, dedupe_key: str, body: str, now: datetime) -> int | None:
    """Write the delivery down; its row's id, or None when it was here before."""
    row = {
        "district_id": HOME,
        "channel": channel,
        "dedupe_key": dedupe_key,
        "received_at": now,
        "body": body,
    }
    inserted = insert(session, Inbox).values(**row, failed=False).on_conflict_do_nothing().returning(Inbox.id)
    row_id: int | None = session.scalar(inserted)
    return row_id


def answered(session: Session, inbox_id: int, reply: str | None) -> None:
    session.execute(update(Inbox).where(Inbox.id == inbox_id).values(reply=reply))


def mark_failed(session: Session, inbox_id: int) -> None:
    session.execute(update(Inbox).where(Inbox.id == inbox_id).values(failed=True))


def stored_reply(session: Session, channel: str, dedupe_key: str) -> str | None:
    """What was answered to this delivery the first time."""
    found = select(Inbox.reply).where(
        Inbox.district_id == HOME, Inbox.channel == channel, Inbox.dedupe_key == dedupe_key
    )
    return session.scalar(found)


def failed_count(session: Session) -> int:
    """Messages that are stored and were not understood: a person must read them."""
    return session.scalar(select(func.count()).select_from(Inbox).where(Inbox.failed)) or 0
