"""What a first report costs here, beside WeRoBot echoing the same message and django-helpdesk making a ticket of it.

All under gunicorn with the same settings on loopback, in turn, burst by burst. The others live in a virtual
environment of their own with the versions of rivals.txt; it is made when it is missing. Our own is on SQLite, and so
is django-helpdesk; its request is plain JSON with a token, without seal, signature or a reply to be sealed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from houses import houses, openid
from intake_cost import THREADS, WEB_PROCESSES, Cost, People, Web, echo, intake, measured, median, print_machine
from letters import TEXTS, letters
from load import Taken, sealed
from processes import ROOT, free_port, running, wait_for

TURNS = 5
MANY, FEW = 600, 100
TOKEN = "only-for-the-benchmark"
PINNED = ROOT / "bench" / "rivals.txt"


def environment(folder: Path) -> Path:
    """The Python of the others, with the versions that are written down."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", PINNED]
        subprocess.run([python, *install], check=True)
    return python


@contextmanager
def under_gunicorn(python: Path, app: str, folder: Path, taken: Taken) -> Iterator[Web]:
    port = free_port()
    settings = ["--workers", str(WEB_PROCESSES), "--threads", str(THREADS), "--worker-class", "gthread", "--preload"]
    command = [str(python), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *settings, "--no-control-socket", app]
    log = folder / f"{app}.log"
    with running(command, {"BENCH_FOLDER": str(folder), "PYTHONPATH": ""}, log) as pid:
        wait_for(port, log)
        yield Web(pid, port, lambda: 0.0, taken)


def created(head: bytes, _body: bytes) -> bool:
    return head.startswith(b"HTTP/1.1 201")


def tickets(count: int) -> list[bytes]:
    """Requests that each create a ticket with the words of a message."""
    return [_ticket(number, TEXTS[number % len(TEXTS)]) for number in range(count)]


def _ticket(number: int, text: str) -> bytes:
    told = {"queue": 1, "title": text[:40], "description": text, "priority": 3}
    body = json.dumps({**told, "submitter_email": f"p{number}@example.org"}).encode()
    lines = [
        "POST /helpdesk/api/tickets/ HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Token {TOKEN}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def table(rows: dict[str, list[Cost]]) -> None:
    ours = rows["first report"]
    print(f"{'':16} {'msg/s':>7} {'CPU ms':>7} {'p99 ms':>7} {'ours ÷ it':>11}  a second; a CPU second")
    for name, costs in rows.items():
        speed = median(costs, lambda cost: cost.burst.per_second)
        cpu, p99 = median(costs, lambda cost: cost.web_ms), median(costs, lambda cost: cost.burst.percentile(99))
        ratios = [a.burst.per_second / b.burst.per_second for a, b in zip(ours, costs, strict=True)]
        work = [b.web_ms / a.web_ms for a, b in zip(ours, costs, strict=True)]
        shown = f"{sorted(ratios)[len(ratios) // 2]:5.2f} {sorted(work)[len(work) // 2]:5.2f}"
        print(f"{name:16} {speed:7.0f} {cpu:7.2f} {p99:7.0f} {shown:>11}", flush=True)


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--venv", type=Path, default=ROOT / ".venv-rivals")
    given = told.parse_args()
    python = environment(given.venv)
    with ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        house, *_ = kept.enter_context(houses(folder, 100 + TURNS * FEW))
        made = {"BENCH_FOLDER": str(folder), "PATH": os.environ["PATH"]}
        subprocess.run([python, "tickets.py", TOKEN], cwd=ROOT / "bench", env=made, check=True)
        print_machine("bench/rivals.py", [house])
        print("beside: " + ", ".join(line for line in PINNED.read_text().splitlines() if line.startswith(NAMED)))
        people = People()
        sides: dict[str, tuple[Web, Callable[[], list[bytes]]]] = {
            "echo": (kept.enter_context(echo(folder)), lambda: letters(map(openid, range(MANY)))),
            "WeRoBot's echo": (
                kept.enter_context(under_gunicorn(python, "werobot_echo:app", folder, sealed)),
                lambda: letters(map(openid, range(MANY))),
            ),
            "django-helpdesk": (
                kept.enter_context(under_gunicorn(python, "tickets:app", folder, created)),
                lambda: tickets(FEW),
            ),
            "first report": (kept.enter_context(intake(folder, house)), lambda: letters(people.next(FEW))),
        }
        for web, some in sides.values():
            measured(web, some())
        rows: dict[str, list[Cost]] = {name: [] for name in sides}
        for _ in range(TURNS - 1):
            for name, (web, some) in sides.items():
                rows[name].append(measured(web, some()))
        table(rows)


NAMED = ("WeRoBot", "django-helpdesk", "Django=", "djangorestframework", "gunicorn")


if __name__ == "__main__":
    main()
