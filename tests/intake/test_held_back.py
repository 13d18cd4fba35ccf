"""Floors of understanding over held_back.jsonl.

Its messages are by an author who wrote none of the examples, and they are never used for training; of
what they give totals were looked at, and a few false alarms (docs/classification.md).
A line is an object with messages, kind, accept_kinds, items (each with category and accept) and urgent (null where
the readers differed). An answer that the readers held for right as well ("accept") counts as the labelled one.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from intake import alike, categories, stock
from intake.analyse import Analyser, Analysis

ROWS = [json.loads(line) for line in Path(__file__).with_name("held_back.jsonl").read_text("utf-8").splitlines()]
SUREST = 0.8
FALSE_ALARMS = 0.01
SHORT = 8
"""A fragment of fewer characters may be anybody's."""
NODS = {"greeting", "thanks", "acknowledgement"}

Pairs = list[tuple[str, str]]
"""What a label says, and what was answered."""


@dataclass(frozen=True)
class Answered:
    row: dict[str, Any]
    said: Analysis

    @property
    def codes(self) -> list[str]:
        return [problem.category for problem in self.said.problems]

    @property
    def kind(self) -> tuple[str, str]:
        label, said = self.row["kind"], self.said.kind
        return label, label if said in self.row["accept_kinds"] else said

    @property
    def category(self) -> tuple[str, str]:
        """Of a message with one problem: the first that was found."""
        (item,), said = self.row["items"], next(iter(self.codes), "")
        return item["category"], item["category"] if said in item["accept"] else said


@pytest.fixture(scope="module")
def answered(analyser: Analyser) -> list[Answered]:
    return [Answered(row, analyser.analyse(row["messages"])) for row in ROWS]


@pytest.fixture(scope="module")
def singles(answered: list[Answered]) -> list[Answered]:
    return [one for one in answered if len(one.row["items"]) == 1]


@pytest.fixture(scope="module")
def kinds(answered: list[Answered]) -> Pairs:
    return [one.kind for one in answered]


def right(pairs: Pairs) -> float:
    return sum(label == said for label, said in pairs) / len(pairs)


def macro_f1(pairs: Pairs) -> float:
    """The mean over the labels that occur."""
    labelled, answers = Counter(label for label, _ in pairs), Counter(said for _, said in pairs)
    hits = Counter(label for label, said in pairs if label == said)
    return sum(2 * hits[each] / (labelled[each] + answers[each]) for each in labelled) / len(labelled)


def test_the_category_of_one_problem(singles):
    pairs = [one.category for one in singles]

    assert right(pairs) >= 0.893
    assert macro_f1(pairs) >= 0.901


def test_the_surest_categories(singles):
    """Where no problem was found nothing is sure."""
    found = sorted((one for one in singles if one.codes), key=lambda one: -one.said.problems[0].confidence)
    surest = found[: int(SUREST * len(singles))]

    assert right([one.category for one in surest]) >= 0.960


def test_the_kind(kinds):
    assert macro_f1(kinds) >= 0.920


@pytest.mark.parametrize(("alarm", "floor"), [("emergency", 1.0), ("misconduct", 0.958)])
def test_alarms_are_found(kinds, alarm, floor):
    assert right([pair for pair in kinds if pair[0] == alarm]) >= floor


@pytest.mark.parametrize("alarm", ["emergency", "misconduct"])
def test_at_most_one_in_a_hundred_is_a_false_alarm(kinds, alarm):
    others = [said for label, said in kinds if label != alarm]

    assert others.count(alarm) <= FALSE_ALARMS * len(others)


@pytest.mark.parametrize(("alarm", "floor"), [("emergency", 0.80), ("misconduct", 0.70)])
@pytest.mark.parametrize("first", [True, False])
def test_an_alarm_is_heard_beside_a_problem(analyser, answered, singles, alarm, floor, first):
    """Each alarm that is heard alone is told after or before a problem of some length."""
    alarms = [one.row["messages"] for one in answered if one.row["kind"] == one.said.kind == alarm]
    problems = sorted((one.row["messages"] for one in singles), key=lambda messages: -len("".join(messages)))
    pairs = zip(alarms, problems, strict=False)
    told = [[*alone, *beside] if first else [*beside, *alone] for alone, beside in pairs]

    heard = [analyser.analyse(messages).kind == alarm for messages in told]
    assert sum(heard) / len(heard) >= floor


def test_several_problems_are_found_exactly(answered):
    several = [one for one in answered if len(one.row["items"]) > 1]
    exact = [sorted(one.codes) == sorted(item["category"] for item in one.row["items"]) for one in several]

    assert sum(exact) / len(exact) >= 0.68


def test_one_problem_is_not_split(singles):
    assert sum(len(one.codes) == 1 for one in singles) / len(singles) >= 0.965


def test_what_is_urgent(answered):
    pairs = [(one.row["urgent"], one.said.urgent) for one in answered if one.row["urgent"] is not None]
    hits = sum(label and said for label, said in pairs)

    assert 2 * hits / sum(label + said for label, said in pairs) >= 0.928


def told(row: dict[str, Any]) -> set[str]:
    """What must not stand among the examples: the message as a whole, and its fragments unless they are short."""
    whole = "\n".join(row["messages"])
    nod = row["kind"] in NODS and len(whole) < SHORT
    return {text for text in row["messages"] if len(text) >= SHORT} | (set() if nod else {whole})


@pytest.fixture(scope="module")
def examples() -> set[str]:
    """The examples, and each message of those that have several."""
    found = {example.text for example in stock.load(categories.load()).examples}
    return found.union(*(text.split("\n") for text in found))


def test_no_message_stands_nearly_alike_among_the_examples(examples):
    known = [alike.pairs(text) for text in examples]
    places = defaultdict(list)
    for at, pairs in enumerate(known):
        for pair in pairs:
            places[pair].append(at)

    def stands(text: str) -> bool:
        mine = sorted(alike.pairs(text), key=lambda pair: len(places[pair]))
        # What shares more than NEARLY of them has at least one of the rarest.
        rarest = mine[: len(mine) - int(alike.NEARLY * len(mine))]
        found = {at for pair in rarest for at in places[pair]}
        return any(alike.likeness(frozenset(mine), known[at]) > alike.NEARLY for at in found)

    assert [(row["id"], text) for row in ROWS for text in sorted(told(row)) if stands(text)] == []
