"""Bursts labelled by hand, one problem in several fragments or several problems in one.

The floors lie 0.01 below what was measured.
"""

import json
from pathlib import Path

import pytest

BURSTS = [json.loads(line) for line in Path(__file__).with_name("bursts.jsonl").read_text("utf-8").splitlines()]


def share(analyser, several):
    """How many bursts of several problems are read as exactly their categories, and of one as one problem."""
    rows = [row for row in BURSTS if (len(row["categories"]) > 1) == several]
    read = [[problem.category for problem in analyser.analyse(row["messages"]).problems] for row in rows]
    pairs = zip(read, rows, strict=True)
    right = [sorted(said) == sorted(row["categories"]) if several else len(said) == 1 for said, row in pairs]
    return sum(right) / len(right)


@pytest.mark.parametrize(("several", "floor"), [(False, 0.95), (True, 0.60)])
def test_bursts_are_read_no_worse_than_before(analyser, several, floor):
    assert share(analyser, several) >= floor
