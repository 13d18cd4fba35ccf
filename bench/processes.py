"""Processes of the benchmark: started, watched through /proc, and ended. Only its own are touched."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 30
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def running(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """A process for the length of the block; its pid."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT / "bench",
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:  # a worker ends what it has begun, which may be much after a flood
            process.kill()
            process.wait()


def wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except urllib.error.HTTPError:  # it answers, if only that work is waiting
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing came up on port {port}: {log.read_text()[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """A process and all that came of it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        children = []
    return [pid, *(member for child in children for member in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    """What a process and all that came of it have computed so far; of those that have ended only the waited for."""
    return sum(_ticks(member) for member in family(pid)) / TICKS


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except FileNotFoundError:  # ended since we looked; its parent has waited for it and counts it
        return 0
    return sum(int(field) for field in fields[11:15])  # user, system, and the same of waited-for children


def memory(pid: int) -> tuple[float, float]:
    """Resident and proportional size in MiB: the second shares common pages among those who use them."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size, *_ = line.split()
        sizes[name] = int(size) / 1024
    return sizes["Rss:"], sizes["Pss:"]
