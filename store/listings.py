"""The lines of the list a person was last shown."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.tables import Item, Listing, Person


def show(session: Session, person: Person, shown: Sequence[Item], now: datetime) -> None:
    """These items are the lines from now on, the first of them 1."""
    session.execute(delete(Listing).where(Listing.person_id == person.id))
    session.add_all(Listing(person_id=person.id, place=n, item_id=item.id, at=now) for n, item in enumerate(shown, 1))
    session.flush()


def line(session: Session, person: Person, place: int) -> Item | None:
    found = select(Item).join(Listing, Listing.item_id == Item.id)
    return session.scalar(found.where(Listing.person_id == person.id, Listing.place == place))
