"""From a checked message to its reply: store first, understand, answer, all in one transaction."""

import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

from bot import cards, directory, opens, privacy, receipts, xml
from bot.context import Talk
from bot.message import AUTHORIZATION, CANCELLED, OA, WECOM, Message
from bot.passive import passive
from bot.service import Service
from bot.talk import CLASHES, Undo, answer, begun, worded
from bot.texts import Rendered
from intake.join import SPOKEN
from intake.submit import ALONE
from routing.policy import Turn
from routing.telling import tell_role
from store import inbox, media, outbox, pending, people
from store.tables import Identity, Person
from store.trouble import report

NO_REPLY = "success"
"""What the platform takes as "received, nothing to say"; never encrypted."""
ATTEMPTS = 6
LEFT = "unsubscribe"
GOING = (LEFT, CANCELLED)
"""Events by which somebody leaves the service account for good."""

Answering = Callable[[Talk], Rendered | None]

log = logging.getLogger(__name__)


def receive(service: Service, message: Message, body: str) -> str:
    """The passive reply to a message: XML, or "success" where nothing is to be said.

    The inbox row is written first, under its unique key; a redelivery gets the reply that was stored with it.
    Two people who change one item at the same moment: the second is answered by what the first has left.
    Whatever the database raises goes up: what is not stored is not answered. What its words say is found out before
    the transaction begins, because on SQLite all others wait while it lasts.
    """
    crowded = service.crowded()
    if crowded and (stored := _stored(service, message)) is not None:
        return stored or NO_REPLY
    if message.channel == OA and not message.menu_id and message.kind in SPOKEN:
        service.intake.read_ahead(message.text, compared=not crowded)
    answering = begun
    for _ in range(ATTEMPTS - 1):
        try:
            return _once(service, message, body, CLASHES, answering)
        except Undo:
            answering = answer
        except CLASHES:
            log.info("somebody was first; answering again")
    return _once(service, message, body, (), answer)


def _stored(service: Service, message: Message) -> str | None:
    """The reply to what was here before. Asked only where too many come at once: much of that is delivered again,
    and its words would be read, and it would queue to write, for nothing."""
    with service.store.read() as session:
        return inbox.stored_reply(session, message.channel, message.dedupe_key)


def _once(
    service: Service, message: Message, body: str, clashes: tuple[type[Exception], ...], answering: Answering
) -> str:
    now = service.clock.now()
    with service.store.write() as session:
        row = service.first_sight(session, message.channel, message.dedupe_key, body, now)
        if row is None:
            return inbox.stored_reply(session, message.channel, message.dedupe_key) or NO_REPLY
        said, sender = _understand(service, session, message, row, clashes, answering)
        reply = _reply(service, session, message, row, said, sender)
        if message.event in GOING or (sender and sender.erased_at):
            inbox.blank(session, row)
        else:
            inbox.answered(session, row, reply, sender.id if sender else None)
        return reply


def _reply(
    service: Service, session: Session, message: Message, row: int, said: Rendered | None, sender: Person | None
) -> str:
    """What goes back at once. The answer to a click greys its button; its words come as a message of their own."""
    if said is None:
        return NO_REPLY
    at = int(service.clock.now().timestamp())
    if message.event == cards.CLICK:
        _say_apart(service, session, message, sender, row, said)
        label = cards.outcome(service.texts, session, message, sender)
        return cards.replaced_button(message.sender, message.account, at, label) if label else NO_REPLY
    content = passive(service, message.channel, said)
    return xml.text_reply(message.sender, message.account, at, content) if xml.legible(content) else NO_REPLY


def _say_apart(
    service: Service, session: Session, message: Message, clicker: Person | None, row: int, said: Rendered
) -> None:
    if clicker is not None:
        now, told = service.clock.now(), {"text": said.text, "buttons": said.buttons}
        key, item = f"apart:{row}", cards.about(session, message, said)
        outbox.put(
            session, clicker, "said", once_key=key, now=now, not_before=now, item=item, urgent=True, facts=told
        )


