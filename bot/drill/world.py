"""A scratch office at work: its workers, which can be killed, and what each step of the clock brings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from werkzeug.serving import BaseWSGIServer

from bot import rounds
from bot.config import Config
from bot.drill.carrier import Carrier
from bot.drill.seams import FROZEN, Fate, Killed, StepClock
from bot.drill.storm import Storm
from bot.drill.town import Phone
from bot.service import Service
from bot.sim.corp import Corp
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.worker import worker_name
from store.db import Store

TEMPLATE = "drill-template"
FREEZE = 40
"""One call in so many is made by a worker that has slept past its lease."""
REBIRTH = timedelta(seconds=31)
"""So long until a process is there again. Who waits for a token it was fetching has given up by then."""
LATE = timedelta(minutes=15)
SLEEP_EVERY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be rehearsed."""

    url: str
    folder: Path
    seed: int
    messages: int
    without: str | None = None  # a protection that is left out
    config_dir: Path | None = None
    failing: float = 0.05
    timeouts: int = 1
    kill_one_in: int = 400  # readings of the clock, commits, calls
    aside: int = 8  # before one call in so many another worker does a round
    threads: bool = True
    step: timedelta = timedelta(minutes=1)  # of the clock

    @property
    def late(self) -> timedelta:
        """So long after its moment, while the service is up, what has not happened is late."""
        return LATE + self.step


@dataclass
class Worker:
    """One worker process as far as one process can play it: what it knew is gone when it is killed."""

    service: Service
    make_sender: Callable[[], Any]
    name: str = field(default_factory=worker_name)
    busy: bool = False

    def __post_init__(self) -> None:
        self.sender = self.make_sender()

    def round(self) -> None:
        rounds.work(self.service, self.sender, TEMPLATE, self.name)

    def born_again(self) -> None:
        self.sender, self.name, self.busy = self.make_sender(), worker_name(), False


@dataclass
class World:
    """Everything at hand during a rehearsal."""

    plan: Plan
    clock: StepClock
    settings: Config
    environ: dict[str, str]
    service: Service  # sound, and nothing strikes it: for looking
    phones: Phones
    storm: Storm
    platforms: tuple[Platform, Corp]
    carrier: Carrier
    people: dict[str, Phone]
    workers: list[Worker]
    fates: dict[str, Fate]
    random: Random
    server: BaseWSGIServer
    stores: list[Store]
    slept_at: datetime | None = None

    def work(self) -> None:
        """Every worker does a round, in no order; who is killed comes back for the next."""
        for worker in self.random.sample(self.workers, len(self.workers)):
            self._round(worker)

    def _round(self, worker: Worker) -> None:
        worker.busy = True
        try:
            worker.round()
        except Killed:
            worker.born_again()
            self._wait(REBIRTH)
        finally:
            worker.busy = False

    def _wait(self, length: timedelta) -> None:
        """Time goes by, but not over an opening or a closing: somebody may be about to call."""
        is_open, now = self.service.policy.calendar.is_open, self.clock.now()
        if is_open(now) == is_open(now + length):
            self.clock.move_to(now + length)

    def meanwhile(self, body: dict[str, Any]) -> None:
        """While one worker is about to call: others do a round, or it sleeps past its lease. Who has slept may say
        again what the platform has forgotten; nobody can promise more, so only a first call is slept over."""
        if self.fates["work"].calm:
            return
        if self.random.randrange(FREEZE) == 0 and self._may_sleep(body):
            self.slept_at = self.clock.now() + FROZEN
            self.clock.move_to(self.slept_at)
        elif self.random.randrange(self.plan.aside):
            return
        for worker in self.workers:
            if not worker.busy:
                self._round(worker)

    def _may_sleep(self, body: dict[str, Any]) -> bool:
        awake = self.clock.now() + FROZEN
        rested = self.slept_at is None or awake - self.slept_at > SLEEP_EVERY
        alone = sum(worker.busy for worker in self.workers) == 1  # else another would sleep in the middle of a call
        return rested and alone and self.service.policy.calendar.is_open(awake) and not self.storm.heard(body)

    def calm(self, *whom: str) -> None:
        """Nothing strikes these any more: "web", "work", "line"."""
        for one in whom:
            if one == "line":
                self.storm.calm = True
            else:
                self.fates[one].calm = True

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.phones.close()
        for store in self.stores:
            store.close()
