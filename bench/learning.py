"""What corrections teach: a learning curve over simulated corrections.

An office begins with a model that has seen few examples. Companies write; whenever the category is wrong, somebody
corrects it, and the sentence with the right category joins the examples, as `lianxin learn` would propose. After 50,
100, 200 … corrections the model is trained anew and asked about messages that no model here has ever seen: the
held-back ones (another author) and every fifth example. Takes about a minute on two cores.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from processes import ROOT

from intake import categories, clauses, stock
from intake.analyse import Analyser
from intake.stock import Example, Stock
from intake.train import train

FEW, APART = 16, 5
"""The office begins with every sixteenth example; every fifth of all is kept apart for asking."""
STEPS = (0, 50, 100, 200, 400, 800)
HELD = ROOT / "tests" / "intake" / "held_back.jsonl"


@dataclass(frozen=True)
class Office:
    """What it knows, what will still be written to it, and what it is asked."""

    known: list[Example]
    coming: list[Example]
    asked: list[Example]


def office(everything: Stock) -> Office:
    """The examples shared out by their place in the files, so that every run is the same."""
    single = [example for example in everything.examples if len(example.problems) == 1]
    rest = [example for example in everything.examples if len(example.problems) != 1]
    asked = single[::APART]
    others = [example for place, example in enumerate(single) if place % APART]
    coming = [example for place, example in enumerate(others) if place % FEW]
    return Office([*others[::FEW], *rest[::FEW]], coming, asked)


def corrected(analyser: Analyser, coming: Iterator[Example], wanted: int) -> list[Example]:
    """The next messages whose category the model gets wrong, until so many have been corrected."""
    wrong: list[Example] = []
    while len(wrong) < wanted and (example := next(coming, None)):
        if category(analyser, example.text) != example.problems[0][1]:
            wrong.append(example)
    return wrong


def category(analyser: Analyser, text: str) -> str:
    problems = analyser.analyse([text]).problems
    return problems[0].category if problems else ""


def right(analyser: Analyser, asked: Sequence[tuple[str, str]]) -> float:
    return sum(category(analyser, text) == code for text, code in asked) / len(asked)


def main() -> None:
    known_categories = categories.load()
    reader, everything = clauses.load(), stock.load(known_categories)
    mine = office(everything)
    rows = [json.loads(line) for line in HELD.read_text(encoding="utf-8").splitlines()]
    held = [row for row in rows if row["kind"] == "problem" and len(row["items"]) == 1]
    questions = (
        [("\n".join(row["messages"]), row["items"][0]["category"]) for row in held],
        [(example.text, example.problems[0][1]) for example in mine.asked],
    )
    coming, examples = iter(mine.coming), list(mine.known)
    print(
        f"begins with {len(examples)} examples; asked: {len(questions[0])} held back, {len(questions[1])} kept apart"
    )
    print("\n| corrections | held back, right | kept apart, right | s to train |\n|---|---|---|---|")
    done = 0
    analyser: Analyser | None = None
    for step in STEPS:
        if analyser is not None:
            examples += corrected(analyser, coming, step - done)
        done, began = step, time.perf_counter()
        model = train(replace(everything, examples=tuple(examples)), tuple(known_categories.by_code), reader)
        analyser = Analyser.of(model)
        took = time.perf_counter() - began
        print(f"| {step} | {right(analyser, questions[0]):.3f} | {right(analyser, questions[1]):.3f} | {took:.0f} |")


if __name__ == "__main__":
    main()
