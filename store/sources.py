"""Named queries on where items come from: time-boxed campaigns."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.pending import Pending, nothing
from store.tables import Campaign


def campaign(session: Session, district_id: str, name: str) -> Campaign | None:
    found = select(Campaign).where(Campaign.district_id == district_id, Campaign.name == name)
    return session.scalar(found)


_RUNNING = (
    select(Campaign)
    .where(Campaign.district_id == bindparam("district"), Campaign.ended_at.is_(None))
    .order_by(Campaign.started_at.desc(), Campaign.id.desc())
    .limit(1)
)


def running(session: Session, district_id: str) -> Campaign | None:
    """The campaign in which items are collected now."""
    if nothing(session, Pending.CAMPAIGN, district_id):
        return None
    return session.scalar(_RUNNING, {"district": district_id})


def start(session: Session, district_id: str, name: str, now: datetime) -> Campaign:
    """The campaign of that name runs from now on."""
    found = known(session, district_id, name, now)
    found.started_at, found.ended_at = now, None
    return found


def known(session: Session, district_id: str, name: str, now: datetime) -> Campaign:
    """The campaign of that name, noted as over if nobody has started it: items may be put to it by hand."""
    found = campaign(session, district_id, name)
    if found is None:
        found = Campaign(district_id=district_id, name=name, started_at=now, ended_at=now)
        session.add(found)
    return found
