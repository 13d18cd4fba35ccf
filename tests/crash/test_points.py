"""The points at which something can end, 1 to 15: each has tests that name it, and docs/crashes.md says which.

A test names what it shows in its docstring, as "Point 7: what was taken and not yet sent is sent by another". The
page is made of these sentences and of what an office is promised, below.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.test_conformance import ROOT, told

PAGE = ROOT / "docs" / "crashes.md"
NAMED = re.compile(r"Point (\d+): (.+?)\.?")


class Point(NamedTuple):
    """What ends, and what an office may rely on then."""

    ends: str
    promised: str


POINTS = {
    1: Point(
        "the web process, before a message is committed",
        "WeChat delivers again, three times in all; if nobody is there all the while, it tells the sender so. No"
        " message is lost in silence.",
    ),
    2: Point(
        "the web process, after that, before its answer", "Taken once, answered with the words that were stored."
    ),
    3: Point("the database, during that commit", "As 1 or as 2; never half of it."),
    4: Point("the worker, before a tick is committed", "The next tick, seconds later, does it. Once."),
    5: Point("the worker, after that", "Any worker sends it. Once."),
    6: Point("one of two workers that tick at once", "The other does it. Once."),
    7: Point(
        "the worker, between taking a message and calling the platform",
        "A reminder goes out two minutes later, once. A message in the chat: as 8, which nobody can tell it from.",
    ),
    8: Point(
        "the worker, between the call and writing down its answer",
        "Reminders (template messages, WeCom): the same bytes again two minutes later; the platform drops the repeat,"
        " it is read once. A message in the chat, where the platform drops nothing: not sent again; the office sees"
        " it under 未送达 and is asked to call.",
    ),
    9: Point(
        "as 8, and all is down for longer than the platform remembers (template messages 10 minutes, WeCom 4 hours)",
        "Not sent again; the office sees it under 未送达. The next reminder comes at its time.",
    ),
    10: Point("the line, before the platform's answer", "As 8."),
    11: Point(
        "nothing: the worker freezes, and wakes after its lease",
        "Another has sent it; what the sleeper writes is ignored, and it calls nobody any more. Frozen in the middle"
        " of its call, it makes that call: the same bytes, read twice only if it slept longer than the platform"
        " remembers.",
    ),
    12: Point("the item, between tick and sending", "Nothing is sent. At worst one call that was already under way."),
    13: Point("the machine, for days", "All that is due is still due: at the next opening one message to each."),
    14: Point(
        "nothing: the clock is wrong",
        "Behind: later, never twice. Ahead: reminders come too early. More than five minutes ahead or behind,"
        " messages are turned away (403) until it is right. Set back, by mistake or because it was ahead: nothing"
        " comes twice, and the office is told.",
    ),
    15: Point(
        "nothing: the database takes no writes (disk full, read only)",
        "Messages are answered 503 and delivered again; nothing is done by halves, nothing is sent that cannot be"
        " marked before. When it takes writes again, all goes on by itself.",
    ),
}


def proofs() -> list[tuple[int, str, str]]:
    """Point, sentence, test."""
    found = [(NAMED.fullmatch(" ".join(said.split())), test) for said, test in told(Path(__file__).parent)]
    return [(int(match[1]), match[2], test) for match, test in found if match]


def table() -> str:
    """What stands in the page below its introduction."""
    lines = []
    for number, point in POINTS.items():
        lines += [f"## {number}. {point.ends[0].upper()}{point.ends[1:]}", "", point.promised, ""]
        lines += ["| Shown | By |", "| --- | --- |"]
        lines += [f"| {rule} | `{test}` |" for at, rule, test in proofs() if at == number] + [""]
    return "\n".join(lines)


@pytest.mark.parametrize("number", POINTS)
def test_every_point_is_shown_by_a_test_that_names_it(number: int) -> None:
    assert [test for point, _, test in proofs() if point == number]


def test_no_test_names_a_point_that_is_not_there() -> None:
    assert {point for point, *_ in proofs()} == POINTS.keys()


def test_the_page_says_what_the_tests_show() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert text[text.index("## 1. ") :] == table(), "bring it into step: python -m tests.crash.test_points"


def test_the_page_can_be_found() -> None:
    for page in ("README.md", "docs/README.zh.md", "docs/deploy.md"):
        assert "crashes.md)" in (ROOT / page).read_text(encoding="utf-8")


def write() -> None:
    """Bring the page into step: python -m tests.crash.test_points"""
    introduction, _, _ = PAGE.read_text(encoding="utf-8").partition("## 1. ")
    PAGE.write_text(introduction + table(), encoding="utf-8")


if __name__ == "__main__":
    write()
