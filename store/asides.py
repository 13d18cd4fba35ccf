"""Named queries on what goes on beside the state of items."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import Handover, Item, Person


def offered_to(session: Session, person: Person) -> Sequence[Item]:
    """Open items whose transfer waits for this person's signature."""
    waiting = (Handover.to_id == person.id) & (Handover.status == "offered")
    found = select(Item).join(Handover, Handover.item_id == Item.id).where(waiting, Item.closed_at.is_(None))
    return session.scalars(found.order_by(Item.id)).all()
