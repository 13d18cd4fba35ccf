"""`make simulate`: thousands of histories over all cores, or the one of a seed with all that happened in it."""

import argparse
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.histories.history import History
from tests.histories.laws import broken
from tests.histories.mutants import MUTANTS, SOUND, Mutant

SEEDS, EACH = 3000, 100
SHOWN = 3
AT_ONCE = 10
REPLAY = "python -m tests.histories --seed {seed}{without}"


@dataclass
class Outcome:
    """What came of one history, as it comes back from another process."""

    seed: int
    broken: list[str]
    figures: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


def played(seed: int, without: Mutant = SOUND) -> Outcome:
    """Play the history of a seed to its end and close the books. Whatever is raised is a finding, too."""
    history = History(seed, without)
    try:
        try:
            found = broken(history.run())
        except Exception as error:
            found = [f"{type(error).__name__}: {error}"]
        return Outcome(seed, found, history.figures(), list(history.lines()))
    finally:
        history.close()


def _named(name: str) -> Mutant:
    return next(mutant for mutant in (SOUND, *MUTANTS) if mutant.name == name)


def _some(name: str, seeds: list[int]) -> list[Outcome]:
    """In another process: nothing but names and numbers goes there, and no course comes back."""
    return [Outcome(made.seed, made.broken, made.figures) for made in (played(seed, _named(name)) for seed in seeds)]


def many(pool: ProcessPoolExecutor, seeds: range, without: Mutant = SOUND) -> Iterator[Outcome]:
    """The histories of these seeds, as they are ready."""
    parts = [list(seeds[start : start + AT_ONCE]) for start in range(0, len(seeds), AT_ONCE)]
    for made in pool.map(_some, [without.name] * len(parts), parts):
        yield from made


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.histories", description=__doc__)
    parser.add_argument("--seeds", type=int, default=None, metavar="N", help=f"so many instead of {SEEDS}, or {EACH}")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first seed; -1: any")
    parser.add_argument("--seed", type=int, metavar="N", help="this one alone, and what happened in it")
    parser.add_argument("--without", default=SOUND.name, metavar="NAME", help="without this protection")
    parser.add_argument("--mutants", action="store_true", help="without each of the protections")
    given = parser.parse_args()
    if given.seed is not None:
        return one(given.seed, _named(given.without))
    first = secrets.randbelow(10**9) if given.first < 0 else given.first
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        if given.mutants:
            return table(pool, range(first, first + (given.seeds or EACH)))
        return all_of(pool, range(first, first + (given.seeds or SEEDS)), _named(given.without))


def one(seed: int, without: Mutant) -> int:
    made = played(seed, without)
    for line in made.told:
        say(line)
    say("\n".join(made.broken) or "nothing lost, nothing doubled, nothing out of hours, nothing after the end")
    return bool(made.broken)


def all_of(pool: ProcessPoolExecutor, seeds: range, without: Mutant) -> int:
    """Every history, with a line of progress; 1 when something did not hold."""
    began, figures, failing = time.monotonic(), Counter[str](), []
    for number, made in enumerate(many(pool, seeds, without), 1):
        figures += made.figures
        if made.broken:
            failing.append(made.seed)
            say(f"\rseed {made.seed}: {'; '.join(made.broken[:SHOWN])}")
            given = "" if without is SOUND else f' --without "{without.name}"'
            say(f"    {REPLAY.format(seed=made.seed, without=given)}")
        if number % AT_ONCE == 0 or number == len(seeds):
            rate = number / (time.monotonic() - began)
            say(f"\r{number} of {len(seeds)} seeds, {rate:.1f} a second, {len(failing)} failing", end="")
    say("")
    for name, count in figures.items():
        say(f"{name:48}{count:>12,}")
    say(f"{'failing seeds':48}{len(failing):>12,}")
    return bool(failing)


def table(pool: ProcessPoolExecutor, seeds: range) -> int:
    """How many of these seeds find each protection's absence; 1 when one that should be found is not."""
    say(f"| left out | found by, of {len(seeds)} seeds | first seed | first finding |")
    say("| --- | ---: | ---: | --- |")
    missed = 0
    for mutant in (SOUND, *MUTANTS):
        found = [made for made in many(pool, seeds, mutant) if made.broken]
        missed += bool(found) is not mutant.found if mutant is not SOUND else bool(found)
        first = found[0] if found else None
        finding = first.broken[0].split(":")[0] if first else mutant.why
        say(f"| {mutant.name} | {len(found)} | {first.seed if first else '–'} | {finding} |")
    return bool(missed)


def say(line: str, end: str = "\n") -> None:
    sys.stdout.write(line + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
