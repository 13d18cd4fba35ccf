"""Whoever no message reaches is called: a task for the coordinator, until it is ticked off.

A report of misconduct is its receivers' matter; nobody else hears that there is one.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.context import Talk
from bot.facts import excerpt
from bot.parcels import words
from bot.parse import take_number
from bot.service import Service
from bot.texts import Rendered
from routing.acting import present
from routing.policy import Turn
from routing.restricted import receivers
from routing.rhythm import Rhythm
from store import calls, outbox, people
from store.dossier import phone_of
from store.history import record
from store.tables import Call, Person, Push

ASKED, DOUBTED, LIST = "call", "uncertain_push", "calls"
SHOWN, SAID = 5, 120


def ask_for(service: Service, session: Session, push: Push, now: datetime) -> None:
    """Somebody is to call this push's person. Those who do so are told once for a person and an item; what urges is
    told at any hour. That one of them was asked to call is no reason to call them."""
    if push.text_key in (ASKED, DOUBTED):
        return
    outbox.hold(session, push.person)
    call = calls.wanted_for(session, push, now)
    if call is None:
        return
    turn = Turn(session, service.policy, now)
    key = DOUBTED if push.status == "unknown" else ASKED
    opens = now if push.urgent else service.policy.calendar.next_open(now)
    for person in _callers(turn, push):
        outbox.put(
            session,
            person,
            key,
            once_key=f"{key}:{call.id}:{person.id}",
            now=now,
            not_before=opens,
            urgent=push.urgent,
            facts=_facts(service, call),
        )


def _callers(turn: Turn, push: Push) -> list[Person]:
    if push.item is not None and push.item.restricted:
        return [person for person in receivers(turn, push.item) if person is not push.person]
    found = present(turn, people.with_role(turn.session, "coordinator"))
    return [person for person in found if person is not push.person]


def _facts(service: Service, call: Call) -> dict[str, str]:
    push = call.push
    return {
        "name": push.person.name,
        "number": push.item.number if push.item else "—",
        "what": str((push.body or {}).get("brief", "")),
        "said": excerpt(words(service, push).text, SAID),
        "tick": f"{push.item.short} {push.person.name}" if push.item else push.person.name,
    }


def visible(turn: Turn, person: Person) -> list[Call]:
    """The calls that are this person's to make."""
    return [call for call in calls.unfinished(turn.session) if _is_theirs(turn, person, call)]


def _is_theirs(turn: Turn, person: Person, call: Call) -> bool:
    if call.item is not None and call.item.restricted:
        return person in receivers(turn, call.item)
    return person.role == "coordinator"


def lines(service: Service, found: Sequence[Call], session: Session | None = None) -> str:
    """A line for each: whom, about what, how it stands, and what to say. With a session the telephone number, too: it
    is told to whoever asks and stands in no push, where it would lie open."""
    shown = [_line(service, call, (session and phone_of(session, call.person)) or "") for call in found[:SHOWN]]
    if len(found) > SHOWN:
        shown.append(service.texts.label("word", "more").format(count=len(found) - SHOWN))
    return "\n".join(shown)


def _line(service: Service, call: Call, phone: str) -> str:
    status = service.texts.label("push", call.push.status)
    reached = f" {phone}" if phone else ""
    return service.texts.say("undelivered_line", **_facts(service, call), status=status, phone=reached)


def due(
    service: Service, turn: Turn, _rhythm: Rhythm, _due: datetime, person: Person
) -> tuple[str, dict[str, object]] | None:
    """The morning's list of calls; None where there are none."""
    found = visible(turn, person)
    if not found:
        return None
    return LIST, {"count": len(found), "lines": lines(service, found), "first_name": found[0].person.name}


def phoned(talk: Talk, rest: str) -> Rendered:
    """已电话 N [姓名] [说明]: the call was made. What is left out must be clear without it."""
    mine = visible(talk.turn, talk.person)
    chosen, note = _meant(mine, rest)
    if not mine or not chosen:
        listed = lines(talk.service, mine)
        return talk.say("phoned_which", count=len(mine), lines=listed) if mine else talk.say("phoned_none")
    for call in chosen:
        call.done_at, call.done_by_id, call.note = talk.turn.now, talk.person.id, note or None
        if call.item is not None:
            told = [call.person.name]
            record(call.item, "phoned", by=talk.person, now=talk.turn.now, told=told, note=note)
    names = "、".join(dict.fromkeys(call.person.name for call in chosen))
    return talk.say("phoned", names=names, left=len(mine) - len(chosen))


def _meant(mine: Sequence[Call], rest: str) -> tuple[list[Call], str]:
    number, after = take_number(rest)
    about = [call for call in mine if number and call.item and number in (call.item.number, call.item.short)]
    if number and not about:
        return [], after
    among = about or list(mine)
    named = [call for call in among if after.startswith(call.person.name)]
    if named:
        return named, after.removeprefix(named[0].person.name).strip(" ，,。：:")
    of_one = len({call.person_id for call in among}) == 1
    return (among, after) if of_one and (about or len(mine) == 1) else ([], after)
