"""The inbox: every delivery of the platform, written before anything is done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningInsert

from store.pending import Pending, nothing
from store.tables import HOME, Inbox
from store.upsert import insert_for
from store.vault import vault

PART = 1000
"""So many rows are let go at a time."""
PURPOSE = "inbox"
"""The purpose for which what came, and what was answered, are sealed."""


def first_sight(session: Session, channel: str, dedupe_key: str, body: str, now: datetime) -> int | None:
    """Write the delivery down; its row's id, or None when it was here before."""
    row = {
        "district_id": HOME,
        "channel": channel,
        "dedupe_key": vault(session).index(PURPOSE, dedupe_key),
        "received_at": now,
        "body": vault(session).seal(PURPOSE, body),
        "failed": False,
    }
    connection = session.connection()
    return connection.scalar(_first_sight(connection.dialect.name), row)


@cache
def _first_sight(kind: str) -> ReturningInsert[int]:
    return insert_for(kind, Inbox).on_conflict_do_nothing().returning(Inbox.id)


_ANSWERED = (
    update(Inbox).where(Inbox.id == bindparam("row")).values(reply=bindparam("said"), person_id=bindparam("whose"))
)


def answered(session: Session, inbox_id: int, reply: str | None, person_id: int | None) -> None:
    """Keep what was answered, and to whom."""
    sealed = vault(session).seal(PURPOSE, reply) if reply else reply
    session.connection().execute(_ANSWERED, {"row": inbox_id, "said": sealed, "whose": person_id})


_PUT_ASIDE = update(Inbox).where(Inbox.id == bindparam("row")).values(waiting=True, person_id=bindparam("whose"))
_WAITS = select(Inbox.id).where(Inbox.person_id == bindparam("person"), Inbox.waiting).limit(1)


def put_aside(session: Session, inbox_id: int, person_id: int) -> None:
    """Understood later, by the worker."""
    session.connection().execute(_PUT_ASIDE, {"row": inbox_id, "whose": person_id})


def waits(session: Session, person_id: int) -> bool:
    """Whether something this person sent before has not been understood yet."""
    if nothing(session, Pending.WAITING, person_id):
        return False
    return session.connection().scalar(_WAITS, {"person": person_id}) is not None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that was only stored."""

    row: int
    channel: str
    body: str


def all_waiting(session: Session, most: int) -> Sequence[int]:
    """The rows of deliveries that were put aside, the oldest first. By a computed number, so that they are found
    through what waits and not through all that ever came in its order."""
    return session.scalars(select(Inbox.id).where(Inbox.waiting).order_by(Inbox.id + 0).limit(most)).all()


_BEFORE = aliased(Inbox)
_TAKEN = (
    select(Inbox)
    .where(Inbox.id == bindparam("row"), Inbox.waiting)
    .where(~exists().where(_BEFORE.waiting, _BEFORE.person_id == Inbox.person_id, _BEFORE.id < Inbox.id))
    .with_for_update(skip_locked=True, of=Inbox)
)


def take(session: Session, inbox_id: int) -> Waiting | None:
    """A delivery that was put aside, no longer so. None when somebody else has it or has had it, or when something
    its sender sent before still waits."""
    row = session.scalar(_TAKEN, {"row": inbox_id})
    if row is None:
        return None
    row.waiting = False
    body = vault(session).open(PURPOSE, row.body) if row.body else ""
    return Waiting(row.id, row.channel, body)


def oldest_waiting(session: Session) -> datetime | None:
    """Since when the oldest delivery waits that was put aside."""
    return session.scalar(select(func.min(Inbox.received_at)).where(Inbox.waiting))


def mark_failed(session: Session, inbox_id: int) -> None:
    session.execute(update(Inbox).where(Inbox.id == inbox_id).values(failed=True))


def blank(session: Session, inbox_id: int) -> None:
    """Keep only that it was here."""
    session.execute(update(Inbox).where(Inbox.id == inbox_id).values(body="", reply=None))


def prune(session: Session, before: datetime, failed_before: datetime) -> int:
    """Let go of deliveries older than this; of those that a person has to read, later. How many."""
    past = ~Inbox.waiting & or_(
        (Inbox.received_at < before) & ~Inbox.failed, Inbox.received_at < min(before, failed_before)
    )
    old = select(Inbox.id).where(past).order_by(Inbox.id).limit(PART)
    gone = session.execute(delete(Inbox).where(Inbox.id.in_(session.scalars(old).all())))
    return int(gone.rowcount)  # type: ignore[attr-defined]


_DELIVERY = select(Inbox.reply).where(
    Inbox.district_id == bindparam("district"),
    Inbox.channel == bindparam("channel"),
    Inbox.dedupe_key == bindparam("dedupe_key"),
)


def stored_reply(session: Session, channel: str, dedupe_key: str) -> str | None:
    """What was answered to this delivery the first time, "" where it was nothing; None where it is not written down,
    though somebody else may just be writing it."""
    index = vault(session).index(PURPOSE, dedupe_key)
    asked = {"district": HOME, "channel": channel, "dedupe_key": index}
    found = session.connection().execute(_DELIVERY, asked).first()
    if found is None:
        return None
    return vault(session).open(PURPOSE, found.reply) if found.reply else ""


def failed_count(session: Session) -> int:
    """Messages that are stored and were not understood: a person must read them."""
    return session.scalar(select(func.count()).select_from(Inbox).where(Inbox.failed)) or 0
