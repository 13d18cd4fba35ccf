"""How much an application has sent by each way, and until when the platform takes no more of it."""

from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from store.tables import HOME, ChannelUse
from store.upsert import insert


def look(session: Session, channel: str) -> ChannelUse | None:
    return session.scalar(_row(channel))


def locked(session: Session, channel: str) -> ChannelUse:
    """The row of a way, made where there is none; whoever else counts waits."""
    row = {"district_id": HOME, "channel": channel, "sent": 0}
    session.execute(insert(session, ChannelUse).values(**row).on_conflict_do_nothing())
    return session.scalars(_row(channel).with_for_update()).one()


def _row(channel: str) -> Select[ChannelUse]:
    return select(ChannelUse).where(ChannelUse.district_id == HOME, ChannelUse.channel == channel)


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
