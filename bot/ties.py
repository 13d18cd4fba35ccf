"""Who speaks for which enterprise: inviting, handing over, parting, and for whom a report is."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from bot import codes
from bot.binding import tail_index
from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.parse import plain, take_number
from bot.texts import Rendered
from bot.which import Answer, pick
from bot.whom import enterprise_named
from intake.speaks_for import named
from routing import binding, contacts
from routing.lifecycle import ENDED
from store import bindings, trail
from store.contacts import all_of, open_for
from store.tables import Claim, Enterprise, Invitation, Item, Person, Scene

PHONE = re.compile(r"\+?\d{7,15}")
MINE_SHOWN = 5


def invite(talk: Talk, rest: str) -> Rendered:
    """邀请 企业: a code for one more contact."""
    enterprise = _mine(talk, rest.strip(), "invite")
    code, until = _invitation(talk, enterprise, None)
    when = talk.service.speaker.when(until)
    return talk.say("invited", enterprise=enterprise.name, code=codes.spoken(code), until=when)


def _invitation(talk: Talk, enterprise: Enterprise, giver: Person | None) -> tuple[str, datetime]:
    code, until = codes.new_invitation(), talk.turn.now + talk.service.contacts.invitation_life
    made = Invitation(code=code, enterprise=enterprise, expires_at=until, by_id=talk.person.id, handed_over_by=giver)
    talk.session.add(made)
    talk.session.flush()
    trail.note(talk.session, "invite", by=talk.person, now=talk.turn.now, enterprise=enterprise, invitation=made.id)
    return code, until


def show_code(talk: Talk, rest: str) -> Rendered:
    """二维码 企业 [电话]: a code to scan, once. Its picture is made by the worker and comes as a message apart."""
    if not talk.service.scannable:
        return talk.say("scene_without_account")
    name, _, phone = rest.strip().partition(" ")
    phone = re.sub(r"[\s-]", "", plain(phone))
    if phone and not PHONE.fullmatch(phone):
        raise Answer(usage(talk, "show_code"))
    enterprise, now, token = _mine(talk, name, "show_code"), talk.turn.now, secrets.token_hex(16)
    made = Scene(
        token=token,
        enterprise=enterprise,
        by=talk.person,
        tail_index=tail_index(talk, token, phone[-4:]) if phone else None,
        made_at=now,
        expires_at=now + talk.service.contacts.scene_life,
        status="wanted",
        next_try=now,
        attempts=0,
    )
    talk.session.add(made)
    talk.session.flush()
    trail.note(talk.session, "scene", by=talk.person, now=now, enterprise=enterprise, scene=made.id)
    provable = bool(phone or enterprise.credit_code)
    return talk.say(
        "scene_wanted", enterprise=enterprise.name, by_word="" if provable else talk.line("scene_by_word")
    )


def contacts_of(talk: Talk, rest: str) -> Rendered:
    """联系人 企业: who speaks for it, and who waits to."""
    enterprise, now = _mine(talk, rest.strip(), "contacts_of"), talk.turn.now
    names = [person.name for person in all_of(talk.session, enterprise)]
    waiting = [talk.line("contacts_claim", name=one.person.name, claim=one.id) for one in _claims(talk, enterprise)]
    return talk.say(
        "contacts_of",
        enterprise=enterprise.name,
        names="、".join(names) or talk.service.texts.label("word", "none"),
        invitations=len(bindings.unused(talk.session, enterprise, now)),
        claims="\n".join(waiting),
    )


def _claims(talk: Talk, enterprise: Enterprise) -> Sequence[Claim]:
    return bindings.claims_on(talk.session, enterprise, talk.turn.now)


def _mine(talk: Talk, name: str, command: str) -> Enterprise:
    """The enterprise of this name; an officer's must be bound to them."""
    if not name:
        raise Answer(usage(talk, command))
    found = enterprise_named(talk, name, MINE_SHOWN)
    if talk.person.role != "coordinator" and found.bound_officer is not talk.person:
        raise Answer(talk.say("enterprise_not_yours", enterprise=found.name))
    return found


