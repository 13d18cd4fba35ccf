"""The service account: token, template, menu, door."""

import re
import secrets
from collections.abc import Iterator

from bot.doctor import both
from bot.doctor.case import Case
from bot.doctor.findings import Finding, found
from bot.message import OA

CODES = {
    40001: "oa_secret",
    40125: "oa_secret",
    40243: "oa_frozen",
    40013: "oa_appid",
    40164: "oa_ip",
    89501: "oa_confirm",
    89503: "oa_confirm",
    89506: "oa_confirm",
    89507: "oa_confirm",
    48001: "oa_permission",
    50002: "oa_closed",
}
FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")
HEADINGS = {"first", "remark"}
"""Fields of old templates that are not shown any more."""


def token(case: Case) -> Iterator[Finding]:
    account = case.official
    asked = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.secret}
    yield from both.token(case, OA, CODES, lambda line: line.ask("stable_token", asked))


def template(case: Case) -> Iterator[Finding]:
    """The configured template is one of the account's, and it has a field for each thing that is said."""
    wanted, ours = case.official.template_id, set(case.service.template.values())
    if not wanted:
        return  # said among the settings
    fields, wrong = both.answered(case, OA, CODES, lambda line: line.ask("template/get_all_private_template"))
    if fields is None:
        yield from wrong
        return
    known = {str(one.get("template_id")): str(one.get("content")) for one in fields.get("template_list", [])}
    if wanted not in known:
        yield found("template_absent", setting="LIANXIN_OA_TEMPLATE_ID", count=len(known))
        return
    theirs = set(FIELD.findall(known[wanted])) - HEADINGS
    if ours - theirs:
        yield found("template_fields", ours=_listed(ours - theirs), theirs=_listed(theirs))
    elif theirs - ours:
        yield found("template_unfilled", theirs=_listed(theirs - ours))
    else:
        yield found("template_good")


def _listed(names: set[str]) -> str:
    return "、".join(sorted(names)) or "—"


def menu(case: Case) -> Iterator[Finding]:
    yield from both.menu(case, OA, CODES)


def door(case: Case) -> Iterator[Finding]:
    echo = secrets.token_hex(8)
    yield from both.door(case, OA, both.signed(case.official.token, case) | {"echostr": echo}, echo)
