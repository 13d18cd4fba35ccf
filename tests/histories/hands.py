"""Processes as far as one thread can play them: each job runs until it comes to a seam, and there it may be put aside
for a while, or end with all the others of its process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

from bot.drill.seams import Fate, FatedStore, Killed
from store.db import Store


@dataclass(eq=False)
class Process:
    """A process of the house: its jobs die with it, and it is another when it is there again."""

    name: str
    births: int = 0
    down_until: datetime | None = None
    jobs: "list[Job]" = field(default_factory=list)
    free_at: dict[str, datetime] = field(default_factory=dict)  # when a job of this kind begins next
    doomed: bool = False
    sender: Any = None

    @property
    def known_as(self) -> str:
        return f"{self.name}.{self.births}"


class Job(greenlet):
    """One thing a process does, from its beginning to its end."""

    def __init__(self, process: Process, kind: str, do: Callable[[], object]) -> None:
        super().__init__(self._run)
        self.process = process
        self.kind = kind
        self.asleep_until: datetime | None = None
        self.calling = False
        self.looked_at: datetime | None = None  # truly, before the call that it makes: from there on it only calls
        self._do = do
        process.jobs.append(self)

    def step(self) -> None:
        """Go on to where it is put aside next, or to its end."""
        self.switch()

    def end(self) -> None:
        """It ends where it was put aside, or before it has begun."""
        if self:
            self.throw(Killed("with its process"))
        else:
            self.process.jobs.remove(self)

    def _run(self) -> None:
        try:
            self._do()
        except Killed:
            pass  # the process has ended
        finally:
            self.process.jobs.remove(self)


class Seams(Fate):
    """Asked at every reading of the clock, around every commit and every call: `decide` says whether the job that has
    come so far ends there; it may put it aside before it says so."""

    def __init__(self, decide: Callable[[Job, str], bool]) -> None:
        super().__init__(Random(0), 1)
        self._decide = decide

    def strike(self, where: str) -> None:
        job = getcurrent()
        if isinstance(job, Job) and self._decide(job, where):
            self.struck[where] += 1
            raise Killed(where)


class SeamedStore(FatedStore):
    """A database that is there already, with seams around its commits."""

    def __init__(self, store: Store, seams: Seams) -> None:
        self.__dict__ |= store.__dict__
        self._fate = seams
        self.strike = seams.strike


def put_aside() -> None:
    """Let others go on; comes back when this job is next stepped."""
    getcurrent().parent.switch()
