"""Asks the database how it is, for `lianxin doctor`; leaves nothing behind."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.db import Store
from store.tables import Beat

NAME = "doctor"


def write(store: Store, now: datetime) -> None:
    """Write a row and take it back. Raises what the driver raises where nothing can be written."""
    with store.write() as session, session.begin_nested() as attempt:
        session.add(Beat(name=NAME, at=now))
        session.flush()
        attempt.rollback()


def clock(session: Session) -> datetime | None:
    """What time it is for the database; None where it has no clock of its own."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    return session.scalar(select(func.clock_timestamp()))
