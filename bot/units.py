"""各部门: every unit with its own items and its flag of the month, worst first; the rows add up to the total."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot import flags
from bot.among import asked
from bot.context import Talk
from bot.show import WORST
from bot.texts import Rendered
from routing.flags import UnitFlag
from store import numbers, people
from store.flags import UnitCount
from store.numbers import Among, UnitLoad
from store.tables import Department

ALL = 60
LAST_MONTH = "上月"


@dataclass(frozen=True, slots=True)
class Row:
    """A unit with what it has now and its flag."""

    unit: Department | None
    load: UnitLoad
    flag: UnitFlag

    def order(self) -> tuple[bool, int, int, int]:
        """Worst first: failing, then overdue, then busy."""
        return (not self.flag.failing, -self.flag.failing, -self.load.late, -self.load.open)


def units(talk: Talk, rest: str) -> Rendered:
    """各部门 [单位] [上月] [更多]: every unit with its own items, worst first; the rows add up to the total."""
    last = LAST_MONTH in rest.split()
    said = asked(talk, rest.replace(LAST_MONTH, " "), "各部门")
    day = talk.today.replace(day=1) - timedelta(days=1) if last else talk.today
    rows = sorted(_rows(talk, said.among, day), key=Row.order)
    shown = rows[: ALL if said.screen else WORST]
    whole, others = _sum(row.load for row in rows), _sum(row.load for row in rows[len(shown) :])
    return talk.say(
        "units",
        scope=said.told,
        month=talk.service.texts.label("period", "last_month" if last else "month"),
        cutoff=talk.service.speaker.when(talk.turn.now),
        lines="\n".join(_row_line(talk, row) for row in shown),
        others=talk.line("units_others", count=len(rows) - len(shown), **_load(others))
        if len(rows) > len(shown)
        else "",
        **_load(whole),
    )


def _rows(talk: Talk, among: Among, day: date) -> list[Row]:
    """What a unit had that is no more belongs to the one that took it over."""
    known = {each.id: each for each in people.everything(talk.session)}
    heirs = {each.id: people.heir(talk.session, each).id for each in known.values()}
    owed: dict[int | None, list[UnitCount]] = {}
    for each in flags.of_units(talk, among, day):
        owed.setdefault(heirs.get(each.lead_id or 0), []).append(each)
    loads: dict[int | None, list[UnitLoad]] = {}
    for load in numbers.by_unit(talk.session, among, talk.turn.now):
        loads.setdefault(heirs.get(load.lead_id or 0), []).append(load)
    flag = talk.turn.policy.flags.of_unit
    return [Row(known.get(at or 0), _sum(loads.get(at, ())), flag(owed.get(at, ()))) for at in {**loads, **owed}]


def _sum(loads: Iterable[UnitLoad]) -> UnitLoad:
    each = list(loads)
    return UnitLoad(
        None, *(sum(getattr(load, name) for load in each) for name in ("received", "open", "late", "done"))
    )


def _load(load: UnitLoad) -> dict[str, Any]:
    return {"received": load.received, "open": load.open, "late": load.late, "done": load.done}


def _row_line(talk: Talk, row: Row) -> str:
    name = row.unit.name if row.unit else talk.service.texts.label("word", "no_unit")
    return talk.line("units_line", unit=name, **flags.facts(talk, row.flag), **_load(row.load))
