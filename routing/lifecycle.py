"""The life of an item: one table, one writer. Every move leaves an event."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from typing import Any

from routing import asides
from store import history
from store.history import Step, record
from store.tables import Item, Person


class State(StrEnum):
    REGISTERED = "registered"  # numbered; fragments may still join
    TRIAGE = "triage"  # waits for the coordinator to name category or owner
    ASSIGNED = "assigned"  # unit, person, mode and deadline are set; not yet signed for
    HANDLING = "handling"  # signed for
    RESOLVED = "resolved"  # the handler says it is done; the enterprise is asked
    RATED = "rated"  # the enterprise has answered, or let the time pass
    VERIFIED = "verified"  # somebody other than the handler has checked
    CLOSED = "closed"  # struck off
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    MERGED = "merged"


class Action(StrEnum):
    TRIAGE = "triage"  # to the coordinator
    DISPATCH = "dispatch"  # to a unit and a person
    CLASSIFY = "classify"  # change of category
    SIGN = "sign"
    RETURN = "return"  # not ours, before signing
    SUCCEED = "succeed"  # to whoever takes over from somebody who has left
    RELEASE = "release"  # whoever had it has left, and nobody takes over
    TRANSFER = "transfer"  # to another person or unit, who has signed
    PROGRESS = "progress"
    RESOLVE = "resolve"
    RATE = "rate"  # basically satisfied or better
    OBJECT = "object"  # the enterprise is not satisfied: back to work
    LAPSE = "lapse"  # no rating came in time; never counted as satisfied
    VERIFY = "verify"
    SEND_BACK = "send_back"  # the check failed: back to work
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    REFUSE = "refuse"
    MERGE = "merge"
    PASS_ON = "pass_on"  # not in the office's remit, so not accepted (domain step 2): handed to somebody outside


ENDED = frozenset({State.CLOSED, State.WITHDRAWN, State.REFUSED, State.MERGED})
NEW_OWNER = frozenset({Action.DISPATCH, Action.TRANSFER, Action.SUCCEED})
IN_HAND = frozenset({State.ASSIGNED, State.HANDLING})
WORKED_ON = frozenset({State.HANDLING, State.RESOLVED})
NEW_ROUND = frozenset({Action.OBJECT, Action.SEND_BACK, Action.REOPEN})

# The way of domain rule 3.1. Extension, support and escalation are tables and events, not states.
# fmt: off
TRANSITIONS: dict[tuple[State, Action], State] = {
    # from             on                to
    (State.REGISTERED, Action.CLASSIFY): State.REGISTERED,
    (State.REGISTERED, Action.DISPATCH): State.ASSIGNED,
    (State.REGISTERED, Action.TRIAGE):   State.TRIAGE,
    (State.REGISTERED, Action.WITHDRAW): State.WITHDRAWN,
    (State.REGISTERED, Action.MERGE):    State.MERGED,

    (State.TRIAGE,     Action.CLASSIFY): State.TRIAGE,
    (State.TRIAGE,     Action.DISPATCH): State.ASSIGNED,
    (State.TRIAGE,     Action.WITHDRAW): State.WITHDRAWN,
    (State.TRIAGE,     Action.REFUSE):   State.REFUSED,
    (State.TRIAGE,     Action.MERGE):    State.MERGED,
    (State.TRIAGE,     Action.PASS_ON):  State.REFUSED,

    (State.ASSIGNED,   Action.CLASSIFY): State.ASSIGNED,
    (State.ASSIGNED,   Action.DISPATCH): State.ASSIGNED,
    (State.ASSIGNED,   Action.SIGN):     State.HANDLING,
    (State.ASSIGNED,   Action.RETURN):   State.TRIAGE,
    (State.ASSIGNED,   Action.SUCCEED):  State.ASSIGNED,
    (State.ASSIGNED,   Action.RELEASE):  State.TRIAGE,
    (State.ASSIGNED,   Action.TRANSFER): State.HANDLING,
    (State.ASSIGNED,   Action.PROGRESS): State.HANDLING,
    (State.ASSIGNED,   Action.RESOLVE):  State.RESOLVED,
    (State.ASSIGNED,   Action.WITHDRAW): State.WITHDRAWN,
    (State.ASSIGNED,   Action.MERGE):    State.MERGED,
    (State.ASSIGNED,   Action.PASS_ON):  State.REFUSED,

    (State.HANDLING,   Action.CLASSIFY): State.HANDLING,
    (State.HANDLING,   Action.DISPATCH): State.ASSIGNED,
    (State.HANDLING,   Action.SUCCEED):  State.ASSIGNED,
    (State.HANDLING,   Action.RELEASE):  State.TRIAGE,
    (State.HANDLING,   Action.TRANSFER): State.HANDLING,
    (State.HANDLING,   Action.PROGRESS): State.HANDLING,
    (State.HANDLING,   Action.RESOLVE):  State.RESOLVED,
    (State.HANDLING,   Action.WITHDRAW): State.WITHDRAWN,
    (State.HANDLING,   Action.MERGE):    State.MERGED,
    (State.HANDLING,   Action.PASS_ON):  State.REFUSED,

    (State.RESOLVED,   Action.RATE):     State.RATED,
    (State.RESOLVED,   Action.OBJECT):   State.HANDLING,
    (State.RESOLVED,   Action.LAPSE):    State.RATED,
    (State.RESOLVED,   Action.SEND_BACK): State.HANDLING,

    (State.RATED,      Action.RATE):     State.RATED,
    (State.RATED,      Action.OBJECT):   State.HANDLING,
    (State.RATED,      Action.VERIFY):   State.VERIFIED,
    (State.RATED,      Action.SEND_BACK): State.HANDLING,

    (State.VERIFIED,   Action.OBJECT):   State.HANDLING,
    (State.VERIFIED,   Action.SEND_BACK): State.HANDLING,
    (State.VERIFIED,   Action.CLOSE):    State.CLOSED,

    (State.CLOSED,     Action.REOPEN):   State.ASSIGNED,
    (State.WITHDRAWN,  Action.REOPEN):   State.TRIAGE,
    (State.REFUSED,    Action.REOPEN):   State.TRIAGE,
    (State.MERGED,     Action.REOPEN):   State.TRIAGE,
}
# fmt: on


class NotAllowed(Exception):
    """The item is in a state from which this cannot be done."""

    def __init__(self, item: Item, action: str) -> None:
        super().__init__(f"{item.number}: no {action} from {item.state}")
        self.item = item
        self.action = action


def this_round(item: Item) -> Iterator[Step]:
    """The history since the item last went back to work, the newest first."""
    return takewhile(lambda event: event.action not in NEW_ROUND, reversed(history.of(item)))


def allows(item: Item, action: Action) -> bool:
    return (State(item.state), action) in TRANSITIONS


def require(item: Item, action: Action) -> None:
    """Raise NotAllowed unless this can be done now: for callers that change more than the state."""
    if not allows(item, action):
        raise NotAllowed(item, action)


def apply(item: Item, action: Action, *, by: Person | None, now: datetime, rule: str = "", **data: Any) -> Step:
    """Move the item and record it. Nothing else may write `item.state`.

    For `by`, `rule` and `data` see `record`. Raises NotAllowed, and then nothing has changed.
    """
    target = TRANSITIONS.get((State(item.state), action))
    if target is None:
        raise NotAllowed(item, action)
    event = record(item, action, by=by, now=now, rule=rule, after=target, **data)
    if action in NEW_ROUND:
        item.round += 1
    if target != item.state or action in NEW_OWNER:
        item.state_since = item.checked_until = now
    if target in WORKED_ON and item.signed_at is None:
        item.signed_at = now  # whoever works on it has signed for it
    if action is Action.DISPATCH or target not in IN_HAND:
        asides.void(item, now)
    if target is State.RESOLVED:
        asides.void_escalations(item, (asides.LEADER,))  # a higher authority answers all the same
    item.state = target
    item.closed_at = now if target in ENDED else None
    if target in ENDED:
        asides.release(item, now)
        item.next_check_at = None
        asides.silence(item)
        asides.void_escalations(item, (asides.LEADER, asides.SUPERIOR))
    elif target is not State.REGISTERED:  # a settling item is looked at when it has settled
        item.next_check_at = now  # whatever has moved is planned anew by the next tick
    return event
