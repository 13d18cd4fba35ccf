"""Messages that were only stored, because too many came at once: understood in their order, one after the other."""

from bot import reception, xml
from bot.message import read_message
from bot.service import Service
from store import inbox


def understand(service: Service) -> int:
    """Understand all that waits; how many messages. Safe to run in any number of processes, and to be killed."""
    done = 0
    while _next(service):
        done += 1
    return done


def _next(service: Service) -> bool:
    """One message and its answer, which now goes to its sender as a message of its own."""
    with service.store.write() as session:
        found = inbox.next_waiting(session)
        if found is None:
            return False
        if found.body:  # nothing is left of it when its sender has had it deleted meanwhile
            message = read_message(xml.fields(found.body.encode()), found.channel)
            reception.catch_up(service, session, message, found.row)
        return True