# ---------------------------------------------------------------- what contacts do themselves


def unbind(talk: Talk, rest: str) -> Rendered:
    """解绑 [企业]: no longer speak for it."""
    enterprise = _own(talk, rest.strip(), "解绑")
    return _parted(talk, talk.person, enterprise)


def unbind_for(talk: Talk, rest: str) -> Rendered:
    """解绑 姓名 企业: the office parts a contact from an enterprise."""
    name, _, of = rest.strip().partition(" ")
    if not of:
        raise Answer(usage(talk, "unbind_for"))
    enterprise = _mine(talk, of.strip(), "unbind_for")
    found = [person for person in all_of(talk.session, enterprise) if person.name == name]
    if len(found) != 1:
        raise Answer(talk.say("contact_unknown", said=excerpt(name, 12), enterprise=enterprise.name))
    return _parted(talk, found[0], enterprise)


def _parted(talk: Talk, person: Person, enterprise: Enterprise) -> Rendered:
    still = [item for item in open_for(talk.session, person, enterprise) if not item.restricted]
    to = contacts.leave(talk.turn, person, enterprise, talk.person)
    key = "parted_to" if to else "parted_to_office"
    goes_on = talk.line(key, count=len(still), name=to.name if to else "") if still else ""
    return talk.say("parted", name=person.name, enterprise=enterprise.name, goes_on=goes_on)


def hand_over(talk: Talk, rest: str) -> Rendered:
    """移交 [企业] [同事]: a colleague follows what is open from now on; without one a code for whoever comes."""
    words = rest.split()
    enterprise = _own(talk, words[0] if len(words) > 1 or (words and _is_own(talk, words[0])) else "", "移交")
    names = [word for word in words if not _is_own(talk, word)]
    if not names:
        code, until = _invitation(talk, enterprise, talk.person)
        when = talk.service.speaker.when(until)
        return talk.say("hand_over_code", enterprise=enterprise.name, code=codes.spoken(code), until=when)
    found = [one for one in all_of(talk.session, enterprise) if one.name == names[0] and one is not talk.person]
    if len(found) != 1:
        raise Answer(talk.say("contact_unknown", said=excerpt(names[0], 12), enterprise=enterprise.name))
    mine = contacts.hand_over_all(talk.turn, talk.person, found[0], enterprise)
    return talk.say("handed_over", name=found[0].name, count=len(mine), enterprise=enterprise.name)


def _is_own(talk: Talk, word: str) -> bool:
    return len(word) > 1 and any(word in one.name for one in talk.person.enterprises)


def _own(talk: Talk, name: str, word: str) -> Enterprise:
    """One of the enterprises this person speaks for; raises Answer where it is not clear which."""
    own = talk.person.enterprises
    found = [one for one in own if name and name in one.name] or ([] if name else list(own))
    if len(found) == 1:
        return found[0]
    if not own:
        raise Answer(talk.say("my_officer_unbound"))
    names = "、".join(one.name for one in own)
    raise Answer(talk.say("which_enterprise", word=word, names=names, first_name=own[0].name))


def switch(talk: Talk, rest: str) -> Rendered:
    """换企业 N 企业: the report was for another of one's enterprises."""
    item, after = pick(talk, rest, "换企业")
    number, name = take_number(after)
    enterprise = _own(talk, (name if number else after).strip(), f"换企业 {item.number}")
    if item.state in ENDED or item.contact is not talk.person:
        return talk.say("switch_not_now", item)
    if item.enterprise is not enterprise:
        binding.move(talk.turn, item, talk.person, enterprise)
    return talk.say("switched", item)


def for_whom(talk: Talk, found: Sequence[Item]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """For which enterprise a report was taken, and the others to choose instead; nothing where there is only one."""
    own = talk.person.enterprises
    if len(own) < 2 or not found or found[0].enterprise is None:
        return "", ()
    first = found[0]
    others = [one for one in own if one is not first.enterprise]
    buttons = tuple((f"换企业 {first.number} {one.name}", named(one.name)) for one in others[:3])
    return talk.line("for_enterprise", first), buttons if len(found) == 1 else ()
