"""Being bound to an enterprise: by a code, by scanning one and a second proof, or by somebody's word."""

import re

from bot import codes
from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.parse import plain
from bot.rules import ContactRules
from bot.texts import Rendered
from bot.which import Answer
from routing import binding
from store import bindings, dossier, trail
from store.contacts import all_of
from store.tables import Claim, Enterprise, Scene
from store.vault import vault

TAIL = re.compile(r"[0-9A-Z]{4}")
PREFIX = "qrscene_"
TAILS = "tail"
"""The purpose for which the last four digits of a telephone number are indexed."""


def bind(talk: Talk, rest: str) -> Rendered:
    """绑定 CODE: an invitation, a credit code, or the four signs that prove a scanned code. Wrong, used, expired and
    too many get one answer."""
    said = re.sub(r"[\s-]", "", plain(rest)).upper()
    if TAIL.fullmatch(said) and (claim := bindings.claim_of(talk.session, talk.person, talk.turn.now)):
        return _prove(talk, claim, said)
    if codes.credit_like(said):
        return _by_credit_code(talk, said)
    found = bindings.invitation(talk.session, said) or bindings.invitation(
        talk.session, said.translate(codes.READ_AS)
    )
    if found is not None and found.enterprise in talk.person.enterprises:
        return talk.say("already_bound", enterprise=found.enterprise.name)
    expired = found is not None and found.expires_at is not None and found.expires_at <= talk.turn.now
    if _too_often(talk) or found is None or found.used_by_id or expired:
        if not codes.mistyped(said):  # a slip of the finger is no try: whoever guesses can compute the last sign
            _note(talk, "code_refused")
        return talk.say("code_refused")
    taken = binding.redeem(talk.turn, talk.person, found)
    return _bound(talk, found.enterprise, "、".join(item.number for item in taken))


def _bound(talk: Talk, enterprise: Enterprise, numbers: str = "") -> Rendered:
    officer = enterprise.bound_officer
    name = officer.name if officer else talk.service.texts.label("word", "undecided")
    handed = talk.line("bound_handed_over", numbers=numbers) if numbers else ""
    return talk.say("bound", enterprise=enterprise.name, officer=name, handed=handed)


def _rules(talk: Talk) -> ContactRules:
    return talk.service.contacts


def _too_often(talk: Talk) -> bool:
    rules = _rules(talk)
    tried = trail.how_often(talk.session, "code_refused", talk.person, talk.turn.now, rules.tries_span)
    return tried >= rules.tries


def _note(talk: Talk, action: str, enterprise: Enterprise | None = None) -> None:
    trail.note(talk.session, action, by=talk.person, now=talk.turn.now, about=talk.person, enterprise=enterprise)


def _by_credit_code(talk: Talk, said: str) -> Rendered:
    """The code is public: it finds the enterprise and proves nothing, so others are asked. Whether it is known here
    is not told."""
    if not codes.credit_code(said):
        return talk.say("credit_code_wrong", meant=codes.suggested(said) or "")
    if _too_often(talk):
        return talk.say("credit_code_noted")
    _note(talk, "code_refused")
    enterprise = bindings.by_credit_code(talk.session, said)
    if enterprise is not None and enterprise not in talk.person.enterprises:
        waiting = bindings.claim_of(talk.session, talk.person, talk.turn.now)
        if waiting is None or waiting.enterprise is not enterprise:
            binding.ask(talk.turn, _claim(talk, enterprise, "credit_code"))
    return talk.say("credit_code_noted")


def _claim(talk: Talk, enterprise: Enterprise, via: str, scene: Scene | None = None) -> Claim:
    """Nothing is proved yet."""
    now = talk.turn.now
    made = Claim(
        person=talk.person,
        enterprise=enterprise,
        via=via,
        scene=scene,
        asked_at=now,
        expires_at=now + _rules(talk).claim_life,
        status="open",
        wrong=0,
    )
    talk.session.add(made)
    talk.session.flush()
    _note(talk, "claim", enterprise)
    return made


# ---------------------------------------------------------------- scanned


