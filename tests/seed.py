"""Items by the hundred, written straight into the database: to check figures against figures that are known."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from store import people
from store.tables import Event, Item, Report
from tests.desk import Desk

USUAL = {
    "category": "OTHER",
    "confidence": 1.0,
    "because": [],
    "candidates": [],
    "nature": "help",
    "urgent": False,
    "grade": 2,
    "rules": {},
    "text": "x",
}
STRUCK_OFF = {"state": "closed", "result_code": "solved"}
_ids = itertools.count(1)


def seed(desk: Desk, count: int, *, action: str | None = None, **columns: Any) -> None:
    """So many items of this kind, registered now; `action` leaves an event of that name on each."""
    now = desk.clock.now()
    with desk.store.write() as session:
        contact = people.with_role(session, "contact")[0]
        report = Report(person_id=contact.id, opened_at=now, settles_at=now)
        session.add(report)
        for _ in range(count):
            report.items.append(_item(desk, now, contact.id, columns))
            if action:
                report.items[-1].events.append(_event(action, now))


def _item(desk: Desk, now: datetime, contact_id: int, columns: dict[str, Any]) -> Item:
    number = next(_ids)
    given = {**USUAL, "state": "handling", "registered_at": now, **columns}
    if given["state"] in ("closed", "withdrawn", "refused", "merged"):
        given.setdefault("closed_at", given["registered_at"] + timedelta(hours=3))
    if given["state"] in ("resolved", "rated", "verified", "closed"):
        given.setdefault("resolved_at", given["registered_at"] + timedelta(hours=2))
    day = desk.service.policy.calendar.local(given["registered_at"])
    return Item(
        number=f"{day:%Y%m%d}-9{number:06d}", short=f"9{number:06d}", contact_id=contact_id, state_since=now, **given
    )


def _event(action: str, now: datetime) -> Event:
    return Event(seq=1, at=now, action=action, state_before="x", state_after="x", data={})
