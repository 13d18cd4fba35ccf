"""Messages of several problems and of one, and look-alikes of emergencies: sets that are not trained on.

The third look was put away before any setting was tried, and none was chosen by it. The fourth is for choosing
settings, and for learning from: in it much stands in two short clauses that differ in the second only, which is a
consequence (路灯坏了，女工害怕) or a further matter (路灯坏了，电费单也不对).
The fifth is by three more authors, each in the voices of some trades, and tells problems alone.
The floors lie a little below what was measured.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from intake import alike, categories, stock
from intake.analyse import Analyser, Analysis


@dataclass(frozen=True)
class Floors:
    """Shares that must be reached."""

    several: float
    one: float
    emergency: float | None  # None where it tells none


FLOORS = {
    "third": Floors(0.66, 0.95, 0.95),
    "fourth": Floors(0.60, 0.89, 0.95),
    "fifth": Floors(0.56, 0.965, None),
}
CRIED = 0.01
"""So many emergencies at most may be heard in messages that tell none."""


def rows(look: str) -> list[dict]:
    lines = Path(__file__).with_name(f"{look}_look.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module", params=FLOORS)
def look(request, analyser: Analyser) -> tuple[Floors, list[tuple[dict, Analysis]]]:
    return FLOORS[request.param], [(row, analyser.analyse(row["messages"])) for row in rows(request.param)]


def share(right: Iterable[bool]) -> float:
    told = list(right)
    return sum(told) / len(told)


def test_several_problems_are_found(look):
    floors, answered = look
    several = [(row["categories"], said.problems) for row, said in answered if len(row.get("categories", ())) > 1]

    found = [sorted(problem.category for problem in said) == sorted(told) for told, said in several]
    assert share(found) >= floors.several


def test_one_problem_is_not_split(look):
    floors, answered = look

    single = [said for row, said in answered if len(row.get("categories", ())) == 1]
    assert share(len(said.problems) == 1 for said in single) >= floors.one


def test_emergencies_are_found_and_seldom_cried(look):
    floors, answered = look

    told = [said.kind == "emergency" for row, said in answered if row["kind"] == "emergency"]
    cried = [said.kind == "emergency" for row, said in answered if row["kind"] != "emergency"]
    assert floors.emergency is None or share(told) >= floors.emergency
    assert share(cried) <= CRIED


def test_none_of_them_stands_among_the_examples_or_in_the_other_look():
    examples = [example.text for example in stock.load(categories.load()).examples]
    looks = ["\n".join(row["messages"]) for name in FLOORS for row in rows(name)]

    found = [at for at, _ in alike.near_duplicates([*examples, *looks]) if at >= len(examples)]

    assert [looks[at - len(examples)] for at in found] == []