def scanned(talk: Talk) -> Rendered | None:
    """Somebody scanned a code: who follows for the first time gets the welcome where it is none of ours."""
    token = talk.message.event_key.removeprefix(PREFIX)
    found = bindings.scene(talk.session, token)
    if found is None:
        return None if talk.message.event == "subscribe" else talk.say("scene_unknown")
    if found.enterprise in talk.person.enterprises:
        return talk.say("already_bound", enterprise=found.enterprise.name)
    if found.used_by_id not in (None, talk.person.id):
        return talk.say("scene_used")
    if found.expires_at <= talk.turn.now:
        return talk.say("scene_expired")
    claim = bindings.claim_of(talk.session, talk.person, talk.turn.now)
    if claim is None or claim.scene is not found:
        if found.used_by_id is not None:  # proved wrong too often, or given up
            return talk.say("scene_used")
        found.used_by_id, found.used_at = talk.person.id, talk.turn.now
        claim = _claim(talk, found.enterprise, "scene", found)
    others = talk.line("scene_others", names="、".join(one.name for one in talk.person.enterprises))
    return talk.say(
        "scene_prove",
        enterprise=codes.hidden(found.enterprise.name),
        others=others if talk.person.enterprises else "",
    )


def proof(talk: Talk) -> Rendered | None:
    """Four signs alone, from somebody who was asked for them."""
    said = plain(talk.said).strip().upper()
    if not TAIL.fullmatch(said):
        return None
    claim = bindings.claim_of(talk.session, talk.person, talk.turn.now)
    return _prove(talk, claim, said) if claim is not None else None


def _prove(talk: Talk, claim: Claim, said: str) -> Rendered:
    """The last four signs of the credit code, or of a telephone number on file, prove a scanned code."""
    if claim.via != "scene":
        return talk.say("claim_waits")
    if said in _tails(talk, claim) or _on_file(talk, claim, said):
        claim.status = "bound"
        binding.bind(talk.turn, talk.person, claim.enterprise, by=None, proof="scene")
        return _bound(talk, claim.enterprise)
    claim.wrong += 1
    _note(talk, "proof_refused", claim.enterprise)
    if claim.wrong >= _rules(talk).proofs:
        claim.status = "void"
        return talk.say("proof_void")
    return talk.say("proof_refused", left=_rules(talk).proofs - claim.wrong)


def _tails(talk: Talk, claim: Claim) -> set[str]:
    """What is known of the enterprise."""
    phones = [dossier.phone_of(talk.session, contact) for contact in all_of(talk.session, claim.enterprise)]
    return {known[-4:] for known in (claim.enterprise.credit_code, *phones) if known and len(known) >= 8}


def _on_file(talk: Talk, claim: Claim, said: str) -> bool:
    """What the one who made the code knew of the contact."""
    return claim.scene is not None and claim.scene.tail_index == tail_index(talk, claim.scene.token, said)


def tail_index(talk: Talk, token: str, tail: str) -> str:
    return vault(talk.session).index(TAILS, f"{token}:{tail}")


def ask_others(talk: Talk, _rest: str) -> Rendered:
    """请人确认: who was asked for a proof and has none asks for somebody's word."""
    claim = bindings.claim_of(talk.session, talk.person, talk.turn.now)
    if claim is None:
        return talk.say("claim_none")
    if claim.status == "open":
        binding.ask(talk.turn, claim)
    return talk.say("claim_waits")


def grant(talk: Talk, rest: str) -> Rendered:
    return _decide(talk, rest, granted=True)


def deny(talk: Talk, rest: str) -> Rendered:
    return _decide(talk, rest, granted=False)


def _decide(talk: Talk, rest: str, *, granted: bool) -> Rendered:
    """同意绑定 N, 不同意绑定 N: by the office, the enterprise's officer, or one of its contacts."""
    said = plain(rest).strip()
    if not said:
        raise Answer(usage(talk, "grant_claim" if granted else "deny_claim"))
    claim = bindings.claim(talk.session, int(said), talk.turn.now) if re.fullmatch(r"\d{1,12}", said) else None
    if claim is None or not binding.may_confirm(talk.person, claim):
        raise Answer(talk.say("claim_unknown", said=excerpt(rest, 12)))
    name, enterprise = claim.person.name, claim.enterprise.name
    binding.decide(talk.turn, claim, talk.person, granted)
    return talk.say("claim_decided" if granted else "claim_denied", name=name, enterprise=enterprise)
