"""Outbox to phones: lease, check once more, send the stored bytes outside any transaction, write the outcome.

Retrying and giving up live here and nowhere else.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import calls, overtaken, pace, receipts
from bot.parcels import Parcel, addressed, drop, pack, wanted
from bot.refusals import closed, other_way
from bot.senders import Sender, SendFailed, Taken, Trouble
from bot.service import Service
from bot.ways import CONSOLE, SAME_BYTES, TIMED, Full, in_pace
from store import channels, outbox, trace
from store.tables import Push

LEASE = timedelta(seconds=120)
ENOUGH = timedelta(seconds=30)
"""So much of a lease must be left before a call: fetching a token and waiting for the answer take less."""
SET_BACK = {"wecom": timedelta(hours=1)}
"""So much less than its memory we rely on: our clock may have been set back by as much since a doubt arose. There is
no room for it in the ten minutes of a template."""
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480))
"""How long to wait after each failed attempt; after the last one the push is given up and shown."""
PAUSE = timedelta(minutes=30)
URGENT_TRIES = 3
"""After so many attempts of what is urgent somebody calls, while it is still being tried."""
NO_ANSWER = "no answer was seen"
NO_WAY = "no way to reach this person"

log = logging.getLogger(__name__)


def drain(service: Service, sender: Sender, template_id: str, worker: str) -> int:
    """Send everything that is due; how many pushes were looked at. Any number of workers may do so at once."""
    looked = 0
    receipts.settle(service)
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
        if push.body is not None and _outdated(push):
            other_way(session, push, now)
            return True
        if push.body is None:
            _pack(service, session, push, sender, template_id, now)
        if push.status != "sending" or push.body is None or push.channel is None:
            return True
        push.attempts += 1
        doubtful, push.maybe_since = push.maybe_since is not None, push.maybe_since or now
        body, request = addressed(session, push), push.request_id or ""
        return Parcel(push.id, push.channel, body, now + LEASE, push.urgent, doubtful, request)


def _pack(service: Service, session: Session, push: Push, sender: Sender, template_id: str, now: datetime) -> None:
    """Choose how it goes; where it cannot go now it waits, and where it can never go somebody calls."""
    packed = pack(service, session, push, sender, template_id, now)
    if isinstance(packed, Full):
        push.status, push.next_try = "ready", packed.until
    elif not packed:
        _give_up(service, session, push, "dead", push.error or NO_WAY)


def _outdated(push: Push) -> bool:
    """Whether what was made ready must be made anew, for nothing of it has left: the account it was for is gone, or
    its window and its turn are those of an earlier try."""
    gone = push.identity is None and push.channel != CONSOLE
    return push.maybe_since is None and (push.channel in TIMED or gone)


def _held(service: Service, session: Session, push: Push, now: datetime) -> bool:
    """Whether the push must not go out now: no longer wanted, outside hours, or perhaps already there."""
    if not wanted(push) and not (push.maybe_since and outbox.has_company(session, push)):
        drop(session, push, now)
        return True
    if push.maybe_since is not None:
        way, no_time = push.channel or "", timedelta()
        repeatable = SAME_BYTES.get(way, no_time) - SET_BACK.get(way, no_time) - LEASE
        again = in_pace(service, session, push, way, now)
        again = again if push.urgent else service.policy.calendar.next_open(again)
        if push.identity is not None and again - push.maybe_since <= repeatable:
            return _held_until(push, again, now)  # the platform drops it if it has it
        unknown(service, session, push, now)  # it may have forgotten by then
        return True
    return _held_until(push, pace.earliest(service, session, push, now), now)


def _held_until(push: Push, until: datetime, now: datetime) -> bool:
    if until <= now:
        return False
    push.status, push.next_try = "ready", until
    return True


def _send(service: Service, sender: Sender, parcel: Parcel, worker: str) -> None:
    with trace.of(parcel.request):
        if _overslept(service, parcel):
            _hand_back(service, parcel, worker)
            return
        try:
            vendor_id = sender.send(parcel.channel, parcel.body)
        except SendFailed as failure:
            _failed(service, parcel, worker, failure)
            return
        now = service.clock.now()
        with service.store.write() as session:
            push = outbox.sent(session, parcel.push_id, worker, now, str(vendor_id))
            if push is not None and isinstance(vendor_id, Taken):
                overtaken.note(session, push, vendor_id.code, now)
        log.info("push %s sent (%s)", parcel.push_id, parcel.channel)


def _overslept(service: Service, parcel: Parcel) -> bool:
    """Whether so much time has gone by since it was taken that another may have it, or that the office has closed."""
    now = service.clock.now()
    return now > parcel.until - ENOUGH or not (parcel.urgent or service.policy.calendar.is_open(now))


def _hand_back(service: Service, parcel: Parcel, worker: str) -> None:
    """The process has slept since it took this push, and has not called: whoever has it now does, or takes it anew.
    Calling now could say again what another has said, when the platform no longer knows it for a repeat."""
    now = service.clock.now()
    log.warning("push %s: held up before the call", parcel.push_id)
    with service.store.write() as session:
        push = outbox.still_mine(session, parcel.push_id, worker)
        if push is not None:
            push.status, push.next_try, push.lease_owner = "ready", now, None
            push.attempts -= 1
            push.maybe_since = push.maybe_since if parcel.doubtful else None


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
        elif parcel.doubtful:
            _refused_again(service, session, push, trouble, now)
        else:
            push.maybe_since = None  # a definite no: nothing was delivered
            _refused(service, session, push, trouble, now)


def _uncertain(service: Service, session: Session, push: Push, now: datetime) -> None:
    """It may have arrived. Where the platform drops repeats it is sent again soon; elsewhere never blindly."""
    if push.channel in SAME_BYTES:
        push.next_try = now + WAITS[0]
    else:
        unknown(service, session, push, now)


def unknown(service: Service, session: Session, push: Push, now: datetime) -> None:
    """Nobody can say whether it arrived: it is not sent again, and the coordinator is told to ask."""
    _give_up(service, session, push, "unknown", NO_ANSWER)


def _refused(service: Service, session: Session, push: Push, trouble: Trouble, now: datetime) -> None:
    """A definite no. What each class means for the push; the classes stand in `errcodes.toml`."""
    if trouble in (Trouble.CHANNEL, Trouble.DROP, Trouble.PAYLOAD) or push.attempts > len(WAITS):
        closed(service, session, push, trouble, now)
        other_way(session, push, now)
    elif trouble is Trouble.PAUSE:
        channels.shut(session, push.channel or "", now + PAUSE)
        push.attempts -= 1
        other_way(session, push, now)
    else:
        push.status, push.next_try = "ready", now + WAITS[push.attempts - 1]
        if push.urgent and push.attempts >= URGENT_TRIES:
            calls.ask_for(service, session, push, now)


def _refused_again(service: Service, session: Session, push: Push, trouble: Trouble, now: datetime) -> None:
    """A no to a repeat says nothing of the try before, which may have arrived: the same bytes by the same way, or
    nothing more."""
    if trouble in (Trouble.CHANNEL, Trouble.DROP, Trouble.PAYLOAD) or push.attempts > len(WAITS):
        unknown(service, session, push, now)
    else:
        push.status = "ready"
        push.next_try = now + (PAUSE if trouble is Trouble.PAUSE else WAITS[push.attempts - 1])


def _give_up(service: Service, session: Session, push: Push, status: str, why: str) -> None:
    push.status, push.error, push.lease_owner, push.maybe_since = status, why, None, None
    outbox.settle_digest(session, push)
    calls.ask_for(service, session, push, service.clock.now())
