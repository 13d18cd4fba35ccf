"""Flags in chat: the items of a colour, and the flag of a unit for a month."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from bot.context import Talk
from bot.parse import plain
from bot.show import WORST, flag_why, more
from bot.texts import Rendered
from routing.flags import UnitFlag
from store import flags
from store.flags import UnitCount
from store.numbers import Among
from store.tables import Item

WORDS = {"red": "红旗", "green": "绿旗", "black": "黑旗"}


def colour(talk: Talk, _rest: str) -> Rendered:
    """The items of the colour that was said: open ones, and those struck off this month."""
    policy, texts, now = talk.turn.policy.flags, talk.service.texts, talk.turn.now
    code = next(code for code, word in WORDS.items() if plain(talk.said.strip()).startswith(word))
    since, names = month_of(talk, talk.today)[0], policy.rules_of(code)
    counted = flags.shown(talk.session, policy.named(), now, since)
    found = flags.listed(talk.session, policy.named(), names, now, since, WORST)
    count = sum(counted.get(name, 0) for name in names)
    return talk.say(
        "flag_list",
        flag=texts.label("flag", code),
        count=count,
        total=sum(counted.values()),
        cutoff=talk.service.speaker.when(now),
        why="、".join(f"{texts.label('flag_rule', name)} {counted[name]}" for name in names if counted.get(name)),
        lines="\n".join([_line(talk, item) for item in found] + more(talk, count - len(found))),
    )


def _line(talk: Talk, item: Item) -> str:
    return talk.line("flag_line", item, why=flag_why(talk, item), late=talk.service.speaker.late(item, talk.turn.now))


def month_of(talk: Talk, day: date) -> tuple[datetime, datetime]:
    """The local month a day lies in, as two moments."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    zone = talk.service.speaker.calendar.zone
    opens, closes = (datetime.combine(each, datetime.min.time(), zone) for each in (first, after))
    return opens, closes


def of_units(talk: Talk, among: Among, day: date) -> list[UnitCount]:
    """What each of these units owed in the month of a day."""
    opens, closes = month_of(talk, day)
    owed = Among(start=opens, end=closes, units=among.units)
    return flags.of_units(talk.session, talk.turn.policy.flags.named(), owed, min(talk.turn.now, closes))


def unit_line(talk: Talk, among: Among) -> str:
    """The flag of a unit with all below it, this month."""
    flag = talk.turn.policy.flags.of_unit(of_units(talk, among, talk.today))
    return talk.line("unit_flag", **facts(talk, flag), rule=flag.rule)


def facts(talk: Talk, flag: UnitFlag) -> dict[str, Any]:
    """What can be said of a unit's flag: the figures it was found by, and what the worst colour is called."""
    said = partial(talk.service.texts.label, "flag")
    return {
        "flag": said(flag.colour),
        "worst": said(talk.turn.policy.flags.colours["failing"]),
        "failing": flag.failing,
        "owed": flag.owed,
        "rated": flag.rated,
        "satisfied": flag.satisfied,
    }
