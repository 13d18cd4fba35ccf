"""What must hold when a history is over."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import LEASE
from bot.drill.account import Account, Found, compare, key_of
from routing import reminders
from store import audit
from store.outbox import WAITING
from store.tables import Event, Inbox, Item, Push
from tests.histories.course import LATE
from tests.histories.history import History

WATCHED = "bot.watchdog"
"""It says loudly what it sees after an outage: no fault."""
NEVER = timedelta()


def broken(history: History) -> list[str]:
    """What does not hold, a line each."""
    made = Account()
    pushes = compare(made, history)  # type: ignore[arg-type]
    doubled = [entry for entry in made.doubled if not _excused(history, entry)]
    books = {"lost": made.lost, "doubled": doubled, "out_of_hours": made.out_of_hours}
    found = [f"{kind}: {key} {facts}" for kind, entries in books.items() for key, facts in entries]
    with history.service.store.read() as session:
        for law in LAWS:
            found += [f"{law.__name__}: {what}" for what in law(history, session, pushes)]
    return found


def _excused(history: History, entry: Found) -> bool:
    """A platform that remembers ten minutes, and a clock set back by an hour: how old a doubt is nobody can tell."""
    key, facts = entry
    return min(history.course.jumps, default=NEVER) < NEVER and key == "again" and facts["channel"] == "template"


def stuck(history: History, session: Session, _pushes: Sequence[Push]) -> Iterator[object]:
    yield from sorted(audit.overdue(session, history.clock.now() - LATE))


def put_twice(_history: History, _session: Session, pushes: Sequence[Push]) -> Iterator[object]:
    times = Counter(push.once_key.split("#")[0] for push in pushes)
    yield from (key for key, count in times.items() if count > 1)


def sent_after_the_end(history: History, _session: Session, pushes: Sequence[Push]) -> Iterator[object]:
    """Nothing but its end is told of an item that had ended a lease before whoever tells it looked last. Who freezes
    between that look and the call can know nothing of what happens meanwhile."""
    about = {key_of(push): push for push in pushes if push.channel and push.body}
    truly, local = history.clock.last_shown, history.service.policy.calendar.local
    for call, looked in zip(history.vendor.calls, history.vendor.looks, strict=True):
        push = about.get((call.channel, call.to, call.body))
        ended = push.item.closed_at if push is not None and push.item is not None else None
        if push is not None and ended is not None and push.created_at < ended and truly(ended) < looked - LEASE:
            yield push.id, push.text_key, local(call.at)


def left_behind(_history: History, _session: Session, pushes: Sequence[Push]) -> Iterator[object]:
    """What travels with another push goes out when that does, or is let go by it."""
    by_id = {push.id: push for push in pushes}
    for push in pushes:
        first = by_id[push.digest_id] if push.digest_id else push
        if push.status == "digest" and first.status not in WAITING:
            yield push.id, push.text_key, first.id, first.status


def said_and_not_put(history: History, session: Session, pushes: Sequence[Push]) -> Iterator[object]:
    """A reminder that was said stands in the outbox, and was said when it was due."""
    keys = [push.once_key for push in pushes]
    telling = {rung.name for rung in history.service.policy.ladder.rungs if rung.tell}
    for item in session.scalars(select(Item)):
        for row in item.reminders:
            mine = reminders.key(item, row)
            if row.status == "said" and row.rung in telling and not any(key.startswith(mine) for key in keys):
                yield item.number, row.rung
            if row.said_at is not None and row.said_at < row.due_at:
                yield item.number, row.rung, "early"


def dispatched_in_silence(_history: History, session: Session, pushes: Sequence[Push]) -> Iterator[object]:
    """Who is given an item is told so, with the item's own line."""
    told = {push.once_key for push in pushes}
    for event in session.scalars(select(Event).where(Event.action == "dispatch")):
        mine = f":{event.item.number}:{event.seq}:officer:"
        if event.item.officer_id is not None and not any(mine in key for key in told):
            yield event.item.number, event.seq


def never_understood(_history: History, session: Session, _pushes: Sequence[Push]) -> Iterator[object]:
    yield from session.scalars(select(Inbox.id).where(Inbox.reply.is_(None) | Inbox.waiting))


def answered_in_two_ways(history: History, _session: Session, _pushes: Sequence[Push]) -> Iterator[object]:
    yield from (letter.text for letter in history.carrier.differing())


def errors(history: History, _session: Session, _pushes: Sequence[Push]) -> Iterator[object]:
    yield from (what for what in history.errors if not what.startswith(WATCHED))


LAWS: tuple[Callable[[History, Session, Sequence[Push]], Iterator[object]], ...] = (
    stuck,
    put_twice,
    sent_after_the_end,
    left_behind,
    said_and_not_put,
    dispatched_in_silence,
    never_understood,
    answered_in_two_ways,
    errors,
)
