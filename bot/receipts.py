"""What the platform tells of a message afterwards: it arrived, or it did not and goes by another way.

TEMPLATESENDJOBFINISH and subscribe_msg_sent_event ("Receiving event pushes"). The telling may come before the answer
to the call that sent the message, so it is written down first and settled by the worker.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.message import Message
from bot.refusals import closed, other_way
from bot.senders import Trouble
from bot.service import Service
from store import calls, outbox, people, windows
from store.tables import Identity, Push

TEMPLATE, SUBSCRIPTION = "templatesendjobfinish", "subscribe_msg_sent_event"
ALLOWED = ("subscribe_msg_popup_event", "subscribe_msg_change_event")
EVENTS = (TEMPLATE, SUBSCRIPTION, *ALLOWED)
ARRIVED = ("success", "0", "ok")
PATIENCE = timedelta(days=1)
TROUBLES = {"failed:user block": Trouble.DROP}
"""Any other failure closes the one way only."""

log = logging.getLogger(__name__)


def take(service: Service, session: Session, message: Message, now: datetime) -> None:
    """An event that nobody is answered to."""
    if message.event == TEMPLATE:
        failure = "" if message.status.lower() == "success" else message.status.lower()
        calls.note(session, "template", message.about, failure[:100], now)
    elif message.event == SUBSCRIPTION:
        for one in message.listed:
            failure = "" if one.get("ErrorCode") == "0" else f"failed:{one.get('ErrorStatus', '')}"
            calls.note(session, "subscribe", one.get("MsgID", ""), failure[:100], now)
    elif (identity := people.identity(session, message.channel, message.sender)) is not None:
        _allowed(service, session, identity, message)


def _allowed(service: Service, session: Session, identity: Identity, message: Message) -> None:
    """A tap on "allow" is one message, or any number of a long-term template; "reject" in the settings ends it."""
    wanted = service.subscription
    for one in message.listed:
        template, said = one.get("TemplateId", ""), one.get("SubscribeStatusString", "")
        if wanted is None or template != wanted.template_id:
            continue
        if said == "accept" and (message.event == ALLOWED[0] or wanted.standing):
            windows.allow(session, identity, template, standing=wanted.standing)
        elif said == "reject" and (message.event == ALLOWED[1] or wanted.standing):
            windows.forbid(session, identity, template)


def settle(service: Service) -> None:
    """Write down with each push what was told of it."""
    with service.store.read() as session:
        if not calls.any_noted(session):
            return
    now = service.clock.now()
    with service.store.write() as session:
        for receipt, push in calls.noted(session):
            if receipt.failure:
                _failed(service, session, push, receipt.failure, now)
            else:
                push.arrived_at = receipt.at
            session.delete(receipt)
        calls.forget(session, now - PATIENCE)


def _failed(service: Service, session: Session, push: Push, failure: str, now: datetime) -> None:
    log.warning("push %s: %s afterwards", push.id, failure)
    outbox.hold(session, push.person)
    push.error = failure
    closed(service, session, push, TROUBLES.get(failure.replace(": ", ":"), Trouble.PAYLOAD), now)
    other_way(session, push, now)
