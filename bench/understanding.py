"""What understanding a message costs, beside cutting it with jieba alone and beside what scikit-learn offers.

Every contestant is a process of its own with one thread, so that its start and its memory are its own. First each is
started several times, all in turn; the first turn is not counted, it fills the page cache and jieba's own cache. Then
all are up and one at a time works: in every round each reads the same texts, after a pass over other texts that does
not count. A speed is the median of the rounds; a ratio is the median of the ratios within a round, so that a slow
moment of the machine hits both. The texts are a sample of the example files, the same in every run.

A start counts from before the process exists. It includes what this file itself imports, which the row of the bench
alone shows; what scikit-learn was trained with is not in it. Ends within two minutes, or gives up.
"""

import json
import os
import pickle
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from processes import PATIENCE, ROOT

ROUNDS, STARTS = 7, 4
SAMPLE, SEED, BATCH = 2000, 20260101, 100
LIMIT = 115
"""Seconds after which the run gives up."""
PER_SECOND, START, MEMORY = 3000, 1.5, 150
"""The goals: messages a second and core, seconds, MB."""
EMPTY = [sys.executable, "-c", "print(flush=True)"]
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "BLIS")}
OURS, MACHINE, WARM_UP, COUNTED = "understanding", "machine.pickle", "warm_up.json", "counted.json"

Work = Callable[[Sequence[str]], object]


# Each contestant imports what it needs when it is started: imports are most of its start and much of its memory.


def bench_alone(_folder: Path) -> Work:
    return lambda texts: None


def understanding(_folder: Path) -> Work:
    """As the service starts it."""
    from intake.analyse import Analyser

    analyse = Analyser.load().analyse
    return lambda texts: [analyse(text.split("\n")) for text in texts]


def jieba_alone(folder: Path) -> Work:
    """Its own dictionary, no guessing of new words."""
    import jieba

    jieba.setLogLevel("CRITICAL")
    jieba.dt.tmp_dir = str(folder)
    jieba.initialize()
    return lambda texts: [jieba.lcut(text, HMM=False) for text in texts]


def one_at_a_time(folder: Path) -> Work:
    predict = _trained(folder)
    return lambda texts: [predict([text]) for text in texts]


