"""Protections that are taken away, each at a seam of the service or by a patch here, never by a switch in it.

`python -m tests.histories --mutants` shows how soon each is found.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import delivery
from bot.drill.breaks import BREAKS
from bot.parcels import Parcel
from bot.senders import Sender, SendFailed
from bot.service import Service
from store import gather, inbox, outbox, together
from store.tables import Push

Patches = Iterator[AbstractContextManager[Any]]
FOR_EVER = timedelta(days=3650)
HALF = "between two halves"
"""Where a process may end once a transaction is cut in two."""


def as_it_is(service: Service) -> Service:
    return service


def nothing(_history: Any) -> Patches:
    return iter(())


@dataclass(frozen=True)
class Mutant:
    """The service with something missing: in its web processes, its ticks, its drains, or by a patch."""

    name: str
    web: Callable[[Service], Service] = as_it_is
    tick: Callable[[Service], Service] = as_it_is
    drain: Callable[[Service], Service] = as_it_is
    patches: Callable[[Any], Patches] = nothing
    found: bool = True  # whether its absence can be seen from outside; where not, `why` says why
    why: str = ""
    course: Mapping[str, Any] = field(default_factory=dict)  # of histories in which it would show soon


SOUND = Mutant("nothing is missing")


# -- the way in


def _kept_alone(service: Service) -> Service:
    """The inbox row has a transaction of its own, before what it says is understood."""

    def first_sight(session: Session, channel: str, key: str, body: str, now: datetime) -> int | None:
        row = inbox.first_sight(session, channel, key, body, now)
        _commit_half(session, service)
        return row

    return replace(service, first_sight=first_sight)


def _commit_half(session: Session, service: Any) -> None:
    """What is written so far is kept whatever comes; and here, too, a process may end."""
    raw = session.connection().connection.driver_connection
    raw.execute("COMMIT")
    try:
        service.store.strike(HALF)
    finally:
        raw.execute("BEGIN IMMEDIATE")


# -- tick


def _no_keys(_history: Any) -> Patches:
    """The outbox takes everything for new."""
    count, put = itertools.count(1), outbox.put

    def putting(session: Session, *given: Any, once_key: str, **named: Any) -> bool:
        return put(session, *given, once_key=f"{once_key}#{next(count)}", **named)

    yield patch.object(outbox, "put", putting)


def _pushes_first(history: Any) -> Patches:
    """What a tick puts has a transaction of its own, before that of the items it is about."""
    save = together.save

    def saving(session: Session, *given: Any) -> None:
        _commit_half(session, history.open)
        save(session, *given)

    yield patch.object(together, "save", saving)


def _pushes_last(history: Any) -> Patches:
    """What a tick puts has a transaction of its own, after that of the items it is about."""
    write, save, rows = gather._write, together.save, []

    def writing(session: Session) -> None:
        rows.extend(session.info[gather.GATHERED].rows)
        session.info[gather.GATHERED].rows.clear()

    def saving(session: Session, *given: Any) -> None:
        mine, rows[:] = rows[:], []
        save(session, *given)
        _commit_half(session, history.open)
        session.info[gather.GATHERED] = gather.Gathered(frozenset(), set(), mine)
        write(session)
        del session.info[gather.GATHERED]

    yield patch.object(gather, "_write", writing)
    yield patch.object(together, "save", saving)


# -- drain


def _taken_for_ever(_history: Any) -> Patches:
    """What was taken is looked at no more: its taker will see to it."""
    yield patch.object(outbox, "waiting", Push.status == "ready")


def _doubt_forgotten(service: Service) -> Service:
    """Whoever takes it does not know that somebody may have sent it."""

    def lease(session: Session, owner: str, now: datetime, length: timedelta) -> Push | None:
        push = outbox.lease(session, owner, now, length)
        if push is not None:
            push.maybe_since = None
        return push

    return replace(service, lease=lease)


def _other_bytes(service: Service) -> Service:
    """Every try says something else."""

    def lease(session: Session, owner: str, now: datetime, length: timedelta) -> Push | None:
        push = outbox.lease(session, owner, now, length)
        if push is not None and push.body is not None:
            push.body = _again(push.body, push.attempts)
        return push

    return replace(service, lease=lease)


def _again(body: dict[str, Any], times: int) -> dict[str, Any]:
    if "client_msg_id" in body:
        return body | {"client_msg_id": f"{body['client_msg_id'][:30]}{times:02d}"}
    if "text" in body:
        return body | {"text": {"content": f"{body['text']['content']}{times}"}}
    if "template_card" in body:
        card = body["template_card"]
        return body | {"template_card": card | {"task_id": f"{card['task_id']}_{times}"}}
    return body


def _mark_first(_history: Any) -> Patches:
    """Marked as sent, then sent."""

    def send(service: Service, sender: Sender, parcel: Parcel, worker: str) -> None:
        with service.store.write() as session:
            outbox.sent(session, parcel.push_id, worker, service.clock.now(), "")
        try:
            sender.send(parcel.channel, parcel.body)
        except SendFailed:
            return

    yield patch.object(delivery, "_send", send)


def _anybodys(_history: Any) -> Patches:
    """Whoever has an answer writes it down, whether or not the push is still theirs."""

    def still_mine(session: Session, push_id: int, _owner: str) -> Push | None:
        return session.scalar(select(Push).where(Push.id == push_id))

    yield patch.object(outbox, "still_mine", still_mine)


def _never_overslept(_history: Any) -> Patches:
    yield patch.object(delivery, "_overslept", lambda _service, _parcel: False)


def _always_wanted(_history: Any) -> Patches:
    yield patch.object(delivery, "wanted", lambda _push: True)


def _blind(_history: Any) -> Patches:
    """What may have arrived is sent again, by any way and however long ago that was."""
    yield patch.object(delivery, "SAME_BYTES", dict.fromkeys(("custom", "template", "wecom"), FOR_EVER))


def _no_means_no(_history: Any) -> Patches:
    """A no to a repeat is taken for a no to the try before, too."""

    def refused(service: Service, session: Session, push: Push, trouble: Any, now: datetime) -> None:
        push.maybe_since = None
        delivery._refused(service, session, push, trouble, now)

    yield patch.object(delivery, "_refused_again", refused)


def _forgetful(history: Any) -> Patches:
    """The platforms show every repeat."""
    yield patch.object(history.vendor, "remembers", False)


RESTLESS = {"kill_one_in": 60, "failing": 0.3, "outage_one_in": 2}
SLEEPY = {"kill_one_in": 400, "sleep_one_in": 12, "aside_one_in": 4}
UNLUCKY = {"kill_one_in": 400, "failing": 0.5}

MUTANTS = (
    Mutant("inbox: the unique key", web=BREAKS["dedupe"]),
    Mutant("inbox: one transaction with what it causes", web=_kept_alone, course=RESTLESS),
    Mutant("outbox: the unique key", patches=_no_keys),
    Mutant(
        "outbox: one transaction, the push before what causes it",
        patches=_pushes_first,
        found=False,
        why="the unique key protects as well",
        course=RESTLESS,
    ),
    Mutant(
        "outbox: both of these together",
        patches=lambda history: itertools.chain(_no_keys(history), _pushes_first(history)),
        course=RESTLESS,
    ),
    Mutant("outbox: one transaction, the push after what causes it", patches=_pushes_last, course=RESTLESS),
    Mutant("lease: taken", drain=BREAKS["lease"]),
    Mutant("lease: ends", patches=_taken_for_ever, course=RESTLESS),
    Mutant("lease: looked at before the call", patches=_never_overslept, course=SLEEPY),
    Mutant("lease: compared when the answer is written", patches=_anybodys, course=SLEEPY | UNLUCKY),
    Mutant("sent first, marked then", patches=_mark_first),
    Mutant("hours: at tick and drain", tick=BREAKS["hours"], drain=BREAKS["hours"]),
    Mutant("hours: looked at before sending", drain=BREAKS["hours"]),
    Mutant("end of the item: looked at before sending", patches=_always_wanted, course=RESTLESS),
    Mutant("doubt: kept for the next who takes it", drain=_doubt_forgotten, course=RESTLESS),
    Mutant("doubt: nothing is sent again blindly", patches=_blind, course=RESTLESS),
    Mutant("doubt: outlives a refused repeat", patches=_no_means_no, course=UNLUCKY),
    Mutant("the same bytes on every try", drain=_other_bytes, course=RESTLESS),
    Mutant("the platforms' own check against repeats", patches=_forgetful, course=RESTLESS),
)