def _understand(
    service: Service,
    session: Session,
    message: Message,
    row: int,
    clashes: tuple[type[Exception], ...],
    answering: Answering,
) -> tuple[Rendered | None, Person | None]:
    """The answer, and who is answered; if understanding fails the message stays stored and marked, what it had begun
    is undone (see `answer`), and its sender is told.

    `clashes`, and what only the whole transaction can undo, are left to the caller, who begins again.
    """
    try:
        turn = Turn(session, service.policy, service.clock.now())
        if not message.sender or message.event in (*AUTHORIZATION, LEFT):
            with session.begin_nested():
                _gone(service, turn, message)
            return None, None
        if message.event in receipts.EVENTS:
            with session.begin_nested():
                receipts.take(service, session, message, service.clock.now())
            return None, None
        identity = _identity(service, session, message)
        too_many = _counted(service, session, identity, message)
        if too_many is not None:
            return service.texts.render("too_many") if too_many else None, identity.person
        if message.media_id:
            media.want(session, message.channel, message.media_id, service.clock.now())
        talk = Talk(service, turn, identity, message, _said(message))
        if identity.person.role in privacy.ROLES and not service.crowded():
            now, again_for = turn.now, service.policy.afterwards.again_for
            pending.look(session, identity.person, now, now - service.intake.loose, now - again_for)
        if _later(talk):
            inbox.put_aside(session, row, identity.person_id)
            return service.texts.render("put_aside"), identity.person
        return _answered(talk, answering), identity.person
    except Undo:
        raise
    except clashes:
        raise
    except Exception:
        return _failed(service, session, message, row)


def catch_up(service: Service, session: Session, message: Message, row: int) -> None:
    """Understand a message that was put aside. Its answer becomes a message of its own.

    A clash with somebody else goes up: it waits on, and its turn comes again.
    """
    sender: Person | None
    try:
        turn, identity = Turn(session, service.policy, service.clock.now()), _known(service, session, message)
        said, sender = _answered(Talk(service, turn, identity, message, _said(message)), answer), identity.person
    except CLASHES:
        raise
    except Exception:
        said, sender = _failed(service, session, message, row)
    if said is not None:
        _say_apart(service, session, message, sender, row, said)


def _answered(talk: Talk, answering: Answering) -> Rendered | None:
    said = worded(answering(talk))
    return said if talk.person.erased_at else privacy.noticed(talk, said)


def _later(talk: Talk) -> bool:
    """Whether a message is only stored now: too many came at once, or what its sender sent before still waits. An
    alarm never waits."""
    if talk.message.kind == "event":
        return False
    if not talk.service.crowded() and not inbox.waits(talk.session, talk.person.id):
        return False
    return not talk.said or talk.understood(talk.said).kind not in ALONE


def _failed(service: Service, session: Session, message: Message, row: int) -> tuple[Rendered | None, Person | None]:
    """The message stays stored and marked, its sender and the office are told."""
    report(log, "message %s could not be handled", row)
    inbox.mark_failed(session, row)
    sender = people.identity(session, message.channel, message.sender)
    _tell_office(service, session, sender, row)
    return service.texts.render("trouble"), sender.person if sender else None


def _gone(service: Service, turn: Turn, message: Message) -> None:
    """The directory says who has gone or changed, or somebody left the application or the service account. What
    people allow the platform to tell of them is nothing to us."""
    if not message.sender:
        directory.changed(turn, message)
    elif message.channel == WECOM:
        directory.leave(turn, message.channel, message.sender)
    elif message.event in GOING:
        known = people.identity(turn.session, message.channel, message.subject or message.sender)
        if known is not None:
            privacy.unsubscribed(service, turn, known)


def _counted(service: Service, session: Session, identity: Identity, message: Message) -> bool | None:
    """Whether this is one message too many (see `Flow.count`); officials and events are not counted."""
    if message.kind == "event" or identity.person.role not in privacy.ROLES:
        return None
    now, local = service.clock.now(), service.policy.calendar.local
    last = local(identity.heard_at).date() if identity.heard_at else None
    return service.flow.count(session, identity, now, local(now).date(), last)


def _tell_office(service: Service, session: Session, sender: Identity | None, row: int) -> None:
    """A message nobody understood must not be forgotten: a person looks after its sender."""
    turn, name = Turn(session, service.policy, service.clock.now()), sender.person.name if sender else "—"
    tell_role(turn, "coordinator", "failed_message", f"failed:{row}", name=name)


def _said(message: Message) -> str:
    """What the person wrote, or the words behind the button they pressed."""
    return message.menu_id or message.text or message.event_key


def _identity(service: Service, session: Session, message: Message) -> Identity:
    found = _known(service, session, message)
    if message.channel == OA:
        opens.window(session, service.limits, message, found, service.clock.now())
    return found


def _known(service: Service, session: Session, message: Message) -> Identity:
    """Who writes; somebody nobody knows becomes a stranger."""
    found = people.identity(session, message.channel, message.sender)
    if found is None:
        found = people.add_stranger(session, message.channel, message.sender, "")
        found.person.name = service.texts.label("word", "stranger").format(tail=found.person.id)
    return found
