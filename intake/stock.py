"""The stock of example sentences, and what their characters say about a new one (naive Bayes)."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Any

from intake.clean import Cleaner
from store.facts import FactError

SMOOTHING = 1.0
MOST = 2  # a character said ten times is not ten times the evidence

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+|\d+")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what it is an example of."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Stock:
    """For each piece of text, how much it speaks for each label (`labels` gives the order)."""

    labels: tuple[str, ...]
    weights: Mapping[str, tuple[float, ...]] = field(repr=False)

    def scores(self, text: str) -> dict[str, float]:
        """How well clean text fits each label; 0 for every one when nothing in it is known."""
        known = [
            self.weights[piece]
            for piece, times in pieces(text).items()
            if piece in self.weights
            for _ in range(times)
        ]
        total = map(sum, zip(*known, strict=True)) if known else [0.0] * len(self.labels)
        return dict(zip(self.labels, total, strict=True))

    def speaks(self, text: str, label: str) -> float:
        """How much this text alone speaks for one label."""
        return self.scores(text)[label]


def pieces(text: str) -> Counter[str]:
    """Single characters and pairs of neighbours; Latin words whole; all numbers alike."""
    found: Counter[str] = Counter()
    for run in _RUN.findall(text.casefold()):
        if run[0].isdigit():
            found["#"] += 1
        elif run[0].isascii():
            found[run] += 1
        else:
            found.update(run)
            found.update(run[start : start + 2] for start in range(len(run) - 1))
    return Counter({piece: min(times, MOST) for piece, times in found.items()})


Row = tuple[str, dict[str, Any]]
"""Where a line stands ("file: line 3") and what it holds."""


def read_rows(file: str, override: Path | None = None) -> list[Row]:
    """The lines of a file of examples beside this one, each an object with a text. Raises FactError."""
    path = Path(__file__).with_name(file)
    if override is not None and (override / file).is_file():
        path = override / file
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FactError(f"{file}: {error}") from error
    return [_row(f"{file}: line {at}", line) for at, line in enumerate(lines, 1) if line.strip()]


def _row(entry: str, line: str) -> Row:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise FactError(f"{entry}: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise FactError(f"{entry}: needs a text")
    return entry, row


def labelled(rows: Iterable[Row], key: str, known: Iterable[str], *, always: bool = True) -> list[Example]:
    """The rows as examples of one of their labels; unless `always`, rows without it are left out.

    Raises FactError for a label nobody knows.
    """
    labels = frozenset(known)
    examples = []
    for entry, row in rows:
        label = str(row.get(key))
        if label in labels:
            examples.append(Example(row["text"], label))
        elif always or key in row:
            raise FactError(f"{entry}: unknown {key} {row.get(key)!r}")
    return examples


@lru_cache(maxsize=16_384)
def _pieces_of(text: str, cleaner: Cleaner) -> Counter[str]:
    """The same sentence is an example of several things; it is cut once."""
    return pieces(cleaner.clean(text))


def learn(examples: Iterable[Example], labels: Iterable[str], cleaner: Cleaner) -> Stock:
    """Count the examples. A piece weighs how much likelier it is under one label than under all others."""
    said: dict[str, Counter[str]] = {label: Counter() for label in labels}
    for example in examples:
        said[example.label].update(_pieces_of(example.text, cleaner))
    everywhere: Counter[str] = Counter()
    for counts in said.values():
        everywhere.update(counts)
    room = SMOOTHING * len(everywhere)
    # The same share for a piece under one label and under all others, each with room for the unseen.
    inside = {label: log(counts.total() + room) for label, counts in said.items()}
    outside = {label: log(everywhere.total() - counts.total() + room) for label, counts in said.items()}

    def weight(piece: str, times: int, label: str) -> float:
        here = said[label][piece]
        return log(here + SMOOTHING) - inside[label] - log(times - here + SMOOTHING) + outside[label]

    return Stock(
        tuple(said),
        {piece: _centred([weight(piece, times, label) for label in said]) for piece, times in everywhere.items()},
    )


def _centred(weights: list[float]) -> tuple[float, ...]:
    mean = sum(weights) / len(weights)
    return tuple(weight - mean for weight in weights)
