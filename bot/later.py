"""Messages that were only stored, because too many came at once: understood in their order, one after the other."""

from datetime import datetime, timedelta

from bot import reception, xml
from bot.message import read_message
from bot.service import Service
from store import inbox

PART = 100
"""So many are looked up at a time."""
FIRST = timedelta(minutes=1)
"""For so long after it came a message that waits has the worker for itself."""


def understand(service: Service) -> int:
    """Understand all that waits; how many messages. Safe to run in any number of processes, and to be killed. Each
    message is a transaction of its own, and where nothing waits there is none that writes."""
    done = 0
    while rows := _waiting(service):
        understood = sum(_one(service, row) for row in rows)
        if not understood:  # somebody else has them all
            break
        done += understood
    return done


def _waiting(service: Service) -> list[int]:
    with service.store.read() as session:
        return list(inbox.all_waiting(session, PART))


def _one(service: Service, row: int) -> bool:
    """One message and its answer, which now goes to its sender as a message of its own."""
    with service.store.write() as session:
        found = inbox.take(session, row)
        if found is None:
            return False
        if found.body:  # nothing is left of it when its sender has had it deleted meanwhile
            message = read_message(xml.fields(found.body.encode()), found.channel)
            reception.catch_up(service, session, message, found.row)
        return True


def comes_first(service: Service, now: datetime) -> bool:
    """Whether items are to be looked at a little later: people wait for their numbers, and items for nobody. Not for
    longer than `FIRST`, so that what cannot be understood never keeps reminders back."""
    with service.store.read() as session:
        since = inbox.oldest_waiting(session)
    return since is not None and timedelta() <= now - since < FIRST
