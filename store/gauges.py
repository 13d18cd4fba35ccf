"""Counts of what waits, for monitoring: sums over all districts that name nobody and quote nothing."""

from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from store.outbox import waiting
from store.tables import Inbox, Item, Push


def pushes(session: Session) -> dict[str, int]:
    """How many pushes there are by what became of them. Read from an index, not from the rows."""
    return _by(session, select(Push.status, func.count()).group_by(Push.status))


def waiting_messages(session: Session) -> int:
    """Messages that were stored and are to be understood later."""
    return session.scalar(select(func.count()).select_from(Inbox).where(Inbox.waiting)) or 0


def waiting_pushes(session: Session, now: datetime) -> int:
    """Pushes that could go out at this moment."""
    found = select(func.count()).select_from(Push).where(waiting, Push.next_try <= now)
    return session.scalar(found) or 0


def open_items(session: Session) -> dict[str, int]:
    """How many items are open, by state."""
    return _by(session, select(Item.state, func.count()).where(Item.closed_at.is_(None)).group_by(Item.state))


def overdue_items(session: Session, now: datetime) -> int:
    late = and_(Item.closed_at.is_(None), Item.due_at < now)
    return session.scalar(select(func.count()).select_from(Item).where(late)) or 0


def _by(session: Session, counted: Select[str, int]) -> dict[str, int]:
    return dict(sorted((name, count) for name, count in session.execute(counted)))
