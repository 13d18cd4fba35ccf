"""An office that is measured: its service, a clock that is moved by hand, and what something in it takes."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from houses import House
from sqlalchemy import text

from bot.service import Service
from store.db import Store


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Spent:
    """What something took: seconds on the wall, of CPU here, of CPU in the database server."""

    wall: float
    here: float
    server: float

    def line(self, name: str, per: float = 1.0, more: str = "") -> str:
        each = " ".join(f"{1000 * value / per:9.2f}" for value in (self.wall, self.here, self.server))
        return f"  {name:34} {each}  {more}"


@dataclass(frozen=True)
class Office:
    """One office of one size, and the clock of the service that is measured."""

    service: Service
    clock: HandClock
    house: House

    def spent(self, do: Callable[[], object]) -> Spent:
        wall, here, server = time.perf_counter(), time.process_time(), self.house.cpu()
        do()
        return Spent(time.perf_counter() - wall, time.process_time() - here, self.house.cpu() - server)

    def median(self, do: Callable[[], object], times: int) -> Spent:
        found = [self.spent(do) for _ in range(times)]
        server = sum(each.server for each in found) / times  # counted in hundredths of a second
        wall, here = (statistics.median(getattr(each, name) for each in found) for name in ("wall", "here"))
        return Spent(wall, here, server)


def due_by(store: Store, count: int) -> datetime:
    """The moment by which so many items are due, or as many as will ever be."""
    with store.read() as session:
        moments = session.scalars(text("SELECT next_check_at FROM item WHERE next_check_at IS NOT NULL ORDER BY 1"))
        return list(moments)[:count][-1]
