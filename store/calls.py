"""Whom somebody must call because no message reaches them, and what the platform said of messages afterwards."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from store.outbox import GIVEN_UP
from store.tables import HOME, Call, Item, Push, Receipt
from store.upsert import insert

REACHED = ("sent", "digest", "cancelled")


def wanted_for(session: Session, push: Push, now: datetime) -> Call | None:
    """Note that this push's person must be called about its item; the new call, or None when one is open already,
    which then stands for this push too. Whoever decides holds the person's row."""
    same = Call.item_id == push.item_id if push.item_id else Call.item_id.is_(None)
    found = session.scalar(select(Call).where(Call.person_id == push.person_id, same, Call.done_at.is_(None)))
    if found is not None and found.push.status not in REACHED:
        if push.status in GIVEN_UP or found.push.status not in GIVEN_UP:
            found.push = push  # what is still being tried never hides what is not
        return None
    if found is not None:
        found.done_at = now  # it got through after all
    made = Call(person_id=push.person_id, item_id=push.item_id, push_id=push.id, opened_at=now)
    session.add(made)
    session.flush()
    return made


def unfinished(session: Session) -> Sequence[Call]:
    """Calls that nobody has ticked off, about what has not arrived since; the oldest first."""
    found = select(Call).join(Call.push).where(Call.done_at.is_(None), Push.status.not_in(REACHED))
    shown = joinedload(Call.push), joinedload(Call.person), joinedload(Call.item)
    return session.scalars(found.options(*shown).order_by(Call.id)).unique().all()


def count(session: Session) -> int:
    """How many of them the office sees: those about restricted items are their receivers' matter."""
    found = select(func.count()).select_from(Call).join(Call.push).outerjoin(Call.item)
    open_to_all = or_(Call.item_id.is_(None), ~Item.restricted)
    return session.scalar(found.where(Call.done_at.is_(None), Push.status.not_in(REACHED), open_to_all)) or 0


def note(session: Session, channel: str, vendor_id: str, failure: str, at: datetime) -> None:
    """The platform tells what became of a message; "" says that it arrived."""
    row = {"district_id": HOME, "channel": channel, "vendor_id": vendor_id, "failure": failure, "at": at}
    session.execute(insert(session, Receipt).values(**row).on_conflict_do_nothing())


def noted(session: Session) -> Sequence[tuple[Receipt, Push]]:
    """What was told of messages that are known by now: a receipt may be here before the answer to the call is."""
    same = (Push.vendor_id == Receipt.vendor_id) & (Push.channel == Receipt.channel) & (Push.status == "sent")
    found = select(Receipt, Push).join(Push, same).limit(100).with_for_update(skip_locked=True)
    return [(receipt, push) for receipt, push in session.execute(found)]


def any_noted(session: Session) -> bool:
    return session.scalar(select(Receipt.vendor_id).limit(1)) is not None


def forget(session: Session, before: datetime) -> None:
    """Receipts of messages nobody here has sent."""
    session.execute(delete(Receipt).where(Receipt.at < before))


def part(session: Session, push: Push, now: datetime) -> None:
    """What travelled with a push that is not gone after all waits for the next one."""
    mates = update(Push).where(Push.digest_id == push.id, Push.status.in_(("digest", "sent", "unknown", "dead")))
    freed = {"status": "ready", "digest_id": None, "next_try": now, "sent_at": None, "error": None}
    session.execute(mates.values(**freed))
