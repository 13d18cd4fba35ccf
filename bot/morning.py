"""The morning list: what an officer has to do today, in numbered lines that can be answered one by one."""

from collections.abc import Iterator
from datetime import datetime

from bot.facts import excerpt
from bot.service import Service
from routing.acting import works_for
from routing.lifecycle import IN_HAND, State
from routing.policy import Turn
from routing.rhythm import Rhythm
from store import asides, items, listings
from store.tables import Item, Person

TEXT = "morning"
SHOWN = 10
WHY = ("late", "today", "promised", "unsigned", "offered", "untouched")
"""Why an item is on the list, the gravest first; the last four wait for a word of this person."""


def todo(
    service: Service, turn: Turn, _rhythm: Rhythm, _due: datetime, person: Person
) -> tuple[str, dict[str, object]] | None:
    """Text and facts of this person's list; None on a day without one. Its lines can be answered from now on."""
    found = sorted(_todo(turn, person), key=lambda pair: WHY.index(pair[0]))
    if not found:
        return None
    shown = found[:SHOWN]
    listings.show(turn.session, person, [item for _, item in shown], turn.now)
    lines = [_line(service, turn, person, n, why, item) for n, (why, item) in enumerate(shown, 1)]
    if len(found) > SHOWN:
        lines.append(service.texts.label("word", "more").format(count=len(found) - SHOWN))
    counted = [why for why, _ in found]
    late, today = counted.count("late"), counted.count("today")
    return TEXT, {
        "count": len(found),
        "late": late,
        "today": today,
        "waiting": len(found) - late - today,
        "lines": "\n".join(lines),
        "first_text": excerpt(shown[0][1].text),
        "shown": [item.id for _, item in shown],
    }


def _todo(turn: Turn, person: Person) -> Iterator[tuple[str, Item]]:
    for item in items.open_of_officer(turn.session, person):
        if item.state in IN_HAND and (why := _why(turn, item)):
            yield why, item
    for item in asides.offered_to(turn.session, works_for(turn, person)):
        yield "offered", item


def _why(turn: Turn, item: Item) -> str | None:
    """Why this item is to be dealt with today."""
    local = turn.policy.calendar.local
    today = local(turn.now).date()
    stands_still = item.paused_until is not None and item.paused_until > turn.now
    if item.due_at is not None and not stands_still and local(item.due_at).date() <= today:
        return "late" if item.due_at < turn.now else "today"
    if any(one.status == "open" and local(one.due_at).date() <= today for one in item.commitments):
        return "promised"
    if item.state == State.ASSIGNED:
        return "unsigned"
    return "untouched" if item.contacted_at is None else None


def _line(service: Service, turn: Turn, person: Person, place: int, why: str, item: Item) -> str:
    facts = service.speaker.facts(item, person)
    told = service.texts.label("morning", why).format(late=service.speaker.late(item, turn.now), **facts)
    return service.texts.say("morning_line", **{**facts, "place": place, "why": told})
