"""What a push looks like when it leaves: the sentence, the channel, the final body; several at once become one."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.bodies import body, told_apart
from bot.cards import stands
from bot.facts import owns
from bot.senders import Sender
from bot.service import Service
from bot.texts import BRIEF_LIMIT, Rendered
from bot.ways import SAME_BYTES, Full, choose
from bot.xml import REPLY_BYTES
from routing import reminders
from routing.rungs import NOTICES
from store import calls, outbox, people
from store.history import record
from store.tables import Push

OURS = ("brief", "shown")
"""What is kept with a body and does not leave."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One leased push, ready to send."""

    push_id: int
    channel: str
    body: dict[str, Any]
    until: datetime  # by then its answer must be written down; afterwards somebody else may take it
    urgent: bool = False  # goes at any hour
    doubtful: bool = False  # it has been tried before and may be there
    request: str = ""  # that caused it, as the log calls it


def pack(
    service: Service, session: Session, push: Push, sender: Sender, template_id: str, now: datetime
) -> Full | bool:
    """Choose the channel and store the final body: every try sends the same bytes. False when there is no way, or
    the moment before which the only ones take no more."""
    mates, said = _together(service, session, push, now)
    way = choose(service, session, push, sender, now)
    if isinstance(way, Full):
        return way
    if way is None:
        push.body = {"brief": said.brief}
        return False
    push.channel, push.identity = way.channel, way.identity
    made = body(service, way.channel, push, way.identity, said, template_id)
    if way.channel == "wecom":
        made = told_apart(service, made, outbox.bodies_since(session, push, now - SAME_BYTES["wecom"]))
    push.body = made | {"brief": said.brief, "shown": stands(push.item)}
    for mate in mates:
        mate.status, mate.digest_id = "digest", push.id
    return True


def addressed(session: Session, push: Push) -> dict[str, Any]:
    """The stored body and the account it goes to, which is stored nowhere but sealed with its identity. The same
    bytes on every try."""
    leaving = {name: value for name, value in (push.body or {}).items() if name not in OURS}
    return leaving if push.identity is None else {"touser": people.account_of(session, push.identity), **leaving}


def wanted(push: Push) -> bool:
    """A reminder is for an item that still stands where it stood; nothing but its end is told of an ended one."""
    item = push.item
    if item is None:
        return True
    if push.while_state is not None:
        moved = (item.state, item.round) != (push.while_state, push.while_round)
        if moved or (push.recipient == "officer" and item.officer_id != push.person_id):
            return False
    return item.closed_at is None or push.created_at >= item.closed_at


def drop(session: Session, push: Push, now: datetime) -> None:
    """Nobody needs it any more; what was to travel with it goes without it. The history that says a reminder was
    given says as well that it was not sent, unless it may have been."""
    doubtful, push.status, push.maybe_since = push.maybe_since is not None, "cancelled", None
    if push.body is not None:
        calls.part(session, push, now)
    if not doubtful and push.reminder and push.item is not None:
        session.refresh(push.item, with_for_update=True)
        alive = [one.once_key for one in outbox.of_item(session, push.item) if one.status != "cancelled"]
        unsaid = reminders.dropped(push.item, push.once_key, alive)
        notice = {"notice": push.facts["notice"]} if unsaid and push.facts.get("notice") else {}
        record(push.item, "remind_dropped", by=None, now=now, told=[push.person.name], **notice)


def _together(service: Service, session: Session, push: Push, now: datetime) -> tuple[list[Push], Rendered]:
    """What travels in one message with a push, and what it says then. What nobody needs any more is dropped."""
    if not push.reminder and push.recipient != "contact":
        return [], words(service, push)
    mates = []
    for mate in outbox.companions(session, push, now):
        if wanted(mate):
            mates.append(mate)
        else:
            drop(session, mate, now)
    return _news(service, push, mates) if push.recipient == "contact" else _digested(service, push, mates)


def _digested(service: Service, push: Push, mates: list[Push]) -> tuple[list[Push], Rendered]:
    """As many as one message takes; the others go with the next. Found by halving: after a holiday hundreds wait."""

    def too_long(count: int) -> bool:
        return len(digest(service, [push, *mates[:count]]).text.encode()) > REPLY_BYTES

    count = bisect_left(range(1, len(mates) + 1), True, key=too_long)
    return mates[:count], digest(service, [push, *mates[:count]])


