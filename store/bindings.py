"""Named queries on how people are bound to enterprises: invitations, codes to scan, claims that wait for proof."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import HOME, Claim, Enterprise, Invitation, Item, Person, Scene

OPEN = ("open", "asked")
"""States of a claim that still wait: for its person to prove it, or for somebody to confirm it."""


def invitation(session: Session, code: str) -> Invitation | None:
    """The invitation with this code, locked: two people may type it at the same time."""
    found = select(Invitation).where(Invitation.district_id == HOME, Invitation.code == code)
    return session.scalar(found.with_for_update())


def unused(session: Session, enterprise: Enterprise, now: datetime) -> Sequence[Invitation]:
    """Invitations of an enterprise that still work."""
    fresh = Invitation.expires_at.is_(None) | (Invitation.expires_at > now)
    mine = select(Invitation).where(Invitation.enterprise_id == enterprise.id, Invitation.used_by_id.is_(None), fresh)
    return session.scalars(mine.order_by(Invitation.id)).all()


def scene(session: Session, token: str) -> Scene | None:
    """What a scanned code stands for, locked: two people may scan it at the same time."""
    return session.scalar(select(Scene).where(Scene.district_id == HOME, Scene.token == token).with_for_update())


def claim_of(session: Session, person: Person, now: datetime) -> Claim | None:
    """What this person has yet to prove, the newest, locked."""
    mine = select(Claim).where(Claim.person_id == person.id, Claim.status.in_(OPEN), Claim.expires_at > now)
    return session.scalar(mine.order_by(Claim.id.desc()).limit(1).with_for_update())


def claim(session: Session, number: int, now: datetime) -> Claim | None:
    """A claim that waits to be confirmed, locked: two people may answer at the same time."""
    found = select(Claim).where(Claim.id == number, Claim.status.in_(OPEN), Claim.expires_at > now)
    return session.scalar(found.with_for_update())


def claims_on(session: Session, enterprise: Enterprise, now: datetime) -> Sequence[Claim]:
    """Claims on an enterprise that wait."""
    found = select(Claim).where(Claim.enterprise_id == enterprise.id, Claim.status.in_(OPEN), Claim.expires_at > now)
    return session.scalars(found.order_by(Claim.id)).all()


def by_credit_code(session: Session, code: str) -> Enterprise | None:
    return session.scalar(select(Enterprise).where(Enterprise.district_id == HOME, Enterprise.credit_code == code))


def last_spoken_for(session: Session, person: Person) -> int | None:
    """The enterprise for which this person last told something, by its id."""
    theirs = select(Item.enterprise_id).where(Item.contact_id == person.id, Item.enterprise_id.is_not(None))
    return session.scalar(theirs.order_by(Item.id.desc()).limit(1))
