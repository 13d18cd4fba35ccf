"""What one message costs: the whole intake against a bare echo of the same sealed message, side by side.

Both run under gunicorn with the same settings on loopback; bursts alternate echo, intake, echo, intake; every figure
is the median of the bursts, every ratio that of two bursts next to each other. Prints tables for
`docs/performance.md`; ends within about a minute and a half.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from houses import SECRET, House, houses, openid
from letters import ENVIRONMENT, letters
from load import CONNECTIONS, Burst, Taken, burst, sealed
from processes import cpu_seconds, family, free_port, memory, running, wait_for

PAIRS = 5
ECHOED, REPORTED = 1000, 200
WEB_PROCESSES, THREADS = 2, 8
WORKING = 6  # seconds for a worker to settle and send what the bursts left
SECRETS = {"LIANXIN_SECRET_KEY": SECRET}


@dataclass(frozen=True)
class Web:
    """A running gunicorn."""

    pid: int
    port: int
    database_cpu: Callable[[], float]
    taken: Taken = sealed


@dataclass(frozen=True)
class Cost:
    """One burst and the CPU it took, in milliseconds a message."""

    burst: Burst
    web_ms: float
    database_ms: float


def measured(web: Web, requests: list[bytes]) -> Cost:
    before, database_before = cpu_seconds(web.pid), web.database_cpu()
    done = burst(web.port, requests, web.taken)
    web_ms = (cpu_seconds(web.pid) - before) * 1000 / done.count
    return Cost(done, web_ms, (web.database_cpu() - database_before) * 1000 / done.count)


@contextmanager
def echo(folder: Path) -> Iterator[Web]:
    """The yardstick under the settings of `lianxin serve`."""
    port = free_port()
    settings = ["--workers", str(WEB_PROCESSES), "--threads", str(THREADS), "--worker-class", "gthread", "--preload"]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *settings, "echo:app"]
    with running([*command, "--no-control-socket"], {}, folder / "echo.log") as pid:
        wait_for(port, folder / "echo.log")
        yield Web(pid, port, lambda: 0.0)


@contextmanager
def intake(folder: Path, house: House) -> Iterator[Web]:
    port = free_port()
    ours = {"LIANXIN_DATABASE_URL": house.url, "PORT": str(port), "LIANXIN_WEB_PROCESSES": str(WEB_PROCESSES)}
    log = folder / f"{house.kind}.log"
    with running([sys.executable, "-m", "bot", "serve"], ENVIRONMENT | SECRETS | ours, log) as pid:
        wait_for(port, log)
        yield Web(pid, port, house.cpu)


class People:
    """Hands out people who have not written yet."""

    def __init__(self) -> None:
        self._used = 0

    def next(self, count: int) -> list[str]:
        self._used += count
        return [openid(number) for number in range(self._used - count, self._used)]


def compare(yardstick: Web, web: Web) -> list[tuple[str, list[Cost]]]:
    """Rows of the table: what was sent, and what each burst of it cost."""
    people = People()
    measured(yardstick, letters(people.next(100)))
    measured(web, letters(people.next(100)))
    rows: dict[str, list[Cost]] = {name: [] for name in ("echo", "first report", "next fragment", "redelivery")}
    for _ in range(PAIRS):
        rows["echo"].append(measured(yardstick, letters(map(openid, range(ECHOED)))))
        senders = people.next(REPORTED)
        reports = letters(senders)
        rows["first report"].append(measured(web, reports))
        rows["redelivery"].append(measured(web, reports))
        rows["next fragment"].append(measured(web, letters(senders)))
    return list(rows.items())


def median(costs: list[Cost], of: Callable[[Cost], float]) -> float:
    return statistics.median(of(cost) for cost in costs)


def print_table(kind: str, rows: list[tuple[str, list[Cost]]]) -> None:
    yardstick = rows[0][1]
    print(f"\n| {kind} | msg/s | ÷ echo | CPU ms | ÷ echo | database CPU ms | p50 ms | p99 ms |")
    print("|---|---|---|---|---|---|---|---|")
    for name, costs in rows:
        pairs = list(zip(costs, yardstick, strict=True))
        speed = statistics.median(ours.burst.per_second / theirs.burst.per_second for ours, theirs in pairs)
        cpu = statistics.median(ours.web_ms / theirs.web_ms for ours, theirs in pairs)
        told = (
            f"{median(costs, lambda cost: cost.burst.per_second):.0f}",
            f"{speed:.2f}",
            f"{median(costs, lambda cost: cost.web_ms):.2f}",
            f"{cpu:.1f}",
            f"{median(costs, lambda cost: cost.database_ms):.2f}",
            f"{median(costs, lambda cost: cost.burst.percentile(50)):.0f}",
            f"{median(costs, lambda cost: cost.burst.percentile(99)):.0f}",
        )
        print(f"| {name} | {' | '.join(told)} |")
    ratios = [f"{a.burst.per_second / b.burst.per_second:.2f}" for a, b in zip(rows[1][1], yardstick, strict=True)]
    print(f"\nfirst report ÷ echo, pair by pair: {', '.join(ratios)}")


def print_memory(web: Web, folder: Path, house: House) -> None:
    """Web processes after the load, and a worker that has settled what they took in."""
    print(f"\n| memory, MiB ({house.kind}) | resident | proportional |")
    print("|---|---|---|")
    master, *workers = family(web.pid)
    for name, pid in [("gunicorn master", master), *((f"web worker {n}", pid) for n, pid in enumerate(workers, 1))]:
        print(f"| {name} | {memory(pid)[0]:.0f} | {memory(pid)[1]:.0f} |")
    ours = {"LIANXIN_DATABASE_URL": house.url, "LIANXIN_TICK_SECONDS": "1", "LIANXIN_DRAIN_SECONDS": "1"}
    with running([sys.executable, "-m", "bot", "work"], SECRETS | ours, folder / "work.log") as pid:
        time.sleep(WORKING)
        print(f"| `lianxin work` | {memory(pid)[0]:.0f} | {memory(pid)[1]:.0f} |")


def print_machine(command: str, found: list[House]) -> None:
    about = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(line.split(":")[1].strip() for line in about if line.startswith("model name"))
    size, load = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, os.getloadavg()[0]
    packages = ("flask", "gunicorn", "sqlalchemy", "wechatpy", "cryptography", "psycopg")
    print(f"command: .venv/bin/python {command}")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores {model}, {size:.0f} GiB")
    print(f"load average before: {load:.1f}")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in packages))
    print(", ".join(f"{house.kind} {house.version}" for house in found))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with houses(folder, 100 + 100 + PAIRS * REPORTED) as found, echo(folder) as yardstick:
            print_machine("bench/intake_cost.py", found)
            print(f"{WEB_PROCESSES} web processes × {THREADS} threads, {CONNECTIONS} connections")
            print(f"medians of {PAIRS} bursts of {ECHOED} messages to the echo and {REPORTED} to the intake")
            for house in found:
                with intake(folder, house) as web:
                    print_table(house.kind, compare(yardstick, web))
                    print_memory(web, folder, house)


if __name__ == "__main__":
    main()
