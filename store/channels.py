"""How much an application has sent by each way, and until when the platform takes no more of it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import rows
from store.tables import HOME, ChannelUse


def look(session: Session, channel: str) -> ChannelUse | None:
    return session.scalar(select(ChannelUse).filter_by(**_key(channel)))


def locked(session: Session, channel: str) -> ChannelUse:
    """The row of a way, made where there is none; whoever else counts waits."""
    return rows.locked(session, ChannelUse, _key(channel), sent=0)


def _key(channel: str) -> dict[str, str]:
    return {"district_id": HOME, "channel": channel}


def count(use: ChannelUse, day: date) -> None:
    """One more on that day."""
    use.sent = use.sent + 1 if use.day == day else 1
    use.day = day


def sent_on(use: ChannelUse, day: date) -> int:
    return use.sent if use.day == day else 0


def shut(session: Session, channel: str, until: datetime) -> None:
    """The platform takes no more by this way before that moment."""
    use = locked(session, channel)
    use.shut_until = max(until, use.shut_until or until)
