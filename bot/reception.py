"""From a checked message to its reply: store first, understand, answer, all in one transaction."""

import logging
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot import cards, directory, privacy, receipts, xml
from bot.context import Talk
from bot.message import AUTHORIZATION, CANCELLED, OA, WECOM, Message
from bot.service import Service
from bot.talk import answer, worded
from bot.texts import Rendered, can_say
from intake.submit import ALONE
from routing.policy import Turn
from routing.telling import tell_role
from store import inbox, media, outbox, people, windows
from store.tables import Identity, Person
from store.trouble import report

NO_REPLY = "success"
"""What the platform takes as "received, nothing to say"; never encrypted."""
OPENS = {
    "click": "menu",
    "scancode_push": "menu",
    "scancode_waitmsg": "menu",
    "subscribe": "subscribe",
    "scan": "scan",
}
"""Which window of the chat an event opens; see `limits.toml`."""
ATTEMPTS = 6
LEFT = "unsubscribe"
GOING = (LEFT, CANCELLED)
"""Events by which somebody leaves the service account for good."""
CLASHES = (StaleDataError, IntegrityError)
"""Two transactions changed the same item, or wrote the same next line of its history."""
UNSAFE = set('"<>&')
LONGEST_BUTTON = 100

log = logging.getLogger(__name__)


def receive(service: Service, message: Message, body: str) -> str:
    """The passive reply to a message: XML, or "success" where nothing is to be said.

    The inbox row is written first, under its unique key; a redelivery gets the reply that was stored with it.
    Two people who change one item at the same moment: the second is answered by what the first has left.
    Whatever the database raises goes up: what is not stored is not answered.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _once(service, message, body, CLASHES)
        except CLASHES:
            log.info("somebody was first; answering again")
    return _once(service, message, body, ())


def _once(service: Service, message: Message, body: str, clashes: tuple[type[Exception], ...]) -> str:
    now = service.clock.now()
    with service.store.write() as session:
        row = service.first_sight(session, message.channel, message.dedupe_key, body, now)
        if row is None:
            return inbox.stored_reply(session, message.channel, message.dedupe_key) or NO_REPLY
        said, sender = _understand(service, session, message, row, clashes)
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
        label = cards.outcome(service.texts, session, message)
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
    service: Service, session: Session, message: Message, row: int, clashes: tuple[type[Exception], ...]
) -> tuple[Rendered | None, Person | None]:
    """The answer, and who is answered; if understanding fails the message stays stored and marked, what it had begun
    is undone (see `answer`), and its sender is told.

    `clashes` are left to the caller, who begins again.
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
        too_many = _counted(service, identity, message)
        if too_many is not None:
            return service.texts.render("too_many") if too_many else None, identity.person
        if message.media_id:
            media.want(session, message.channel, message.media_id, service.clock.now())
        talk = Talk(service, turn, identity, message, _said(message))
        if _later(talk):
            inbox.put_aside(session, row, identity.person_id)
            return service.texts.render("put_aside"), identity.person
        return _answered(talk), identity.person
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
        said, sender = _answered(Talk(service, turn, identity, message, _said(message))), identity.person
    except CLASHES:
        raise
    except Exception:
        said, sender = _failed(service, session, message, row)
    if said is not None:
        _say_apart(service, session, message, sender, row, said)


def _answered(talk: Talk) -> Rendered | None:
    said = worded(answer(talk))
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


def _counted(service: Service, identity: Identity, message: Message) -> bool | None:
    """Whether this is one message too many (see `Flow.count`); officials and events are not counted."""
    if message.kind == "event" or identity.person.role not in privacy.ROLES:
        return None
    now, local = service.clock.now(), service.policy.calendar.local
    last = local(identity.heard_at).date() if identity.heard_at else None
    return service.flow.count(identity, now, local(now).date(), last)


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
        _open_window(service, session, message, found)
    return found


def _known(service: Service, session: Session, message: Message) -> Identity:
    """Who writes; somebody nobody knows becomes a stranger."""
    found = people.identity(session, message.channel, message.sender)
    if found is None:
        found = people.add_stranger(session, message.channel, message.sender, "")
        found.person.name = service.texts.label("word", "stranger").format(tail=found.person.id)
    return found


def _open_window(service: Service, session: Session, message: Message, identity: Identity) -> None:
    """What they did lets us write to them for a while, which the platform counts from when they did it. A pressed
    button counts as the menu: it does not open the two days anew."""
    kind = OPENS.get(message.event) if message.kind == "event" else "menu" if message.menu_id else "message"
    if kind is not None:
        limit, now = service.limits.windows[kind], service.clock.now()
        began = datetime.fromtimestamp(min(message.created, now.timestamp()), UTC)
        windows.open_(session, identity, kind, began + limit.length, limit.messages)


def passive(service: Service, channel: str, said: Rendered) -> str:
    """A passive reply can hold no buttons. On the service account links that speak for the user take their place;
    WeCom knows no such links, so the words are named."""
    if channel != OA:
        return can_say(service.texts, said)
    links = "\u3000".join(
        f'<a href="weixin://bizmsgmenu?msgmenucontent={label}&msgmenuid={words}">{label}</a>'
        for words, label in said.buttons
        if not UNSAFE & set(words + label) and len(words) <= LONGEST_BUTTON
    )
    if not links:
        return said.text
    return f"{xml.fit(said.text, xml.REPLY_BYTES - len(links.encode()) - 1)}\n{links}"
