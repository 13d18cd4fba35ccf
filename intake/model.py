"""The learned part of understanding: a weight for each piece of text and each answer, added up.

Trained by `intake.train` from the example files alone, shipped packed in `model.npz`, and read once at the start.
"""

import io
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from intake.grams import WORD, Look, grams_of_word
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
        odds = np.exp(self.sharpness * (scores - np.maximum.reduce(scores, axis=-1, keepdims=True)))
        shares: Floats = odds / np.add.reduce(odds, axis=-1, keepdims=True)
        return shares


@dataclass(frozen=True, slots=True)
class Seams:
    """How what is seen at a seam between two clauses is weighed (`intake.seams`): the measured, and the named."""

    measured: Sequence[float]
    named: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """Rows are pieces of text; columns are the answers of all heads, and last the square of the piece's rarity.

    A weight is a whole number of steps, so that the many rows take little room; `steps` has the size of one. The last
    row is empty: it stands for whatever nobody has seen. `pieces` finds all that stand in a text.
    """

    rows: Mapping[str, int] = field(repr=False)
    pieces: AhoCorasick = field(repr=False)
    weights: NDArray[np.int8] = field(repr=False)
    steps: Floats = field(repr=False)
    bias: Floats = field(repr=False)
    heads: Mapping[str, Head]
    seams: Seams = field(repr=False)
    trained_on: str
    examples: int
    _spoken: dict[str, list[float]] = field(default_factory=dict, repr=False)

    def totals(self, texts: Sequence[Look]) -> Floats:
        """The sum of the weights of each text's pieces, one text a row. Pieces nobody has seen say nothing."""
        if not texts:
            return np.zeros((0, len(self.steps)), np.float32)
        nothing, rows, starts = len(self.rows), list[int](), list[int]()
        find, row_of = self.pieces.find_matches_as_indexes, self.rows.get
        for runs, words in texts:
            starts.append(len(rows))
            rows.append(nothing)
            rows += [row for row, _, _ in find(runs, overlapping=True)]
            rows += [row_of(WORD + word, nothing) for word in words]
        summed = np.add.reduceat(self.weights.take(rows, axis=0), starts, axis=0, dtype=np.int32)
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
            summed = self.weights[self.known(grams_of_word(word))].sum(axis=0, dtype=np.int32)
            found = (summed * self.steps).tolist()
            if len(self._spoken) < WORDS_KEPT:
                self._spoken[word] = found
        return found[column]

    def known(self, pieces: Sequence[str]) -> list[int]:
        """The rows of those pieces that the model has seen."""
        return [at for piece in pieces if (at := self.rows.get(piece)) is not None]


def pieces(names: Sequence[str]) -> AhoCorasick:
    """What finds the row of every piece that stands in a text."""
    return AhoCorasick(names, implementation=Implementation.ContiguousNFA)


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
        pieces(names),
        packed["weights"],
        packed["steps"],
        packed["bias"],
        heads,
        Seams(**about["seams"]),
        about["trained_on"],
        about["examples"],
    )


def packed(model: Model) -> bytes:
    """The model as the file that `load` reads."""
    about: dict[str, Any] = {
        "trained_on": model.trained_on,
        "examples": model.examples,
        "seams": {"measured": model.seams.measured, "named": dict(model.seams.named)},
        "heads": {
            name: {"labels": head.labels, "sharpness": round(head.sharpness, 4)} for name, head in model.heads.items()
        },
    }
    file = io.BytesIO()
    np.savez_compressed(
        file,
        names=_bytes("\n".join(model.rows)),
        weights=model.weights,
        steps=model.steps,
        bias=model.bias,
        about=_bytes(json.dumps(about, ensure_ascii=False)),
    )
    return file.getvalue()


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)
