"""The table of checks, and one examination by it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import requests
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.doctor import house, members, official, settings, staff
from bot.doctor.case import Case
from bot.doctor.findings import Finding, Level, Wording, found
from bot.message import OA, WECOM
from bot.service import assembled
from store.facts import FactError

HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    side: str  # of an account; those of one that is not configured are left out
    run: Callable[[Case], Iterator[Finding]]
    needs: tuple[str, ...] = ()  # what must have passed for this to say anything


# fmt: off
CHECKS = (
    #     name              side   what looks              needs
    Check("database",       HOUSE, house.database),
    Check("clock",          HOUSE, house.clock,            ("database",)),
    Check("calendar",       HOUSE, house.calendar),
    Check("people",         HOUSE, staff.look,             ("database",)),
    Check("queue",          HOUSE, house.queue,            ("database",)),
    Check("folders",        HOUSE, house.folders),
    Check("oa_token",       OA,    official.token),
    Check("oa_template",    OA,    official.template,      ("oa_token",)),
    Check("oa_menu",        OA,    official.menu,          ("oa_token",)),
    Check("oa_door",        OA,    official.door,          ("address",)),
    Check("wecom_token",    WECOM, members.token),
    Check("wecom_agent",    WECOM, members.agent,          ("wecom_token",)),
    Check("wecom_members",  WECOM, members.members,        ("wecom_token", "database")),
    Check("wecom_menu",     WECOM, members.menu,           ("wecom_token",)),
    Check("wecom_door",     WECOM, members.door,           ("address",)),
)
# fmt: on


def examine(environ: Mapping[str, str], clock: Clock, fix: bool) -> Iterator[Finding]:
    """All findings on the deployment that this environment describes. `fix` makes the menus; nothing else is changed
    anywhere."""
    try:
        config, wrong = settings.read(environ)
    except settings.Broken as broken:
        yield found("setting_wrong", setting=str(broken))
        return
    yield from wrong
    yield from settings.look(config, environ)
    try:
        service = assembled(config, clock)
    except FactError as error:
        yield found("files_wrong", reason=error)
        return
    yield from look(Case(config, service, clock.now(), fix, requests.request))
    service.store.close()


def look(case: Case) -> Iterator[Finding]:
    """All findings of the table, in its order."""
    wording = Wording.load()
    passed = {"address"} if case.config.public_url else set()
    for check in CHECKS:
        if check.side != HOUSE and check.side not in case.lines:
            continue
        if not passed.issuperset(check.needs):
            yield found("not_looked", name=check.name)
            continue
        said = list(_guarded(check, case))
        levels = {wording.level(each) for each in said}
        if Level.PASSED in levels and Level.MISSING not in levels:
            passed.add(check.name)
        yield from said


def _guarded(check: Check, case: Case) -> Iterator[Finding]:
    """A check that cannot even look is a finding, too."""
    try:
        yield from check.run(case)
    except SQLAlchemyError as error:
        yield found("database_silent", why=type(error).__name__)
    except FactError as error:
        yield found("files_wrong", reason=error)
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        # The answers of a platform may have any shape.
        yield found("check_broke", name=check.name, why=type(error).__name__)


def report(environ: Mapping[str, str], clock: Clock, fix: bool) -> Iterator[tuple[str, bool]]:
    """Every line that is to be read, and whether it is good; the last one sums up."""
    wording, missing = Wording.load(), 0
    for finding in examine(environ, clock, fix):
        good = wording.level(finding) is not Level.MISSING
        missing += not good
        yield wording.line(finding), good
    yield (wording.words["not_yet"].format(count=missing) if missing else wording.words["all_good"]), not missing
