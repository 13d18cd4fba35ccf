"""What the service bears: messages that arrive by a schedule, and a flood of three times what it can take.

`lianxin serve` and `lianxin work` run as in an office; the latency of each message counts from the moment it was to
be sent, unanswered ones are delivered again as the platform does. First 50 messages a second for two minutes, then
for ten seconds three times what a closed loop has shown to be possible. Prints tables for
`docs/performance.md`; ends within about six minutes.
"""

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arrivals import ATTEMPTS, Delivery, deliver, poisson
from houses import SECRET, House, houses, openid
from intake_cost import SECRETS, WEB_PROCESSES, Web, intake, print_machine
from letters import letters
from load import burst
from processes import running
from sqlalchemy import text

from store.db import Store

PEOPLE = 3000
RATE, SECONDS = 50.0, 120.0
FLOOD, FLOOD_SECONDS = 3, 10.0
PROBE = 300
RECOVERY = 90.0
"""So many seconds are waited for everything to be understood after a flood."""


@dataclass(frozen=True)
class Count:
    """What the database holds."""

    stored: int
    understood: int


def counted(store: Store) -> Count:
    with store.read() as session:
        stored = session.scalar(text("SELECT count(*) FROM inbox"))
        waiting = session.scalar(text("SELECT count(*) FROM inbox WHERE waiting"))
    return Count(int(stored or 0), int(stored or 0) - int(waiting or 0))


def line(name: str, deliveries: Sequence[Delivery], before: Count, after: Count, recovered: float | None) -> str:
    waits = sorted(one.wait for one in deliveries if one.wait is not None)
    cut = statistics.quantiles([0.0, 0.0, *waits], n=1000)
    answered, slow = len(waits), sum(wait > 5 for wait in waits)
    again = sum(one.attempts > 1 for one in deliveries)
    stored = after.stored - before.stored  # more than answered: the answer came too late for the platform
    lost = max(0, answered - stored)
    told = (
        *(len(deliveries), answered, stored),
        *(f"{one * 1000:.0f}" for one in (cut[499], cut[989], cut[998], max(waits, default=0.0))),
        *(slow, again, lost, "never" if recovered is None else f"{recovered:.1f}"),
    )
    return f"| {name} | {' | '.join(map(str, told))} |"


def until_understood(store: Store) -> float | None:
    """Seconds until nothing waits any more; None if something still does at the end of our patience."""
    began = time.monotonic()
    while time.monotonic() - began < RECOVERY:
        found = counted(store)
        if found.stored == found.understood:
            return time.monotonic() - began
        time.sleep(0.5)
    return None


def rates(web: Web, house: House, seconds: float, flood_seconds: float) -> None:
    store, people = Store(house.url, SECRET), itertools.cycle(map(openid, range(PEOPLE)))

    def some(count: int) -> list[bytes]:
        return letters(itertools.islice(people, count))

    def run(name: str, moments: list[float]) -> None:
        before = counted(store)
        done = deliver(web.port, some(len(moments)), moments)
        recovered = until_understood(store)
        print(line(name, done, before, counted(store), recovered), flush=True)

    print(f"\n{house.kind}: milliseconds from the moment of sending; ↻ sent again, of {ATTEMPTS} attempts\n")
    print("| rate | sent | answered | stored | p50 | p99 | p99.9 | max | > 5 s | ↻ | lost | all understood after s |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    run(f"{RATE:.0f}/s", poisson(RATE, seconds, 1))
    most = burst(web.port, some(PROBE)).per_second
    run(f"{FLOOD * most:.0f}/s", poisson(FLOOD * most, flood_seconds, 2))
    run(f"{RATE:.0f}/s after", poisson(RATE, seconds / 8, 3))
    store.close()


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--seconds", type=float, default=SECONDS)
    told.add_argument("--flood", type=float, default=FLOOD_SECONDS)
    given = told.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with houses(folder, PEOPLE) as found:
            print_machine("bench/steady.py", found)
            print(f"{WEB_PROCESSES} web processes, one worker, all on the cores of the load")
            for house in found:
                ours = {"LIANXIN_DATABASE_URL": house.url, "LIANXIN_TICK_SECONDS": "1", "LIANXIN_DRAIN_SECONDS": "1"}
                command = [sys.executable, "-m", "bot", "work"]
                with intake(folder, house) as web, running(command, SECRETS | ours, folder / "work.log"):
                    rates(web, house, given.seconds, given.flood)


if __name__ == "__main__":
    main()
