"""The WeCom application: token, who may see it, menu, door, and whether our officials are members."""

import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot import wire
from bot.doctor import both
from bot.doctor.case import Case, Refused, Silent
from bot.doctor.findings import Finding, found
from bot.doctor.staff import listed
from bot.message import WECOM
from routing.departure import POSTS
from store import people

CODES = {
    40001: "wecom_secret",
    40091: "wecom_secret",
    40013: "wecom_corp",
    40056: "wecom_agent",
    41011: "wecom_agent",
    301002: "wecom_agent",
    60020: "wecom_ip",
    48002: "wecom_permission",
    60011: "wecom_permission",
    50003: "wecom_closed",
}
NOT_SEEN = (60011, 60111, 46004, 40003, 48002, 60102)
"""No such member, or not one this application may see."""
WORKS = 1
"""The status of a member who has joined; 2 is disabled, 4 has not joined yet, 5 has left."""
RANGES = (("allow_userinfos", "user"), ("allow_partys", "partyid"), ("allow_tags", "tagid"))


def token(case: Case) -> Iterator[Finding]:
    app = case.application
    yield from both.token(
        case, WECOM, CODES, lambda line: line.ask("gettoken", corpid=app.corp_id, corpsecret=app.secret)
    )


def agent(case: Case) -> Iterator[Finding]:
    """The application is in use, somebody sees it, and links to our own address are trusted."""
    number = case.application.agent_id
    fields, wrong = both.answered(case, WECOM, CODES, lambda line: line.ask("agent/get", agentid=number))
    if fields is None:
        yield from wrong
        return
    seen = any((fields.get(name) or {}).get(part) for name, part in RANGES)
    if fields.get("close"):
        yield found("wecom_closed", code=0)
    if not seen:
        yield found("wecom_unseen")
    if seen and not fields.get("close"):
        yield found("wecom_agent_good")
    host = urlsplit(case.config.public_url).hostname or ""
    if host and str(fields.get("redirect_domain", "")).partition(":")[0] != host:
        yield found("wecom_domain", host=host)


def members(case: Case) -> Iterator[Finding]:
    """Every official whose user id was imported is a member of the directory whom the application sees."""
    with case.service.store.read() as session:
        imported = [
            (person.name, people.account_of(session, identity))
            for person in people.everybody(session)
            if person.role in POSTS and (identity := people.identity_of(session, person, WECOM)) is not None
        ]
    line, unseen, idle = case.lines[WECOM], [], []
    for name, user in imported:
        try:
            status = line.ask("user/get", userid=user).get("status", WORKS)
        except Refused as no:
            if no.code not in NOT_SEEN:
                yield from both.answered(case, WECOM, CODES, lambda line: line.ask("user/get", userid=user))[1]  # noqa: B023
                return
            unseen.append(name)
        except Silent as silent:
            yield found("platform_silent", host=line.base, why=str(silent))
            return
        else:
            idle += [name] * (status != WORKS)
    if unseen:
        yield found("members_unseen", count=len(unseen), names=listed(unseen))
    if idle:
        yield found("members_idle", count=len(idle), names=listed(idle))
    if not unseen and not idle:
        yield found("members_good", count=len(imported))


def menu(case: Case) -> Iterator[Finding]:
    yield from both.menu(case, WECOM, CODES, agentid=case.application.agent_id)


def door(case: Case) -> Iterator[Finding]:
    sealed, echo = case.application.sealed, secrets.token_hex(8)
    encrypted = wire.seal(sealed, echo.encode())
    query = both.signed(sealed.token, case, encrypted)
    query["msg_signature"] = query.pop("signature")
    yield from both.door(case, WECOM, query | {"echostr": encrypted}, echo)
