"""Who is bound to an enterprise, and by what: an invitation, a scanned code and a second proof, somebody's word."""

from collections.abc import Sequence
from typing import Any

from routing import contacts, review
from routing.policy import Turn
from routing.telling import tell_people, tell_role
from store import contacts as store_contacts
from store import items, trail
from store.tables import Claim, Enterprise, Invitation, Item, Person

PUSHES = ("claim_asked", "claim_granted", "claim_refused", "scene_ready", "scene_failed")
"""The texts by which people hear of it without asking."""


def bind(turn: Turn, person: Person, enterprise: Enterprise, *, by: Person | None, proof: str) -> None:
    """This person speaks for the enterprise from now on, and for what they told before without one."""
    if enterprise not in person.enterprises:
        person.enterprises.append(enterprise)
    for item in items.open_without_enterprise(turn.session, person):
        review.verified_enterprise(turn, item, person, enterprise)
    if person.role == "stranger":
        person.role = "contact"
    turn.session.flush()
    trail.note(turn.session, "bind", by=by or person, now=turn.now, about=person, enterprise=enterprise, proof=proof)


def redeem(turn: Turn, person: Person, invitation: Invitation) -> Sequence[Item]:
    """An invitation binds whoever typed it; where a colleague made it to hand over, what is open goes along."""
    invitation.used_by_id, invitation.used_at = person.id, turn.now
    bind(turn, person, invitation.enterprise, by=None, proof="invitation")
    giver = invitation.handed_over_by
    if giver is None or giver is person:
        return []
    return contacts.hand_over_all(turn, giver, person, invitation.enterprise)


def ask(turn: Turn, claim: Claim) -> list[Person]:
    """Ask those who can know whether somebody speaks for an enterprise: its contacts, its officer, the office."""
    claim.status = "asked"
    told: dict[str, Any] = {"claim": claim.id, "name": claim.person.name, "enterprise": claim.enterprise.name}
    once = f"claim:{claim.id}"
    known = list(store_contacts.reachable(turn.session, claim.enterprise, claim.person))
    officer = [claim.enterprise.bound_officer] if claim.enterprise.bound_officer else []
    tell_people(turn, [*known, *officer], "claim_asked", once, **told)
    tell_role(turn, "coordinator", "claim_asked", once, **told)
    return [*known, *officer]


def may_confirm(person: Person, claim: Claim) -> bool:
    """Whether somebody's word binds: the office's, the enterprise's officer's, and that of its contacts."""
    if person is claim.person:
        return False
    bound = claim.enterprise.bound_officer
    return person.role == "coordinator" or person is bound or claim.enterprise in person.enterprises


def decide(turn: Turn, claim: Claim, by: Person, granted: bool) -> None:
    """Somebody who may confirms or refuses a claim; its person hears of it."""
    claim.status = "bound" if granted else "refused"
    if granted:
        bind(turn, claim.person, claim.enterprise, by=by, proof=claim.via)
    else:
        trail.note(
            turn.session, "claim_refused", by=by, now=turn.now, about=claim.person, enterprise=claim.enterprise
        )
    key = "claim_granted" if granted else "claim_refused"
    told: dict[str, Any] = {"enterprise": claim.enterprise.name} if granted else {}
    tell_people(turn, [claim.person], key, f"{key}:{claim.id}", **told)


def move(turn: Turn, item: Item, by: Person, enterprise: Enterprise) -> None:
    """A report was for another of the enterprises its contact speaks for."""
    review.verified_enterprise(turn, item, by, enterprise)
