"""Rows are numbered without asking anybody: in the order of time, and never twice."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from store.numbering import BEGINNING_MS, BITS, next_number

MANY = 3000
SOME = f"from store.numbering import next_number; print(*(next_number() for _ in range({MANY})))"


def elsewhere() -> list[int]:
    done = subprocess.run([sys.executable, "-c", SOME], capture_output=True, text=True, check=True)
    return list(map(int, done.stdout.split()))


def test_each_is_above_the_one_before_however_fast_they_come() -> None:
    made = [next_number() for _ in range(MANY)]

    assert all(first < second for first, second in pairwise(made))


def test_a_column_of_64_bits_holds_them_until_2089_and_they_tell_the_time() -> None:
    before, made, after = time.time_ns() // 1_000_000, next_number(), time.time_ns() // 1_000_000

    assert before <= (made >> BITS) + BEGINNING_MS <= after + 1  # one ahead, where many were made just before
    assert 0 < made < 1 << 63


def test_no_two_threads_make_the_same() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [
            number for part in pool.map(lambda _: [next_number() for _ in range(MANY)], range(8)) for number in part
        ]

    assert len(set(made)) == 8 * MANY


def test_nor_do_processes_that_begin_together() -> None:
    with ThreadPoolExecutor(3) as pool:
        made = [number for part in pool.map(lambda _: elsewhere(), range(3)) for number in part]

    assert len(set(made)) == 3 * MANY