def _news(service: Service, push: Push, mates: list[Push]) -> tuple[list[Push], Rendered]:
    """News for an enterprise that has waited: said in full, one below the other, as far as a message takes it; what
    has no room goes with the next one."""
    taken, said = [push], [words(service, push)]
    for mate in mates:
        more = words(service, mate)
        if len("\n".join([*(one.text for one in said), more.text]).encode()) <= REPLY_BYTES:
            taken.append(mate)
            said.append(more)
    if len(said) == 1:
        return [], said[0]
    lines, buttons = "\n".join(one.text for one in said), next((one.buttons for one in said[::-1] if one.buttons), ())
    together = service.texts.render("news", count=len(said), lines=lines, first_matter=said[0].matter)
    return taken[1:], replace(together, buttons=buttons)


def words(service: Service, push: Push) -> Rendered:
    """The sentence of a push: its text key, the item as it is now, and what was written down with the push."""
    speaker, label = service.speaker, service.texts.label
    facts: dict[str, Any] = {"integrity_phone": label("word", "integrity_phone")}
    if push.item is not None:
        facts |= speaker.facts(push.item, push.person)
        facts["promises"] = speaker.promises(push.item)
        facts["mentions_line"] = speaker.mentions_line(push.item, push.person)
        facts["urgent_mark"] = label("word", "urgent_mark") if push.item.urgent else ""
        facts["candidates"] = "、".join(speaker.category(code) for code in push.item.candidates[:3])
    owner = push.item is None or owns(push.item, push.person)
    said = service.texts.render(push.text_key, **{**facts, **speaker.told(push.facts, owner=owner)})
    own = tuple((words, label) for words, label in push.facts.get("buttons", ()))
    return replace(said, buttons=own) if own else said


def digest(service: Service, pushes: list[Push]) -> Rendered:
    """Several messages for one person at one time: one with a line for each; of the reminders of one item only the
    last and gravest. What is about one thing alone is said in full, and so is a list, which says the rest itself."""
    lists = [push for push in pushes if push.reminder and push.once_key.startswith("rhythm:")]
    if lists:
        return _beside_lists(service, lists, [push for push in pushes if push not in lists])
    kept = _kept(pushes)
    if len(kept) == 1:
        return words(service, kept[0])
    lines = [_digest_line(service, push) for push in kept]
    first = (
        service.speaker.facts(kept[0].item, kept[0].person)["text"]
        if kept[0].item
        else words(service, kept[0]).matter
    )
    word = service.texts.label("list_word", pushes[0].person.role)
    text = "\n".join(lines)
    said = service.texts.render("digest", count=len(lines), lines=text, word=word, first_text=first)
    return replace(said, brief=_marked(service, said.brief, kept))


def _kept(pushes: list[Push]) -> list[Push]:
    """Each once, but of the reminders of one item the last."""
    ordered = sorted(pushes, key=lambda push: push.id)
    return list({_subject(push): push for push in ordered}.values())


def _subject(push: Push) -> tuple[str, int]:
    by_rung = push.item_id is not None and push.once_key.startswith("rung:")
    return ("item", push.item_id or 0) if by_rung else ("push", push.id)


def _beside_lists(service: Service, lists: list[Push], others: list[Push]) -> Rendered:
    """What comes regularly, and below it what is to be said of items that are not on a list; a supervision notice is
    said in any case."""
    said, shown = [words(service, push) for push in lists], [n for push in lists for n in push.facts.get("shown", ())]
    left = [push for push in _kept(others) if push.item_id not in shown or push.facts.get("notice")]
    text = "\n".join([*(one.text for one in said), *(_digest_line(service, push) for push in left)])
    return replace(said[-1], text=text, brief=_marked(service, said[-1].brief, left))


def _marked(service: Service, brief: str, pushes: list[Push]) -> str:
    """The short form, with the word of the gravest supervision notice among what it stands for."""
    found = [NOTICES.index(push.facts["notice"]) for push in pushes if push.facts.get("notice")]
    mark = service.texts.label("notice", NOTICES[max(found)]) if found else ""
    return f"{mark}{brief}"[:BRIEF_LIMIT]


def _digest_line(service: Service, push: Push) -> str:
    if push.item is None:
        return words(service, push).text
    facts = service.speaker.facts(push.item, push.person)
    return service.texts.say("digest_line", **{**facts, "brief": words(service, push).brief})
