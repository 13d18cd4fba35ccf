"""The learned part of understanding: a weight for each piece of text and each answer, added up.

Trained by `intake.train` from the example files alone, shipped packed in `model.npz`, and read once at the start.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from intake.grams import grams_of_word
from store.facts import FactError, locate

FILE = "model.npz"
Floats = NDArray[np.float32]
SMALL: Final = 1e-6
WORDS_KEPT: Final = 10_000
STEPS: Final = 127
"""Weights are packed into so many steps on each side of zero."""


@dataclass(frozen=True, slots=True)
class Head:
    """One question the model answers: its answers, where their columns begin, and how scores become chances."""

    labels: tuple[str, ...]
    start: int
    sharpness: float

    def of(self, scores: Floats) -> Floats:
        """What is this head's of the scores of all: how well a text fits each label."""
        return scores[..., self.start : self.start + len(self.labels)]

    def chances(self, scores: Floats) -> Floats:
        """A share of certainty for each label; the shares of a text sum to 1."""
        odds = np.exp(self.sharpness * (scores - scores.max(axis=-1, keepdims=True)))
        shares: Floats = odds / odds.sum(axis=-1, keepdims=True)
        return shares


@dataclass(frozen=True, slots=True)
class Seams:
    """How what is seen at a seam between two clauses is weighed (`intake.seams`): the measured, and the named."""

    measured: Sequence[float]
    named: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """Rows are pieces of text; columns are the answers of all heads, and last the square of the piece's rarity.

    A weight is a whole number of steps, so that the many rows take little room; `steps` has the size of one.
    """

    rows: Mapping[str, int] = field(repr=False)
    weights: NDArray[np.int8] = field(repr=False)
    steps: Floats = field(repr=False)
    bias: Floats = field(repr=False)
    heads: Mapping[str, Head]
    seams: Seams = field(repr=False)
    trained_on: str
    examples: int
    _spoken: dict[str, list[int]] = field(default_factory=dict, repr=False)

    def totals(self, texts: Sequence[Sequence[str]]) -> Floats:
        """The sum of the weights of each text's pieces, one text a row. Pieces nobody has seen say nothing."""
        known = [self.known(pieces) for pieces in texts]
        summed = np.zeros((len(texts), len(self.steps)), np.int32)
        for at, rows in enumerate(known):
            if rows:
                self.weights.take(rows, axis=0).sum(axis=0, dtype=np.int32, out=summed[at])
        return summed.astype(np.float32) * self.steps

    def scores(self, totals: Floats) -> Floats:
        """How well texts fit every label of every head, from the sum of their pieces: of one text, or one a row."""
        scores: Floats = totals[..., :-1] / np.sqrt(totals[..., -1:] + SMALL) + self.bias
        return scores

    def rarity(self, gram: str) -> float:
        """How much it proves that two texts share a piece: the square of its inverse document frequency."""
        row = self.rows.get(gram)
        return float(self.steps[-1]) * (STEPS if row is None else int(self.weights[row, -1]))

    def spoken(self, word: str, column: int) -> float:
        """What a word, with all that lies in it, weighs for one answer. Words come again: they are summed up once."""
        found = self._spoken.get(word)
        if found is None:
            found = self.weights[self.known(grams_of_word(word))].sum(axis=0, dtype=np.int32).tolist()
            if len(self._spoken) < WORDS_KEPT:
                self._spoken[word] = found
        return found[column] * float(self.steps[column])

    def known(self, pieces: Sequence[str]) -> list[int]:
        """The rows of those pieces that the model has seen."""
        return [at for piece in pieces if (at := self.rows.get(piece)) is not None]


def load(override: Path | None = None) -> Model:
    """The model of model.npz. Raises FactError."""
    path = locate(__file__, FILE, override)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as packed:
            return _unpacked(packed)
    except (OSError, EOFError, KeyError, TypeError, ValueError, RuntimeError, BadZipFile, zlib.error) as error:
        raise FactError(f"{FILE}: cannot be read ({error}); make it anew with: lianxin train") from error


def _unpacked(packed: Mapping[str, NDArray[Any]]) -> Model:
    about = json.loads(packed["about"].tobytes())
    names = packed["names"].tobytes().decode("utf-8").split("\n")
    heads, start = {}, 0
    for name, head in about["heads"].items():
        heads[name] = Head(tuple(head["labels"]), start, head["sharpness"])
        start += len(head["labels"])
    rows = {name: row for row, name in enumerate(names)}
    return Model(
        rows,
        packed["weights"],
        packed["steps"],
        packed["bias"],
        heads,
        Seams(**about["seams"]),
        about["trained_on"],
        about["examples"],
    )
