"""Rows that several processes want at once: made where they are missing, and taken by one of them at a time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Media, Scene
from store.tables.base import Base
from store.upsert import insert

R = TypeVar("R", bound=Base)
Wanted = TypeVar("Wanted", Media, Scene)


def locked(session: Session, table: type[R], key: Mapping[str, Any], **first: Any) -> R:
    """The row with this key, made with these first values where there is none; whoever else wants it waits."""
    session.execute(insert(session, table).values(**key, **first).on_conflict_do_nothing())
    return session.scalars(select(table).filter_by(**key).with_for_update()).one()


def lease(session: Session, table: type[Wanted], now: datetime, length: timedelta) -> Wanted | None:
    """The next row that is wanted and due; nobody else takes it for so long."""
    due = select(table).where(table.status == "wanted", table.next_try <= now).order_by(table.next_try, table.id)
    found = session.scalar(due.limit(1).with_for_update(skip_locked=True))
    if found is not None:
        found.attempts += 1
        found.next_try = now + length
    return found
