"""What was done about people's accounts, ties and data: append-only, ids alone, a row chained to the one before."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables import HOME, Audit, Enterprise, Person

BEGINNING = "0" * 64


def note(
    session: Session,
    action: str,
    *,
    by: Person | None,
    now: datetime,
    about: Person | None = None,
    enterprise: Enterprise | None = None,
    **data: Any,
) -> None:
    """Write one row. Two who write the next row at once: the second fails on its number, and is done again."""
    last = session.scalar(select(Audit).where(Audit.district_id == HOME).order_by(Audit.seq.desc()).limit(1))
    row = Audit(
        district_id=HOME,
        seq=last.seq + 1 if last else 1,
        at=now,
        actor_id=by.id if by else None,
        action=action,
        person_id=about.id if about else None,
        enterprise_id=enterprise.id if enterprise else None,
        data=data,
    )
    row.hash = _hash(row, last.hash if last else BEGINNING)
    session.add(row)
    session.flush()


def broken(session: Session) -> int | None:
    """The number of the first row that does not follow from the one before: changed, taken out or put in between."""
    before, rows = BEGINNING, select(Audit).where(Audit.district_id == HOME).order_by(Audit.seq)
    for seq, row in enumerate(session.scalars(rows), 1):
        if row.seq != seq or row.hash != _hash(row, before):
            return seq
        before = row.hash
    return None


def how_often(session: Session, action: str, about: Person, now: datetime, span: timedelta) -> int:
    """How often this was noted about a person in the span that ends now."""
    found = select(func.count()).select_from(Audit).where(Audit.person_id == about.id, Audit.action == action)
    return session.scalar(found.where(Audit.at > now - span)) or 0


def _hash(row: Audit, before: str) -> str:
    about = [row.seq, row.at.isoformat(), row.actor_id, row.action, row.person_id, row.enterprise_id, row.data]
    return sha256(json.dumps([before, *about], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
