"""What is pending with whoever writes: asked in one statement at the start of a message.

With most messages nothing is, and each named query would find that out for itself. What was not there stays so until
the transaction writes something; then each query asks again.
"""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Executable,
    bindparam,
    event,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session

from store.tables import Campaign, EnterpriseContact, Fragment, Inbox, Item, Person, Question, Report

NOTHING = "nothing pending"


class Pending(StrEnum):
    """What can be there: something that waits to be understood, a question, a report that is still being told,
    fragments without words, items closed lately, a campaign that runs."""

    WAITING = "waiting"
    QUESTION = "question"
    SETTLING = "settling"
    LOOSE = "loose"
    CLOSED = "closed"
    CAMPAIGN = "campaign"


@cache
def _pending() -> Executable:
    person: BindParameter[int] = bindparam("person")
    now: BindParameter[datetime] = bindparam("now")
    loose = (Fragment.report_id.is_(None), Fragment.item_id.is_(None), Fragment.at >= bindparam("loose_since"))
    closed = (Item.state == "closed", Item.closed_at >= bindparam("closed_since"))
    own = select(EnterpriseContact.enterprise_id).where(EnterpriseContact.person_id == person)
    there = {
        Pending.WAITING: exists().where(Inbox.person_id == person, Inbox.waiting),
        Pending.QUESTION: exists().where(Question.person_id == person, Question.expires_at > now),
        Pending.SETTLING: exists().where(Report.person_id == person, Report.settles_at > now),
        Pending.LOOSE: exists().where(Fragment.person_id == person, *loose),
        Pending.CLOSED: or_(
            exists().where(Item.contact_id == person, *closed), exists().where(Item.enterprise_id.in_(own), *closed)
        ),
        Pending.CAMPAIGN: exists().where(Campaign.district_id == bindparam("district"), Campaign.ended_at.is_(None)),
    }
    return select(*(one.label(name) for name, one in there.items()))


def look(session: Session, person: Person, now: datetime, loose_since: datetime, closed_since: datetime) -> None:
    """Find out at once what is not there. `loose_since`, `closed_since`: as far back as loose fragments and closed
    items are of interest."""
    asked = {
        "person": person.id,
        "district": person.district_id,
        "now": now,
        "loose_since": loose_since,
        "closed_since": closed_since,
    }
    found = session.connection().execute(_pending(), asked).one()
    since = {Pending.LOOSE: loose_since, Pending.CLOSED: closed_since}
    session.info[NOTHING] = {
        (name, person.district_id if name is Pending.CAMPAIGN else person.id): since.get(name, now)
        for name, there in zip(Pending, found, strict=True)
        if not there
    }


def nothing(session: Session, name: Pending, whose: int | str, since: datetime | None = None) -> bool:
    """Whether it is known that there is none of these, from `since` on where time matters."""
    looked = session.info.get(NOTHING, {}).get((name, whose))
    if looked is None or (since is not None and since < looked):
        return False
    return not (session.new or session.dirty or session.deleted)  # what is not written yet may be just that


def written(session: Session, person_id: int) -> None:
    """A report of this person was written past the unit of work."""
    session.info.get(NOTHING, {}).pop((Pending.SETTLING, person_id), None)


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: Any) -> None:
    session.info.pop(NOTHING, None)
