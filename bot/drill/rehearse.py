"""The day of a rehearsal from its first message to its account."""

import logging
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bot.drill import hands
from bot.drill.account import Account, Watch, account
from bot.drill.ground import build, key_in
from bot.drill.traffic import Traffic, told
from bot.drill.world import Plan, World
from bot.environment import ConfigError
from store.facts import read
from store.migrate import is_empty, migrate

DAY = datetime.fromisoformat("2026-09-30T08:00:00+08:00")
"""The last working day before a long holiday."""
MINUTE = timedelta(minutes=1)
STEP, NIGHT, QUIET = timedelta(minutes=10), timedelta(hours=1), timedelta(days=2)
SHOWN = 5
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the day: until when, what share of the messages, and whether workers are there."""

    name: str
    minutes: int
    share: float
    workers: bool = True
    jump: timedelta | None = None  # after it everything is off for so long
    jump_to_open: bool = False  # … or until the office next opens
    alarms: int = 0


STAGES = (
    Stage("morning", 150, 0.25, alarms=1),
    Stage("no_workers", 20, 0.05, workers=False),
    Stage("afternoon", 390, 0.4, jump=timedelta(minutes=80)),
    Stage("evening", 80, 0.07, alarms=1, jump=timedelta(days=3, hours=15)),
    Stage("holiday", 30, 0.03, alarms=1, jump_to_open=True),
    Stage("after", 90, 0.15),
)
PROCESSES_MINUTES, PROCESSES_SHARE = 12, 0.05


def run(plan: Plan, say: Say) -> int:
    """The whole command: 0 when nothing was found, 1 when something was, 2 when a protection was left out and nothing
    was found."""
    words = read(__file__, "words.toml")["account"]
    without = words["without"].format(name=words["broken"][plan.without]) if plan.without else ""
    kind = make_url(plan.url).get_backend_name()
    say(words["title"].format(messages=plan.messages, seed=plan.seed, database=kind, without=without))
    made = rehearse(plan, say)
    lines = list(table(made))
    for line in lines[:-1]:
        say(line)
    ends = ("missed", "caught") if plan.without else ("good", "bad")
    say(words[ends[not made.faultless]])
    say(lines[-1])
    if made.faultless:
        return 2 if plan.without else 0
    return 1


@contextmanager
def scratch(url: str | None) -> Iterator[tuple[str, Path]]:
    """An empty database and a folder, both gone afterwards. Raises ConfigError when a given one is not empty."""
    with tempfile.TemporaryDirectory(prefix="lianxin-") as name:
        folder = Path(name)
        if url is None:
            yield f"sqlite:///{folder / 'scratch.db'}", folder
            return
        if not is_empty(url):
            raise ConfigError("--database: it holds data; a rehearsal needs an empty database of its own")
        try:
            yield url, folder
        finally:
            migrate(url, "base", key_in(folder))


def rehearse(plan: Plan, say: Say, *, processes: bool = True, quiet: timedelta = QUIET) -> Account:
    """Play the day and close the books; `say` is told what goes on. `quiet`: the time in which nothing fails any more
    and all that is due gets done."""
    words = read(__file__, "words.toml")["account"]
    world = build(plan, DAY)
    try:
        reports = told(world.service.intake.analyser, world.random)
        traffic, watch = Traffic(world.service, world.carrier, world.people, world.random, reports), Watch(world)
        errors: Counter[str] = Counter()
        with errors_logged(errors):
            for stage in STAGES:
                _play(world, traffic, watch, stage)
                say(_told(world, words, stage.name))
            killed = _processes(world, traffic, watch) if processes else 0
            if processes:
                say(_told(world, words, "processes"))
            _quiet(world, watch, quiet)
            say(_told(world, words, "quiet"))
            made = account(world, watch)
        made.figures["processes killed"] = killed
        made.figures["errors logged"] = errors.total()
        return made
    finally:
        world.close()


def _play(world: World, traffic: Traffic, watch: Watch, stage: Stage) -> None:
    messages, step = round(world.plan.messages * stage.share), world.plan.step
    steps = stage.minutes * MINUTE // step
    if not stage.workers:
        watch.went_down(world.clock.now())
    for n in range(steps):
        _go_on(world, step)
        traffic.say(messages * (n + 1) // steps - messages * n // steps)
        if n < stage.alarms:
            traffic.alarm()
        world.carrier.deliver()
        if stage.workers:
            world.work()
            watch.look()
    if stage.jump or stage.jump_to_open:
        _jump(world, watch, stage)


def _go_on(world: World, step: timedelta) -> None:
    """Time goes on, and no token outlives a step."""
    world.clock.move_to(world.clock.now() + step)
    for platform in world.platforms:
        platform.end_token()


def _off(world: World, watch: Watch) -> None:
    """All workers are gone; when there are some again, they are others."""
    watch.went_down(world.clock.now())
    for worker in world.workers:
        worker.born_again()


def _jump(world: World, watch: Watch, stage: Stage) -> None:
    """Everything is switched off, and on again when the clock has moved far on."""
    _off(world, watch)
    calendar = world.service.policy.calendar
    now = world.clock.now()
    world.carrier.down = True
    world.clock.move_to(now + (stage.jump or timedelta()))
    if stage.jump_to_open:
        world.clock.move_to(calendar.next_open(now) - timedelta(minutes=5))
    world.carrier.deliver()
    world.carrier.down = False


def _processes(world: World, traffic: Traffic, watch: Watch) -> int:
    """Real processes take over; they cannot be struck at the seams, only killed."""
    _off(world, watch)
    messages = round(world.plan.messages * PROCESSES_SHARE)
    killed = hands.shift(world, traffic, watch, PROCESSES_MINUTES, messages)
    _off(world, watch)
    return killed


def _quiet(world: World, watch: Watch, length: timedelta) -> None:
    """Nobody writes, nothing fails: all that is due gets done."""
    world.calm("web", "work", "line")
    calendar, until = world.service.policy.calendar, world.clock.now() + length
    while world.clock.now() < until:
        _go_on(world, STEP if calendar.is_open(world.clock.now()) else NIGHT)
        world.carrier.deliver()
        world.work()
    watch.look()


@contextmanager
def errors_logged(counted: Counter[str]) -> Iterator[None]:
    """What the service logs as an error meanwhile is counted and not printed."""

    class Counting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            counted[f"{record.name}: {record.msg}"] += 1

    root = logging.getLogger()
    handlers, level, handler = root.handlers, root.level, Counting(logging.ERROR)
    root.handlers = [handler]
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)


def _told(world: World, words: dict[str, Any], stage: str) -> str:
    calendar = world.service.policy.calendar
    at = calendar.local(world.clock.now())
    return f"{at:%m-%d %H:%M}  {words['stage'][stage]}"


def table(made: Account) -> Iterator[str]:
    """The account for the office, a line each; the last is for programs."""
    words = read(__file__, "words.toml")["account"]
    for name, label in words["figure"].items():
        yield f"{_padded(label, 44)}{made.figures[name]:>8}"
    for name, label in words["must_be_zero"].items():
        found = getattr(made, name)
        yield f"{_padded(label, 44)}{len(found):>8}"
        yield from (f"    {words['found'][key].format(**facts)}" for key, facts in found[:SHOWN])
    yield made.line()


def _padded(text: str, width: int) -> str:
    wide = sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)
    return text + " " * max(0, width - wide)
