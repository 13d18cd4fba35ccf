"""Outbox to phones: lease, check once more, send the stored bytes outside any transaction, write the outcome.

Retrying and giving up live here and nowhere else.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import pace
from bot.message import OA
from bot.parcels import OURS, SAME_BYTES, Parcel, drop, pack, wanted
from bot.senders import Sender, SendFailed, Trouble
from bot.service import Service
from routing.policy import Turn
from routing.restricted import receivers
from routing.telling import tell_people, tell_role
from store import outbox, people
from store.tables import Push

LEASE = timedelta(seconds=120)
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480))
"""How long to wait after each failed attempt; after the last one the push is given up and shown."""
PAUSE = timedelta(minutes=30)
ALERT = "uncertain_push"
NO_ANSWER = "no answer was seen"

log = logging.getLogger(__name__)


def drain(service: Service, sender: Sender, template_id: str, worker: str) -> int:
    """Send everything that is due; how many pushes were looked at. Any number of workers may do so at once."""
    looked = 0
    while (parcel := _next(service, sender, template_id, worker)) is not None:
        looked += 1
        if isinstance(parcel, Parcel):
            _send(service, sender, parcel, worker)
    return looked


def _next(service: Service, sender: Sender, template_id: str, worker: str) -> Parcel | bool | None:
    """Lease the next due push: a parcel, or True when it was settled without sending, or None when none is due."""
    now = service.clock.now()
    with service.store.write() as session:
        push = service.lease(session, worker, now, LEASE)
        if push is None:
            return None
        if _held(service, session, push, now):
            return True
        if push.body is None and not pack(service, session, push, sender, template_id, now):
            _give_up(session, push, "dead", "no way to reach this person")
        if push.status != "sending" or push.body is None or push.channel is None:
            return True
        push.attempts += 1
        push.maybe_since = push.maybe_since or now
        body = {name: value for name, value in push.body.items() if name not in OURS}
        return Parcel(push.id, push.channel, body)


def _held(service: Service, session: Session, push: Push, now: datetime) -> bool:
    """Whether the push must not go out now: no longer wanted, outside hours, or perhaps already there."""
    if push.maybe_since is not None:
        if now - push.maybe_since <= SAME_BYTES.get(push.channel or "", timedelta()) - LEASE:
            return False  # the platform drops it if it has it
        _unknown(service, session, push, now)
        return True
    if not wanted(push):
        drop(session, push, now)
        return True
    until = pace.earliest(service, session, push, now)
    if until <= now:
        return False
    push.status, push.next_try = "ready", until
    return True


def _send(service: Service, sender: Sender, parcel: Parcel, worker: str) -> None:
    try:
        vendor_id = sender.send(parcel.channel, parcel.body)
    except SendFailed as failure:
        _failed(service, parcel, worker, failure)
        return
    now = service.clock.now()
    with service.store.write() as session:
        outbox.sent(session, parcel.push_id, worker, now, vendor_id)


def _failed(service: Service, parcel: Parcel, worker: str, failure: SendFailed) -> None:
    now, trouble = service.clock.now(), failure.trouble
    log.warning("push %s: %s (%s)", parcel.push_id, trouble, failure.note)
    with service.store.write() as session:
        push = outbox.still_mine(session, parcel.push_id, worker)
        if push is None:
            return
        push.lease_owner, push.error = None, failure.note
        if trouble is Trouble.SENT:
            push.status, push.sent_at, push.maybe_since = "sent", now, None
            outbox.settle_digest(session, push)
        elif trouble is Trouble.UNCERTAIN:
            _uncertain(service, session, push, now)
        else:
            push.maybe_since = None  # a definite no: nothing was delivered
            _refused(session, push, trouble, now)


def _uncertain(service: Service, session: Session, push: Push, now: datetime) -> None:
    """It may have arrived. Where the platform drops repeats it is sent again soon; elsewhere never blindly."""
    if push.channel in SAME_BYTES:
        push.next_try = now + WAITS[0]
    else:
        _unknown(service, session, push, now)


def _unknown(service: Service, session: Session, push: Push, now: datetime) -> None:
    """Nobody can say whether it arrived: it is not sent again, and the coordinator is told to ask."""
    _give_up(session, push, "unknown", NO_ANSWER)
    if push.text_key == ALERT:
        return
    what = str((push.body or {}).get("brief", ""))
    turn, number = Turn(session, service.policy, now), push.item.number if push.item else "—"
    facts = {"name": push.person.name, "number": number, "what": what}
    if push.item is not None and push.item.restricted:
        tell_people(turn, receivers(turn, push.item), ALERT, f"{ALERT}:{push.id}", **facts)
    else:
        tell_role(turn, "coordinator", ALERT, f"{ALERT}:{push.id}", **facts)


def _refused(session: Session, push: Push, trouble: Trouble, now: datetime) -> None:
    if trouble is Trouble.CHANNEL and push.channel == "custom":
        _close_window(session, push)
        push.body = push.channel = None  # the next lease chooses another way
        push.status, push.next_try = "ready", now
    elif trouble in (Trouble.DROP, Trouble.PAYLOAD, Trouble.CHANNEL) or push.attempts > len(WAITS):
        _give_up(session, push, "dead", push.error or "")
    elif trouble is Trouble.PAUSE:
        push.attempts -= 1
        push.status, push.next_try = "ready", now + PAUSE
    else:
        push.status, push.next_try = "ready", now + WAITS[push.attempts - 1]


def _close_window(session: Session, push: Push) -> None:
    identity = people.identity_of(session, push.person, OA)
    if identity is not None:
        identity.window_left = 0


def _give_up(session: Session, push: Push, status: str, why: str) -> None:
    push.status, push.error, push.lease_owner = status, why, None
    outbox.settle_digest(session, push)
