"""The outbox: what must be said to people, put in the transaction that causes it."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, null, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from store import trace
from store.gather import gathered
from store.tables import HOME, Item, Person, Push
from store.upsert import insert_for

PART = 1000
"""So many rows are let go at a time."""
WAITING = ("ready", "sending")
waiting = Push.status.in_(bindparam("waiting", WAITING, expanding=True, literal_execute=True))
"""Said to the database in so many words: it must know beforehand that the index of what waits will do."""
GIVEN_UP = ("unknown", "dead")
"""`unknown`: it may have arrived, and sending it again could double it. `dead`: it did not arrive."""


def put(
    session: Session,
    person: Person,
    text_key: str,
    *,
    once_key: str,
    now: datetime,
    not_before: datetime,
    item: Item | None = None,
    urgent: bool = False,
    recipient: str | None = None,
    reminder: bool = False,
    while_same: bool = False,
    facts: dict[str, Any] | None = None,
) -> bool:
    """Say something to a person, once: False when this key was used before.

    Only the key of a text and facts are given; the sentence is made when it is first sent.
    `while_same` drops it when the item has left its present state or round by then.
    """
    row = {
        "district_id": HOME,
        "once_key": once_key,
        "person_id": person.id,
        "item_id": item.id if item else None,
        "text_key": text_key,
        "facts": facts or {},
        "urgent": urgent,
        "recipient": recipient,
        "reminder": reminder,
        "while_state": item.state if item and while_same else None,
        "while_round": item.round if item and while_same else None,
        "created_at": now,
        "status": "ready",
        "next_try": not_before,
        "attempts": 0,
        "request_id": trace.current() or None,
    }
    together = gathered(session)
    if together is not None and row["item_id"] in together.about:
        return together.add(row)
    connection = session.connection()
    return connection.scalar(_put(connection.dialect.name), row) is not None


@cache
def _put(kind: str) -> ReturningInsert[int]:
    return insert_for(kind, Push).on_conflict_do_nothing().returning(Push.id)


def lease(session: Session, owner: str, now: datetime, length: timedelta) -> Push | None:
    """Take the next push that is due, for so long. A row whose taker died comes back when its lease ends."""
    found = (
        select(Push)
        .where(waiting, Push.next_try <= now)
        .order_by(Push.next_try, Push.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    push = session.scalar(found)
    if push is not None:
        push.lease_owner = owner
        push.next_try = now + length
        push.status = "sending"
    return push


def still_mine(session: Session, push_id: int, owner: str) -> Push | None:
    """The leased push, unless the lease was lost to somebody else meanwhile."""
    mine = and_(Push.id == push_id, Push.lease_owner == owner, Push.status == "sending")
    return session.scalar(select(Push).where(mine).with_for_update())


def doubted(session: Session, since: datetime) -> list[Push]:
    """Pushes of which nobody knows whether the call arrived that was made after this moment."""
    found = select(Push).where(Push.status.in_(WAITING), Push.maybe_since > since).order_by(Push.id)
    return list(session.scalars(found.with_for_update(skip_locked=True)))


def locked(session: Session, push_id: int) -> Push | None:
    """A push, and whoever clicks on it next waits here."""
    return session.scalar(select(Push).where(Push.id == push_id).with_for_update())


def sent(session: Session, push_id: int, owner: str, now: datetime, vendor_id: str) -> Push | None:
    """The platform has it: so have the reminders that travelled with it. None where the lease was lost meanwhile."""
    push = still_mine(session, push_id, owner)
    if push is not None:
        push.status, push.sent_at, push.vendor_id = "sent", now, vendor_id
        push.lease_owner = push.maybe_since = None
        settle_digest(session, push)
    return push


def companions(session: Session, push: Push, now: datetime) -> list[Push]:
    """What else is due for the same person and could travel in one message with this one: reminders with reminders,
    news for an enterprise with such news."""
    same = and_(Push.person_id == push.person_id, Push.id != push.id, Push.urgent == push.urgent)
    ready = and_(Push.status == "ready", Push.next_try <= now, Push.body.is_(None))
    alike = Push.recipient == "contact" if push.recipient == "contact" else and_(Push.reminder, _inward)
    found = select(Push).where(same, ready, alike).order_by(Push.next_try, Push.id).with_for_update(skip_locked=True)
    return list(session.scalars(found))


def has_company(session: Session, push: Push) -> bool:
    """Whether others travel in one message with this one."""
    return session.scalar(select(Push.id).where(Push.digest_id == push.id).limit(1)) is not None


_when = func.coalesce(Push.sent_at, Push.maybe_since)
_inward = or_(Push.recipient.is_(None), Push.recipient != "contact")


def _lately(since: datetime) -> ColumnElement[bool]:
    """As `_when >= since`, so that the index of what a person was sent will do."""
    return or_(Push.sent_at >= since, and_(Push.sent_at.is_(None), Push.maybe_since >= since))


def hold(session: Session, person: Person) -> None:
    """Nobody else decides at the same time whether this person may be sent something."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))


