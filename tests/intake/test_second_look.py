"""Messages written for choosing how much it takes to hear misconduct and to split a message; never trained on.

The floors lie a little below what was measured. The look-alikes of misconduct are deliberately hard.
"""

import json
from pathlib import Path

import pytest

from intake.analyse import Analyser, Analysis

ROWS = [json.loads(line) for line in Path(__file__).with_name("second_look.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def answered(analyser: Analyser) -> list[tuple[dict, Analysis]]:
    return [(row, analyser.analyse(row["messages"])) for row in ROWS]


def share(right: list[bool]) -> float:
    return sum(right) / len(right)


def test_misconduct_is_found(answered):
    assert share([said.kind == "misconduct" for row, said in answered if row["kind"] == "misconduct"]) >= 0.91


def test_what_looks_like_misconduct_is_mostly_not_taken_for_it(answered):
    alike = [said for row, said in answered if row["kind"] != "misconduct" and "categories" not in row]

    assert share([said.kind == "misconduct" for said in alike]) <= 0.09


def test_hardly_any_problem_is_taken_for_misconduct(answered):
    assert share([said.kind == "misconduct" for row, said in answered if "categories" in row]) <= 0.015


def test_one_problem_is_not_split(answered):
    single = [said for row, said in answered if len(row.get("categories", ())) == 1]

    assert share([len(said.problems) == 1 for said in single]) >= 0.92


def test_several_problems_are_found(answered):
    several = [(row["categories"], said) for row, said in answered if len(row.get("categories", ())) > 1]

    assert (
        share([sorted(problem.category for problem in said.problems) == sorted(told) for told, said in several])
        >= 0.47
    )


def test_none_of_them_is_an_example():
    examples = Path(__file__).parents[2] / "intake"
    texts = {
        json.loads(line)["text"]
        for file in ("examples", "talk", "bursts")
        for line in (examples / f"{file}.jsonl").read_text("utf-8").splitlines()
    }

    assert not [row for row in ROWS if "\n".join(row["messages"]) in texts]
