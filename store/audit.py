"""Every row there is, for whoever checks the books: nothing here is asked while the service is at work."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from store import people
from store.inbox import PURPOSE
from store.outbox import WAITING
from store.tables import Event, Fragment, Identity, Inbox, Item, Push, Reminder
from store.vault import vault


def inbox(session: Session) -> Sequence[Inbox]:
    """Every delivery, opened and apart from the database."""
    rows = session.scalars(select(Inbox).order_by(Inbox.id)).all()
    session.expunge_all()
    for row in rows:
        row.body = vault(session).open(PURPOSE, row.body) if row.body else row.body
    return rows


def told(session: Session) -> list[tuple[str, str]]:
    """What people sent as words of a report: account and text, one each."""
    found = select(Identity, Fragment.text).join(Identity, Identity.person_id == Fragment.person_id)
    return [(people.account_of(session, identity), text) for identity, text in session.execute(found)]


def items(session: Session) -> Sequence[Item]:
    return session.scalars(select(Item).order_by(Item.id).options(joinedload(Item.contact))).all()


def events(session: Session) -> Sequence[Event]:
    return session.scalars(select(Event).order_by(Event.id)).all()


def pushes(session: Session) -> Sequence[Push]:
    """Every push, apart from the database, with the account in its body that it goes to."""
    beside = (joinedload(Push.item), joinedload(Push.person), joinedload(Push.identity))
    rows = session.scalars(select(Push).order_by(Push.id).options(*beside)).all()
    session.expunge_all()
    for row in rows:
        if row.identity is not None and row.body is not None:
            row.body = {"touser": people.account_of(session, row.identity), **row.body}
    return rows


def overdue(session: Session, before: datetime) -> set[tuple[str, int]]:
    """What was to happen before that moment and has not: pushes and reminders by id, open items nobody has looked at
    or will."""
    waiting = select(Push.id).where(Push.status.in_(WAITING), Push.next_try < before)
    planned = select(Reminder.id).where(Reminder.status == "planned", Reminder.due_at < before)
    unseen = or_(Item.next_check_at.is_(None), Item.next_check_at < before)
    items_left = select(Item.id).where(and_(Item.closed_at.is_(None), unseen))
    found = {"push": waiting, "reminder": planned, "item": items_left}
    return {(kind, number) for kind, asked in found.items() for number in session.scalars(asked)}
