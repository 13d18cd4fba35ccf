"""Cards on people's phones whose buttons may still be changed: once each, by a code, while the platform knows it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from store.tables import Item, LiveCard, Push


def keep(session: Session, push: Push, code: str, stood: Sequence[Any], until: datetime, now: datetime) -> None:
    """A card about an item was sent. `stood`: state, round and officer of the item when it was made; its buttons can
    be changed by this code until then."""
    state, round_, officer = stood
    session.merge(
        LiveCard(
            push_id=push.id,
            item_id=push.item_id,
            code=code,
            until=until,
            state=state,
            round=round_,
            officer_id=officer,
            next_try=now,
            attempts=0,
        )
    )


def overtaken(session: Session, now: datetime, length: timedelta) -> LiveCard | None:
    """Take a card whose item is no longer as it was, for so long; None when there is none."""
    moved = or_(
        Item.state != LiveCard.state,
        Item.round != LiveCard.round,
        Item.officer_id.is_distinct_from(LiveCard.officer_id),
    )
    found = (
        select(LiveCard)
        .join(Item, Item.id == LiveCard.item_id)
        .where(LiveCard.next_try <= now, LiveCard.until > now, moved)
        .order_by(LiveCard.next_try, LiveCard.push_id)
        .limit(1)
        .with_for_update(of=LiveCard, skip_locked=True)
    )
    card = session.scalar(found)
    if card is not None:
        card.next_try, card.attempts = now + length, card.attempts + 1
    return card


def forget(session: Session, push_id: int) -> None:
    """Its code is used, or good for nothing."""
    session.execute(delete(LiveCard).where(LiveCard.push_id == push_id))


def forget_old(session: Session, now: datetime) -> int:
    """The platform knows their codes no more; how many."""
    return int(session.execute(delete(LiveCard).where(LiveCard.until <= now)).rowcount)  # type: ignore[attr-defined]
