"""Who leaves the service, and what became of their work: said by the office."""

import re

from bot.contact import usage
from bot.context import Talk
from bot.officer import department_named
from bot.texts import Rendered
from bot.which import Answer, seen
from bot.whom import person_named
from routing import departure, units
from routing.leave_news import listed
from store.tables import Item

TAKES_OVER = re.compile(r"\s+(?:由\s*)?(?:接手|接替)(?:人)?\s*[:：]?\s*|\s+")


def leave_service(talk: Talk, rest: str) -> Rendered:
    """离岗 姓名 [接手 姓名]: with a successor all goes there; without one, back to the office."""
    name, *others = TAKES_OVER.split(rest.strip(), maxsplit=1)
    if not name:
        raise Answer(usage(talk, "leave_service"))
    person = person_named(talk, name, departure.POSTS)
    successor = person_named(talk, others[0], departure.POSTS) if others and others[0] else None
    left = departure.leave_service(talk.turn, person, successor, talk.person)
    return talk.say(
        "departed",
        name=person.name,
        passed_line=_moved(talk, "departed_passed", left.passed, _takers(left)),
        waiting_line=_moved(talk, "departed_waiting", left.waiting),
        enterprises_line=_enterprises(talk, left),
        absences_line="\n".join(talk.line("departed_absence", absent=one.person.name) for one in left.absences),
    )


def merge_unit(talk: Talk, rest: str) -> Rendered:
    """并入 旧单位 新单位."""
    said, _, into = rest.partition(" ")
    if not into.strip():
        raise Answer(usage(talk, "merge_unit"))
    old, new = department_named(talk, said), department_named(talk, into.strip())
    moved = units.merge(talk.turn, old, new, talk.person)
    return talk.say("unit_merged", old=old.name, new=new.name, items=moved.items, people=moved.people)


def rename_unit(talk: Talk, rest: str) -> Rendered:
    """改名 旧名 新名."""
    said, _, name = rest.partition(" ")
    if not (name := name.strip()):
        raise Answer(usage(talk, "rename_unit"))
    unit = department_named(talk, said)
    before, count = unit.name, units.rename(talk.turn, unit, name, talk.person)
    return talk.say("unit_renamed", before=before, name=name, count=count)


def _takers(left: departure.Left) -> str:
    return "、".join(dict.fromkeys(item.officer.name for item in left.passed if item.officer and not item.restricted))


def _moved(talk: Talk, key: str, found: list[Item], successor: str = "") -> str:
    if not (found := seen(talk, found)):
        return ""
    return talk.line(key, successor=successor, **talk.service.speaker.told({"items": listed(found)}))


def _enterprises(talk: Talk, left: departure.Left) -> str:
    if not left.enterprises:
        return ""
    names = "、".join(enterprise.name for enterprise in left.enterprises)
    key = "departed_bound" if left.successor else "departed_unbound"
    return talk.line(key, names=names, count=len(left.enterprises))