def sent_to(session: Session, push: Push, since: datetime) -> int:
    """How many messages nobody asked for this push's person was sent since then, or is just being sent."""
    found = select(func.count()).select_from(Push).where(_out(push), ~Push.urgent, _lately(since))
    return session.scalar(found) or 0


def last_news(session: Session, push: Push) -> datetime | None:
    """When this push's person was last sent news about an item of their enterprise, or is just being sent some."""
    return session.scalar(select(func.max(_when)).where(_out(push), Push.recipient == "contact"))


def bodies_since(session: Session, push: Push, since: datetime) -> list[dict[str, Any]]:
    """What else was sent to this push's person by its channel since then, or is just being sent."""
    found = select(Push.body).where(_out(push), Push.channel == push.channel, _lately(since), Push.body.is_not(None))
    return [body for body in session.scalars(found) if body]


def _out(push: Push) -> ColumnElement[bool]:
    """Messages to the same person that are out, or are on their way."""
    under_way = and_(Push.status == "sending", Push.maybe_since.is_not(None))
    out = or_(Push.status.in_(("sent", "unknown")), under_way)
    return and_(Push.person_id == push.person_id, Push.id != push.id, Push.digest_id.is_(None), out)


def nth_last(session: Session, push: Push, channel: str, n: int) -> datetime | None:
    """When the n-th last message went to this push's person by one way."""
    found = select(_when).where(_out(push), Push.channel == channel).order_by(_when.desc())
    return session.scalar(found.offset(n - 1).limit(1))


def settle_digest(session: Session, push: Push) -> None:
    """What became of a push became of every reminder that travelled with it."""
    mates = update(Push).where(Push.digest_id == push.id, Push.status == "digest")
    session.execute(mates.values(status=push.status, sent_at=push.sent_at, error=push.error))


def release(session: Session, now: datetime) -> None:
    """Give back every lease at once: for a single process that starts and knows that its predecessor is dead."""
    taken = update(Push).where(Push.status == "sending")
    session.execute(taken.values(next_try=now, lease_owner=None))


def next_try(session: Session) -> datetime | None:
    """When the next push wants to be sent."""
    return session.scalar(select(func.min(Push.next_try)).where(waiting))


def oldest_waiting(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest push that could go out has been waiting."""
    return session.scalar(select(func.min(Push.next_try)).where(waiting, Push.next_try <= now))


def of_item(session: Session, item: Item) -> list[Push]:
    return list(session.scalars(select(Push).where(Push.item_id == item.id).order_by(Push.id)))


def result_reached(session: Session, item: Item, since: datetime) -> datetime | None:
    """When the result of an item, told or reminded of since then, first reached its contact. Whatever is said later,
    while it is being checked, does not tell it."""
    to_contact = and_(Push.person_id == item.contact_id, Push.recipient == "contact")
    said = and_(Push.item_id == item.id, to_contact, Push.while_state == "resolved")
    arrived = and_(Push.status == "sent", Push.created_at >= since)
    return session.scalar(select(func.min(Push.sent_at)).where(said, arrived))


def was_told(session: Session, item: Item, person: Person, recipient: str) -> bool:
    """Whether a person was ever told of an item in this part."""
    found = select(Push.id).where(Push.item_id == item.id, Push.person_id == person.id, Push.recipient == recipient)
    return session.scalar(found.limit(1)) is not None


def to_person(session: Session, person: Person) -> list[Push]:
    return list(session.scalars(select(Push).where(Push.person_id == person.id).order_by(Push.id)))


def prune(session: Session, before: datetime) -> int:
    """Let go of the words of pushes that ended before this; how many. That they were sent stays."""
    ended, words = ~waiting, or_(Push.body.is_not(None), Push.identity_id.is_not(None))
    old = select(Push.id).where(ended, words, Push.created_at < before).order_by(Push.id).limit(PART)
    gone = update(Push).where(Push.id.in_(session.scalars(old).all()))
    return int(session.execute(gone.values(body=null(), facts={}, identity_id=None)).rowcount)  # type: ignore[attr-defined]
