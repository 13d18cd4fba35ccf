"""What people may know of what is kept of them, and have it deleted; and what is let go by itself in time."""

import json
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from bot.context import Talk
from bot.service import Service
from bot.texts import Rendered
from intake.mentions import Reader
from routing import contacts
from routing.policy import Turn
from store import dossier, inbox, live, outbox, people, trail
from store.contacts import open_of
from store.tables import Identity, Person

ROLES = ("contact", "stranger")
"""Whose data are their own; an official's are their employer's."""
SURE = "确认"


def noticed(talk: Talk, said: Rendered | None) -> Rendered | None:
    """The first thing a person reads says in a line what is kept of them, once."""
    if said is None or talk.identity.noticed_at is not None or talk.person.role not in ROLES:
        return said
    people.heard(talk.session, talk.identity, noticed_at=talk.turn.now)
    return said.with_line(talk.line("privacy_line"))


def notice(talk: Talk, _rest: str) -> Rendered:
    """隐私: what is kept, why, how long, and what one can do about it."""
    talk.identity.noticed_at = talk.identity.noticed_at or talk.turn.now
    spans = talk.service.retention
    return talk.say("privacy", inbox=spans.inbox.days, outbox=spans.outbox.days, stranger=spans.stranger.days)


def export_me(talk: Talk, _rest: str) -> Rendered:
    """导出我的信息: what is held, in counts, and a link to all of it where there are links."""
    held, links = dossier.everything(talk.session, talk.person), talk.service.links
    trail.note(talk.session, "export", by=talk.person, now=talk.turn.now, about=talk.person)
    return talk.say(
        "exported",
        name=talk.person.name,
        phone=held["person"]["phone"] or talk.service.texts.label("word", "none"),
        enterprises="、".join(held["enterprises"]) or talk.service.texts.label("word", "none"),
        messages=len(held["messages"]),
        items=len(held.get("item", [])),
        link=links.mine(talk.person.id) if links else "",
        at_office="" if links else talk.line("exported_at_office"),
    )


def erase_me(talk: Talk, _rest: str) -> Rendered:
    """删除我的信息 asks whether that is meant; 确认删除我的信息 does it."""
    person = talk.person
    still = open_of(talk.session, person)
    if not talk.said.strip().startswith(SURE):
        return talk.say("erase_sure", open=talk.line("erase_open", count=len(still)) if still else "")
    said = talk.say("erased")
    erase(talk.service, talk.turn, person, by=person)
    return said


def erase(service: Service, turn: Turn, person: Person, *, by: Person | None, wanted: bool = True) -> None:
    """Take out whatever names a person; colleagues hear of what is open, or the office is told to call.

    Numbers given in a request that is still open stay in it when nobody asked for them to go: without the account,
    they are the only way to answer.
    """
    keep = not wanted and bool(open_of(turn.session, person))
    given = [] if keep else numbers_in(service.intake.named, dossier.sent_by(turn.session, person))
    contacts.gone(turn, person)
    placeholder = service.texts.label("word", "erased").format(tail=person.id)
    trail.note(turn.session, "erase", by=by, now=turn.now, about=person)
    dossier.erase(turn.session, person, placeholder, turn.now, given)


def numbers_in(reader: Reader, texts: list[str]) -> list[str]:
    """The telephone numbers in these texts, as they are written there."""
    found = (one for text in texts for one in reader.mentions(text, date.min) if one.kind == "phone")
    return list(dict.fromkeys(one.text.strip() for one in found))


def unsubscribed(service: Service, turn: Turn, identity: Identity) -> None:
    """Who unfollows the service account is forgotten, as the platform demands. An official is only out of reach."""
    person = identity.person
    if person.role in ROLES:
        erase(service, turn, person, by=None, wanted=False)
        return
    turn.session.delete(identity)
    turn.session.flush()
    trail.note(turn.session, "unfollow", by=None, now=turn.now, about=person)
    contacts.unfollowed(turn, person)


def prune(service: Service) -> int:
    """Let go of what has been kept long enough, some at a time; how many rows."""
    spans, now = service.retention, service.clock.now()
    with service.store.write() as session:
        done = inbox.prune(session, now - spans.inbox, now - spans.outbox) + outbox.prune(session, now - spans.outbox)
        done += dossier.scrub_rest(session) + live.forget_old(session, now)
        turn = Turn(session, service.policy, now)
        for person in people.silent_strangers(session, now - spans.stranger):
            erase(service, turn, person, by=None)
            done += 1
    return done


def as_json(session: Session, person: Person) -> str:
    """All that is held on a person, for them to keep."""
    held: dict[str, Any] = dossier.everything(session, person)
    return json.dumps(held, ensure_ascii=False, indent=2)
