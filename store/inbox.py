"""The inbox: every delivery of the platform, written before anything is done with it."""

from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from store.tables import HOME, Inbox
from store.upsert import insert_for


def first_sight(session: Session, channel: str, dedupe_key: str, body: str, now: datetime) -> int | None:
    """Write the delivery down; its row's id, or None when it was here before."""
    row = {
        "district_id": HOME,
        "channel": channel,
        "dedupe_key": dedupe_key,
        "received_at": now,
        "body": body,
        "failed": False,
    }
    connection = session.connection()
    return connection.scalar(_first_sight(connection.dialect.name), row)


@cache
def _first_sight(kind: str) -> ReturningInsert[int]:
    return insert_for(kind, Inbox).on_conflict_do_nothing().returning(Inbox.id)


_ANSWERED = update(Inbox).where(Inbox.id == bindparam("row")).values(reply=bindparam("said"))


def answered(session: Session, inbox_id: int, reply: str | None) -> None:
    session.connection().execute(_ANSWERED, {"row": inbox_id, "said": reply})


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
