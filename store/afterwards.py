"""Named queries on ended items: what is looked at again, what was closed lately."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from store import whose
from store.pending import Pending, nothing
from store.tables import Event, Item, Person

FOUND = ("stable", "rebound", "false")


def waiting(session: Session, restricted: bool) -> Sequence[Item]:
    """Ended items at which somebody is to look once more, the oldest first."""
    found = select(Item).where(Item.followup == "asked", Item.closed_at.is_not(None), Item.restricted == restricted)
    return session.scalars(found.order_by(Item.closed_at, Item.id)).all()


def looks(session: Session, restricted: bool) -> dict[str, int]:
    """How many second looks found what, each look counted."""
    actions = {f"followup_{what}": what for what in FOUND}
    counted = (
        select(Event.action, func.count())
        .join(Event.item)
        .where(Event.action.in_(actions), Item.restricted == restricted)
        .group_by(Event.action)
    )
    by_action = dict(session.execute(counted).all())
    return {what: by_action.get(action, 0) for action, what in actions.items()}


_CLOSED_OF_CONTACT = (
    select(Item)
    .where(whose.of_contact(bindparam("person"), bindparam("since")), Item.state == "closed", ~Item.restricted)
    .order_by(Item.closed_at.desc(), Item.id.desc())
    .limit(bindparam("most"))
)


def closed_of_contact(session: Session, contact: Person, since: datetime, limit: int) -> Sequence[Item]:
    """What this person, or a colleague at the same enterprise, had reported and was closed since then."""
    if nothing(session, Pending.CLOSED, contact.id, since):
        return []
    return session.scalars(_CLOSED_OF_CONTACT, {"person": contact.id, "since": since, "most": limit}).all()
