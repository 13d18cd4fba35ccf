"""The ledger for machines: every item with its history, as plain values."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.facts import Speaker, iso
from routing.flags import Flags
from store import items
from store.tables import Event, Item


def rows(session: Session, speaker: Speaker, flags: Flags, now: datetime) -> Iterator[dict[str, Any]]:
    """All items but the restricted ones, in the order of their numbers. Times are ISO 8601 with the local offset."""
    for item in items.ledger(session):
        yield _row(item, speaker, flags, now)


def _row(item: Item, speaker: Speaker, flags: Flags, now: datetime) -> dict[str, Any]:
    calendar = speaker.calendar
    return {
        "number": item.number,
        "enterprise": item.enterprise.name if item.enterprise else None,
        "contact": item.contact.name,
        "text": speaker.named.masked(item.text),
        "category": item.category,
        "grade": item.grade,
        "grade_name": speaker.texts.label("grade", item.grade),
        "urgent": item.urgent,
        "state": item.state,
        "open": item.closed_at is None,
        "lead": item.lead.name if item.lead else None,
        "officer": item.officer.name if item.officer else None,
        "due_at": iso(item.due_at, calendar),
        "next_check_at": iso(item.next_check_at, calendar),
        "flag": flags.colour(item, now),
        "round": item.round,
        "rating": item.rating,
        "events": [_event(event, speaker) for event in item.events],
    }


def _event(event: Event, speaker: Speaker) -> dict[str, Any]:
    return {
        "at": iso(event.at, speaker.calendar),
        "actor": event.actor.name if event.actor else speaker.texts.label("word", "service"),
        "action": event.action,
        "rule": event.rule,
        "text": f"{speaker.texts.label('action', event.action)} {speaker.detail(event)}".strip(),
    }
