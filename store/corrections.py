"""Categories that people have chosen, kept to learn from. It records and finds; it decides nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from store.tables import Correction, Item, Person


def record(session: Session, item: Item, by: Person, before: str, now: datetime, misled: Sequence[str]) -> None:
    """Keep what a person made of a problem's category, and what had decided before: words and rules. An alarm has
    a category too, but nothing is learned from it."""
    if item.kind != "problem":
        return
    session.add(
        Correction(
            district_id=item.district_id,
            item_id=item.id,
            by_id=by.id,
            at=now,
            before=before,
            after=item.category,
            misled=list(misled),
        )
    )


def latest_of_each_item(session: Session) -> Sequence[Correction]:
    """The last correction of every item that is not restricted, in the order in which they were made."""
    found = select(Correction).join(Item).where(~Item.restricted).options(joinedload(Correction.item))
    last = {correction.item_id: correction for correction in session.scalars(found.order_by(Correction.id))}
    return sorted(last.values(), key=lambda correction: correction.id)
