"""Chat windows and permits: what a person has allowed by what they did, and how much of it is used."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import islice

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

from store.tables import HOME, ChatWindow, Identity, Permit, Push
from store.upsert import insert, insert_for

TAKING = ("sent", "unknown", "sending")
"""Pushes that the platform has counted, or may have."""


def open_(session: Session, identity: Identity, kind: str, until: datetime, allowed: int) -> None:
    """They did something of this kind: its window begins anew. What comes late, about an earlier moment, changes
    nothing: the platform has counted from the later one."""
    connection = session.connection()
    row = {"district_id": HOME, "identity_id": identity.id, "kind": kind}
    told = {"until": until, "allowed": allowed, "used": 0}
    connection.execute(_opening(connection.dialect.name), row | told)


@cache
def _opening(kind: str) -> Insert:
    made = insert_for(kind, ChatWindow)
    anew = {name: made.excluded[name] for name in ("until", "allowed", "used")}
    later = ChatWindow.until < made.excluded["until"]
    return made.on_conflict_do_update(index_elements=["identity_id", "kind"], set_=anew, where=later)


def find(session: Session, identity: Identity, now: datetime, lengths: Mapping[str, timedelta]) -> ChatWindow | None:
    """A window that is open at `now` with messages left: of several the one that closes first, so that nothing is
    wasted. `lengths`: how long each kind is open. What is used is counted anew from what was sent since each began:
    a message of theirs may reach us after we have answered an earlier one. Whoever asks at the same time waits."""
    mine = select(ChatWindow).where(ChatWindow.identity_id == identity.id)
    found = session.scalars(mine.order_by(ChatWindow.until, ChatWindow.id).with_for_update()).all()
    if not any(window.until > now for window in found):
        return None
    began = {window.id: window.until - lengths[window.kind] for window in found}
    taken, used = _taken(session, identity, min(began.values()), now), Counter[int]()
    for at in taken:
        usable = (w for w in found if began[w.id] <= at < w.until and used[w.id] < w.allowed)
        used.update(window.id for window in islice(usable, 1))
    for window in found:
        window.used = used[window.id]
    return next((window for window in found if window.until > now and window.used < window.allowed), None)


def _taken(session: Session, identity: Identity, since: datetime, now: datetime) -> Sequence[datetime]:
    """When customer-service messages left for this account, in their order. What is on its way leaves now; of what
    was never answered only the end of the lease is known, which is later than the call."""
    at = func.coalesce(Push.sent_at, Push.next_try)
    to_them = (Push.identity_id == identity.id, Push.channel == "custom", Push.status.in_(TAKING), at >= since)
    return sorted(min(moment, now) for moment in session.scalars(select(at).where(*to_them)))


def close(session: Session, identity: Identity) -> None:
    """The platform takes no more for now."""
    session.execute(delete(ChatWindow).where(ChatWindow.identity_id == identity.id))


def allow(session: Session, identity: Identity, template_id: str, *, standing: bool) -> None:
    """They allowed messages of this template: one more, or any number."""
    row = {"district_id": HOME, "identity_id": identity.id, "template_id": template_id, "left": 0, "standing": False}
    session.execute(insert(session, Permit).values(**row).on_conflict_do_nothing())
    more = {"standing": True} if standing else {"left": Permit.left + 1}
    session.execute(update(Permit).where(*_of(identity, template_id)).values(**more))


def permit(session: Session, identity: Identity, template_id: str) -> Permit | None:
    """Their permission for one more message of this template."""
    found = session.scalar(select(Permit).where(*_of(identity, template_id)).with_for_update())
    return found if found is not None and (found.standing or found.left > 0) else None


def forbid(session: Session, identity: Identity, template_id: str) -> None:
    """They want no more of this template, or have used up what they allowed."""
    session.execute(update(Permit).where(*_of(identity, template_id)).values(left=0, standing=False))


def _of(identity: Identity, template_id: str) -> tuple[ColumnElement[bool], ...]:
    return (Permit.identity_id == identity.id, Permit.template_id == template_id)
