"""Whatever dies, sleeps, fails or comes twice: nothing is lost, nothing doubled, nothing said at a wrong time; and
each protection that is left out is found. `make simulate` does the same at length."""

import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import pytest

from tests.histories.__main__ import played
from tests.histories.mutants import MUTANTS, SOUND, Mutant

CPU_SECONDS = 45
"""So long seeds are taken, from 0 on; at least so many:"""
AT_LEAST = 20
WITHIN = 120
"""Each protection that is left out is found within so many seeds; most by the first."""
HAPPENED = (
    "calls whose outcome nobody knew",
    "times everybody was gone",
    "times a job froze",
    "times the clock jumped",
    *(
        f"kills: {where}"
        for where in ("clock", "before the commit", "after the commit", "before the call", "after the call")
    ),
)


def test_as_many_histories_as_fit_into_a_minute_lose_nothing_and_double_nothing() -> None:
    began, figures, seed = time.process_time(), Counter[str](), 0
    while seed < AT_LEAST or time.process_time() - began < CPU_SECONDS:
        made = played(seed)
        assert not made.broken, f"seed {seed}: {made.broken}"
        figures += made.figures
        seed += 1

    assert {name for name in HAPPENED if not figures[name]} == set(), figures
    assert figures["calls"] > 10 * seed


@pytest.mark.parametrize("seed", [2152, 2364], ids=["set back after a call", "frozen before a call"])
def test_a_call_that_nobody_could_hold_back_is_no_word_after_the_end(seed: int) -> None:
    assert not (made := played(seed)).broken, made.broken


def test_so_does_the_history_of_any_seed() -> None:
    seed = secrets.randbelow(10**9)

    made = played(seed)

    assert not made.broken, f"seed {seed}: {made.broken}"


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.found], ids=lambda one: one.name)
def test_a_protection_that_is_left_out_is_found(mutant: Mutant) -> None:
    seed = next((seed for seed in range(WITHIN) if played(seed, mutant).broken), None)

    assert seed is not None, f"{WITHIN} seeds do not find it"
    assert not played(seed, replace(SOUND, course=mutant.course)).broken  # with it, nothing is wrong in that history


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if not one.found], ids=lambda one: one.name)
def test_the_second_lock_alone_is_not_missed(mutant: Mutant) -> None:
    assert mutant.why
    assert not any(played(seed, mutant).broken for seed in range(3))


def told(*arguments: str, hashes: str = "0") -> tuple[int, str]:
    command = [sys.executable, "-m", "tests.histories", *arguments]
    environ = {**os.environ, "PYTHONHASHSEED": hashes}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=300, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_seed_tells_the_same_history_each_time() -> None:
    status, first = told("--seed", "9", hashes="1")

    assert status == 0
    assert "is killed" in first
    assert told("--seed", "9", hashes="2") == (0, first)


def test_a_seed_that_fails_is_told_with_the_way_to_see_it_again() -> None:
    without = MUTANTS[0].name

    status, said = told("--seeds", "2", "--without", without)

    assert status == 1
    assert f'python -m tests.histories --seed 0 --without "{without}"' in said
    assert "2 of 2 seeds" in said
