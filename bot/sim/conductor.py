"""Moves the clock and lets the service work, in step: from one due moment to the next, in order."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from bot import rounds
from bot.service import Service
from bot.sim.clock import VirtualClock

STEP = timedelta(seconds=1)


class Conductor:
    """`work` is one tick and one drain. Everything that works does so under one lock, so that a hop of the clock
    never overtakes what was due before it."""

    def __init__(self, service: Service, clock: VirtualClock, work: Callable[[], None]) -> None:
        self._service = service
        self._clock = clock
        self._work = work
        self._lock = threading.RLock()

    def run_if_idle(self) -> None:
        """Do what is due now, unless the clock is being moved: the mover does it then."""
        if self._lock.acquire(blocking=False):
            try:
                self.run()
            finally:
                self._lock.release()

    def run(self) -> None:
        """Do what is due now."""
        with self._lock:
            self._work()
            self._clock.keep()

    def next_due(self) -> datetime | None:
        """When something will happen by itself."""
        return rounds.next_due(self._service)

    def move(self, where: Callable[[datetime], datetime]) -> None:
        """Move the clock to what `where` makes of the present moment; movers wait for each other."""
        with self._lock:
            self.move_to(where(self._clock.now()))

    def move_to(self, target: datetime) -> None:
        """Move the clock, stopping at every due moment on the way."""
        with self._lock:
            self._work()
            while (due := self.next_due()) is not None and due < target:
                self._clock.move_to(max(due, self._clock.now() + STEP))
                if self._clock.now() >= target:
                    break
                self._work()
            self._clock.move_to(target)
            self.run()
