"""Chat windows and permits: what a person has allowed by what they did, and how much of it is used."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from store.tables import HOME, ChatWindow, Identity, Permit
from store.upsert import insert


def open_(session: Session, identity: Identity, kind: str, until: datetime, allowed: int) -> None:
    """They did something of this kind: its window begins anew."""
    row = {"district_id": HOME, "identity_id": identity.id, "kind": kind}
    told = {"until": until, "allowed": allowed, "used": 0}
    made = insert(session, ChatWindow).values(**row, **told)
    session.execute(made.on_conflict_do_update(index_elements=["identity_id", "kind"], set_=told))


def find(session: Session, identity: Identity, now: datetime) -> ChatWindow | None:
    """An open window with messages left: of several the one that closes first, so that nothing is wasted."""
    found = select(ChatWindow).where(
        ChatWindow.identity_id == identity.id, ChatWindow.until > now, ChatWindow.used < ChatWindow.allowed
    )
    return session.scalar(found.order_by(ChatWindow.until).limit(1).with_for_update())


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
