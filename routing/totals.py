"""Keeps the running totals: what ended long enough ago is counted once."""

from datetime import datetime

from routing.policy import Policy
from store import totals
from store.db import Store

BATCH, AT_ONCE = 500, 4


def keep(store: Store, policy: Policy, now: datetime) -> None:
    """Fold in what is due; of a great backlog some at each tick, so that nobody waits. Mostly nothing is due, and
    nothing is written."""
    before, local = now - policy.metrics.totals_after, policy.calendar.local(now)
    with store.read() as session:
        if not totals.anything(session, before, local):
            return
    for _ in range(AT_ONCE):
        with store.write() as session:
            if totals.fold(session, before, local, BATCH) < BATCH:
                return
