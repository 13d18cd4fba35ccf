"""People: is there somebody for everything that can come, and can everybody be reached?"""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from bot.doctor.case import Case
from bot.doctor.findings import Finding, found
from bot.message import OA, WECOM
from routing.departure import POSTS
from routing.policy import Turn
from routing.telling import upwards
from store import people

SHOWN = 8
NEEDED = {"post_empty", "unit_absent", "unit_empty", "unreached"}


def look(case: Case) -> Iterator[Finding]:
    """A line for each post without anybody, each category without an officer, and for whom nothing reaches."""
    with case.service.store.read() as session:
        missing = [*_posts(case, session), *_categories(case, session), *_unreached(case, session)]
        count = len([person for person in people.everybody(session) if person.role in POSTS])
    yield from missing
    if not any(each.key in NEEDED for each in missing):
        yield found("people_good", count=count)


def _posts(case: Case, session: Session) -> Iterator[Finding]:
    receivers = case.service.policy.owners.restricted.receivers
    for role in dict.fromkeys(("coordinator", "duty", receivers)):
        if not people.with_role(session, role):
            yield found("post_empty", post=case.service.texts.label("recipient", role))


def _categories(case: Case, session: Session) -> Iterator[Finding]:
    """The department of each category is there, and it or a unit above it has an officer. Where a rule for some words
    leads to nobody, the coordinator is asked: that is only worth a word."""
    owners, names = case.service.policy.owners, case.service.intake.analyser.categories
    for category, code in owners.lead.items():
        yield from _unit(case, session, names[category].label, code, "unit_absent", "unit_empty")
    others = {rule.department: names[rule.category].label for rule in reversed(owners.overrides)}
    for code in sorted(others.keys() - set(owners.lead.values())):
        yield from _unit(case, session, others[code], code, "unit_absent_some", "unit_empty_some")


def _unit(case: Case, session: Session, category: str, code: str, absent: str, empty: str) -> Iterator[Finding]:
    unit = people.department(session, code)
    if unit is None:
        yield found(absent, category=category, code=code)
        return
    chain = upwards(Turn(session, case.service.policy, case.now), unit)
    if not any(people.in_department(session, each, "officer") for each in chain):
        yield found(empty, category=category, unit=unit.name)


def _unreached(case: Case, session: Session) -> Iterator[Finding]:
    """Officials whose accounts are on no channel that is connected."""
    connected = set(case.lines)
    lost = [
        person.name
        for person in people.everybody(session)
        if person.role in POSTS
        and not {each.channel for each in people.identities_of(session, person)} & connected & {OA, WECOM}
    ]
    if lost:
        yield found("unreached", count=len(lost), names=listed(lost))


def listed(names: Sequence[str]) -> str:
    """The first few of them, as many as a line holds."""
    return "、".join(names[:SHOWN]) + ("…" if len(names) > SHOWN else "")
