"""Cards that events have overtaken: what their buttons would do is done, or no longer theirs to do, so the buttons
give way to how the matter stands.

WeCom pages 94888 and 94945: one code from each message and one from each click, good once and for 72 hours. A clicked
card is changed by the answer to the click; this is for all the others. A card that cannot be changed stays as it is:
a click on it is refused and says so.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from bot.cards import standing
from bot.senders import SendFailed, Trouble
from bot.service import Service
from store import live, people
from store.tables import Push

MEMORY = timedelta(hours=71)
"""So long we use a code. It ends after 72 hours, counted from when the platform gave it."""
LEASE, TRIES = timedelta(minutes=5), 4
AGAIN = (Trouble.LATER, Trouble.PAUSE, Trouble.CONFIG, Trouble.TOKEN)
"""Refusals after which the code is still good."""

log = logging.getLogger(__name__)


class Changer(Protocol):
    """Whoever can change the buttons of a card."""

    def change(self, member: str, code: str, label: str) -> None:
        """Put this word in place of the buttons on a member's card. Raises SendFailed."""
        ...


@dataclass(frozen=True, slots=True)
class _Change:
    push_id: int
    member: str
    code: str
    label: str
    last: bool


def note(session: Session, push: Push, code: str, now: datetime) -> None:
    """A message was taken, and with it came the code of its card; "" where it was none."""
    shown = (push.body or {}).get("shown")
    if code and shown and push.item_id is not None:
        live.keep(session, push, code, shown, now + MEMORY, now)


def refresh(service: Service, changer: Changer | None) -> int:
    """Change all that are overtaken; how many were tried. Whatever goes wrong with one leaves the others alone."""
    if changer is None:
        return 0
    tried = 0
    while (change := _next(service)) is not None:
        tried += 1
        if change.label:
            _try(service, changer, change)
    return tried


def _next(service: Service) -> _Change | None:
    """The next one, leased; one that is not to be changed any more is let go of."""
    now = service.clock.now()
    with service.store.write() as session:
        card = live.overtaken(session, now, LEASE)
        if card is None:
            return None
        push = card.push
        if push.pressed is not None or push.identity is None:
            live.forget(session, push.id)
            return _Change(push.id, "", "", "", last=True)
        member = people.account_of(session, push.identity)
        label = standing(service.texts, push)
        return _Change(push.id, member, card.code, label, last=card.attempts >= TRIES)


def _try(service: Service, changer: Changer, change: _Change) -> None:
    """Change one card. Its code is forgotten unless the platform took no notice of it and there are tries left."""
    try:
        changer.change(change.member, change.code, change.label)
    except SendFailed as failure:
        log.info("card of push %s: %s (%s)", change.push_id, failure.trouble, failure.note)
        if failure.trouble in AGAIN and not change.last:
            return
    with service.store.write() as session:
        live.forget(session, change.push_id)