def in_batches(folder: Path) -> Work:
    predict = _trained(folder)
    return lambda texts: [predict(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]


def _trained(folder: Path) -> Work:
    """A start reads what was trained before, as ours does."""
    predict: Work = pickle.loads((folder / MACHINE).read_bytes()).predict
    return predict


CONTESTANTS: dict[str, Callable[[Path], Work]] = {
    OURS: understanding,
    "jieba alone": jieba_alone,
    "TF-IDF + LinearSVC, one at a time": one_at_a_time,
    f"TF-IDF + LinearSVC, batches of {BATCH}": in_batches,
    "the bench alone": bench_alone,
}


def train(folder: Path) -> Work:
    """The usual baseline: characters and pairs of them, weighed by rarity, a linear machine for the category."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    rows = [json.loads(line) for line in (ROOT / "intake" / "examples.jsonl").read_text("utf-8").splitlines()]
    told = [row for row in rows if "category" in row]
    machine = make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(1, 2)), LinearSVC(random_state=0))
    machine.fit([row["text"] for row in told], [row["category"] for row in told])
    (folder / MACHINE).write_bytes(pickle.dumps(machine))
    return bench_alone(folder)


def contestant(prepare: Callable[[Path], Work], folder: Path) -> None:
    """The life of a child: gets ready, says so, and for each file named to it tells what reading its texts cost."""
    work = prepare(folder)
    print(flush=True)
    for name in sys.stdin:
        texts = json.loads((folder / name.strip()).read_text("utf-8"))
        before = time.process_time()
        work(texts)
        print(json.dumps([len(texts) / (time.process_time() - before), *resident()]), flush=True)


def resident() -> tuple[float, float]:
    """Memory of this process in MB: now, and at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    sizes = {name: rest for name, _, rest in (line.partition(":") for line in lines)}
    now, highest = (int(sizes[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    return now, highest


@dataclass(frozen=True)
class Child:
    """A started process, and how long it took to get ready."""

    seconds: float
    asked: IO[str]
    told: IO[str]

    def read(self, name: str) -> tuple[float, float, float]:
        """Texts a second of CPU, and the memory after it, now and at its highest."""
        print(name, file=self.asked, flush=True)
        speed, now, highest = json.loads(self.told.readline())
        return speed, now, highest


@dataclass
class Cost:
    """Everything measured of one contestant. Memory is that after the last round."""

    starts: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    settled: float = 0.0
    peak: float = 0.0


@contextmanager
def started(command: list[str]) -> Iterator[Child]:
    """A child for the length of the block. The clock runs from before the process exists until its first line."""
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
    before = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin
    assert process.stdout
    try:
        ready = process.stdout.readline()
        seconds = time.perf_counter() - before
        if not ready:
            raise RuntimeError(f"did not get ready: {' '.join(command)}")
        yield Child(seconds, process.stdin, process.stdout)
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def child_for(name: str, folder: Path) -> list[str]:
    return [sys.executable, __file__, name, str(folder)]


def start_all(costs: dict[str, Cost], empty: Cost, folder: Path) -> None:
    """Starts and ends everybody in turn; the first time is not counted."""
    for turn in range(1 + STARTS):
        for name, cost in [("", empty), *costs.items()]:
            with started(child_for(name, folder) if name else EMPTY) as child:
                cost.starts += [child.seconds] if turn else []


def read_all(costs: dict[str, Cost], folder: Path) -> None:
    """All are up at once; one at a time works."""
    with ExitStack() as children:
        working = {name: children.enter_context(started(child_for(name, folder))) for name in costs}
        for child in working.values():
            child.read(WARM_UP)
        for _ in range(ROUNDS):
            for name, child in working.items():
                speed, costs[name].settled, costs[name].peak = child.read(COUNTED)
                costs[name].speeds.append(speed)


def sample(folder: Path) -> str:
    """Writes the texts to count and those to warm up with, all different; what they are, in words."""
    from intake import categories, stock  # not on top: the children would load it too

    examples = stock.load(categories.load()).examples
    texts = sorted({example.text for example in examples})
    chosen = random.Random(SEED).sample(texts, 2 * SAMPLE)
    for name, part in ((COUNTED, chosen[:SAMPLE]), (WARM_UP, chosen[SAMPLE:])):
        (folder / name).write_text(json.dumps(part), "utf-8")
    size = statistics.mean(map(len, chosen[:SAMPLE]))
    return f"Texts: {SAMPLE} of the {len(texts)} in the example files (seed {SEED}), {size:.0f} characters on average"


def spread(values: Sequence[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def print_table(costs: dict[str, Cost], empty: Cost) -> None:
    print("\n| | msg/s and core | ÷ understanding | ready after, s | − empty, s | settled, MB | peak, MB |")
    print("|---|---|---|---|---|---|---|")
    print(f"| empty interpreter | – | – | {spread(empty.starts, '.2f')} | – | – | – |")
    for name, cost in costs.items():
        works = CONTESTANTS[name] is not bench_alone
        pairs = zip(cost.speeds, costs[OURS].speeds, strict=True)
        speed = spread(cost.speeds, ".0f") if works else "–"
        ratio = f"{statistics.median(theirs / ours for theirs, ours in pairs):.2f}" if works else "–"
        start = f"{spread(cost.starts, '.2f')} | {beyond(cost, empty):.2f}"
        print(f"| {name} | {speed} | {ratio} | {start} | {cost.settled:.0f} | {cost.peak:.0f} |")


def beyond(cost: Cost, empty: Cost) -> float:
    """The start of a contestant without that of an empty interpreter."""
    return statistics.median(cost.starts) - statistics.median(empty.starts)


def print_goals(ours: Cost, empty: Cost) -> None:
    speed, start = statistics.median(ours.speeds), beyond(ours, empty)
    print("\n| goal for understanding, as the service starts it | measured | |\n|---|---|---|")
    print(f"| at least {PER_SECOND} msg/s and core | {speed:.0f} | {met(speed >= PER_SECOND)} |")
    print(f"| ready within {START} s beyond an empty interpreter | {start:.2f} s | {met(start <= START)} |")
    for name, size in (("settled", ours.settled), ("peak", ours.peak)):
        print(f"| at most {MEMORY} MB, {name} | {size:.0f} MB | {met(size <= MEMORY)} |")


def met(reached: bool) -> str:
    return "met" if reached else "**missed**"


def print_machine(texts: str) -> None:
    about = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(line.split(":")[1].strip() for line in about if line.startswith("model name"))
    size, load = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, os.getloadavg()[0]
    packages = ("jieba", "numpy", "scikit-learn", "scipy")
    print(f"`.venv/bin/python bench/understanding.py`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. ", end="")
    print(f"{os.cpu_count()} cores {model}, {size:.0f} GiB, load average {load:.1f} before. ", end="")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in packages) + ".")
    print(f"\nMedian (least–most) of {ROUNDS} rounds and {STARTS} starts. {texts}. ", end="")
    print("One thread each, CPU time; RSS in MB of 1,000,000 bytes after the last round and at its highest.")


def give_up(*_: object) -> None:
    raise TimeoutError(f"not done after {LIMIT} s")


def main() -> None:
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT)
    costs, empty = {name: Cost() for name in CONTESTANTS}, Cost()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        print_machine(sample(folder))
        with started(child_for(train.__name__, folder)):
            pass
        start_all(costs, empty, folder)
        read_all(costs, folder)
    print_table(costs, empty)
    print_goals(costs[OURS], empty)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        contestant({**CONTESTANTS, train.__name__: train}[sys.argv[1]], Path(sys.argv[2]))
    else:
        main()
