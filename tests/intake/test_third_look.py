"""Messages of several problems and of one, alarms and what looks like them: sets that are not trained on.

The third look was put away before any setting was tried. The fourth is for choosing settings: in it much stands in
two short clauses that differ in the second only, which is a consequence (路灯坏了，女工害怕) or a further matter
(路灯坏了，电费单也不对).
The fifth is by three more authors, each in the voices of some trades, and tells problems alone. The sixth and the
seventh are by two more each, who were asked for a fair sample of all kinds of messages and of all noise; in half of
the problems of the seventh words of another category stand, and a boundary rule decides.
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
    category: float
    kind: float
    emergency: float | None = None  # where it tells some
    misconduct: float | None = None


FLOORS = {
    "third": Floors(0.73, 0.945, 0.84, 0.98, 1.0),
    "fourth": Floors(0.65, 0.955, 0.84, 0.99, 1.0),
    "fifth": Floors(0.64, 0.965, 0.90, 0.985),
    "sixth": Floors(0.82, 0.975, 0.96, 0.96, 1.0, 0.97),
    "seventh": Floors(0.85, 0.975, 0.96, 0.97, 1.0, 1.0),
}
CRIED = 0.01
"""So many alarms of each sort at most may be heard in messages that tell none."""


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


@pytest.mark.parametrize("alarm", ["emergency", "misconduct"])
def test_alarms_are_found_and_seldom_cried(look, alarm):
    floors, answered = look
    floor = getattr(floors, alarm)

    told = [said.kind == alarm for row, said in answered if row["kind"] == alarm]
    cried = [said.kind == alarm for row, said in answered if row["kind"] != alarm]
    assert floor is None or share(told) >= floor
    assert share(cried) <= CRIED


def test_kinds_and_categories_are_found(look):
    floors, answered = look
    single = [(row["categories"], said) for row, said in answered if len(row.get("categories", ())) == 1]

    assert share(said.kind == row["kind"] for row, said in answered) >= floors.kind
    assert (
        share([problem.category for problem in said.problems][:1] == told for told, said in single) >= floors.category
    )


def test_none_of_them_stands_among_the_examples_or_in_another_look():
    examples = [example.text for example in stock.load(categories.load()).examples]
    looks = ["\n".join(row["messages"]) for name in FLOORS for row in rows(name)]

    found = [at for at, _ in alike.near_duplicates([*examples, *looks]) if at >= len(examples)]

    assert [looks[at - len(examples)] for at in found] == []
