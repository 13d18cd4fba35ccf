"""Plays the sample: reports and answers of the demo's people, through the real webhook."""

import re
import threading
from datetime import datetime, time, timedelta
from typing import Any

from bot.sim.stage import Stage
from routing.deadlines import end_of
from store import items, people
from store.facts import read

MINUTES = re.compile(r"PT(\d+)M")


_one_at_a_time = threading.Lock()


def fill(stage: Stage) -> int:
    """Fill the ledger with the sample; how many items there are then."""
    with _one_at_a_time:
        for line in read(__file__, "sample.toml")["line"]:
            _play(stage, line)
    with stage.service.store.read() as session:
        return items.how_many(session)


def _play(stage: Stage, line: dict[str, Any]) -> None:
    """One line of `sample.toml`. The clock moves on by as much as the line waits."""
    if "wait" in line:
        stage.conductor.move_to(stage.clock.now() + _minutes(line["wait"]))
    elif "to" in line:
        stage.conductor.move_to(_next_day(stage, time.fromisoformat(line["to"])))
    elif "say" in line:
        stage.say(line["say"][0], "text", line["say"][1])
    else:
        who, words = line["do"]
        stage.say(who, "text", words.format(n=_newest(stage, line.get("of", who))))


def _minutes(text: str) -> timedelta:
    found = MINUTES.fullmatch(text)
    if not found:
        raise ValueError(f"sample.toml: wait must be minutes such as PT6M, not {text!r}")
    return timedelta(minutes=int(found[1]))


def _next_day(stage: Stage, at: time) -> datetime:
    calendar = stage.service.policy.calendar
    tomorrow = calendar.local(stage.clock.now()).date() + timedelta(days=1)
    workday = calendar.local(end_of(tomorrow, calendar)).date()
    return datetime.combine(workday, at, calendar.zone)


def _newest(stage: Stage, name: str) -> str:
    with stage.service.store.read() as session:
        line = stage.lines[name]
        identity = people.identity(session, line.channel, line.account)
        newest = items.newest_of(session, identity.person_id) if identity else None
    return newest.number if newest else ""
