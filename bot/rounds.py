"""One round of work: what is regular, what is due for items, and whether all of it works."""

from datetime import datetime
from functools import partial

from bot import later, rhythm, watchdog
from bot.delivery import drain
from bot.likeness import offer_batch
from bot.senders import Sender
from bot.service import Service
from routing import ladder, totals
from store import outbox


def tick(service: Service) -> None:
    """Put what is due into the outbox."""
    rhythm.keep(service)
    settled = partial(offer_batch, service.intake.twins)
    ladder.tick(service.store, service.policy, service.clock.now(), settled)
    totals.keep(service.store, service.policy, service.clock.now())


def work(service: Service, sender: Sender, template_id: str, worker: str) -> None:
    """A whole round, one after the other, for a single process that moves its clock."""
    later.understand(service)
    tick(service)
    drain(service, sender, template_id, worker)
    watchdog.look(service)


def next_due(service: Service) -> datetime | None:
    """When something will happen by itself."""
    with service.store.read() as session:
        moments = (ladder.next_moment(session), rhythm.next_moment(service, session), outbox.next_try(session))
    return min((moment for moment in moments if moment is not None), default=None)
