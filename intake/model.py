"""The learned part of understanding: a weight for each piece of text and each answer, added up.

Trained by `intake.train` from the example files alone, shipped packed in `model.npz`, and read once at the start.
"""

import io
import json
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from intake.grams import WORD, Look
from intake.nearest import Nearest
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
    """Rows are grams of text; columns are the answers of all heads, and last the square of the gram's rarity.

    A weight is a whole number of steps, so that the many rows take little room; `steps` has the size of one. `names`
    are the grams in the order of their rows, one a line: first the pieces, which `pieces` finds in a text, then the
    whole words, whose rows are in `words`. The last row is empty: it stands for whatever nobody has seen.
    """

    names: str = field(repr=False)
    pieces: AhoCorasick = field(repr=False)
    words: Mapping[str, int] = field(repr=False)
    weights: NDArray[np.int8] = field(repr=False)
    steps: Floats = field(repr=False)
    bias: Floats = field(repr=False)
    heads: Mapping[str, Head]
    seams: Seams = field(repr=False)
    nearest: Nearest = field(repr=False)
    trained_on: str
    examples: int
    _spoken: dict[str, "array[float]"] = field(default_factory=dict, repr=False)

    def totals(self, texts: Sequence[Look]) -> Floats:
        """The sum of the weights of each text's pieces, one text a row. Pieces nobody has seen say nothing."""
        if not texts:
            return np.zeros((0, len(self.steps)), np.float32)
        rows, starts = self._rows(texts)
        summed = np.add.reduceat(self.weights.take(rows, axis=0), starts, axis=0, dtype=np.int32)
        return summed.astype(np.float32) * self.steps

    def votes(self, texts: Sequence[Look], least: Sequence[float]) -> Floats:
        """How much the examples nearest to these texts together are like them, for each kind: see `Nearest.votes`."""
        rows, _ = self._rows(texts)
        return self.nearest.votes(rows, least)

    def _rows(self, texts: Sequence[Look]) -> tuple[list[int], list[int]]:
        """The rows of the grams of texts, and where those of each text begin: none has none."""
        nothing, rows, starts = len(self.weights) - 1, list[int](), list[int]()
        find, row_of = self.pieces.find_matches_as_indexes, self.words.get
        for runs, words in texts:
            starts.append(len(rows))
            rows.append(nothing)
            rows += [row for row, _, _ in find(runs, overlapping=True)]
            rows += [row_of(word, nothing) for word in words]
        return rows, starts

    def scores(self, totals: Floats) -> Floats:
        """How well texts fit every label of every head, from the sum of their pieces: of one text, or one a row."""
        scores: Floats = totals[..., :-1] / np.sqrt(totals[..., -1:] + SMALL) + self.bias
        return scores

    def rarity(self, gram: str) -> float:
        """How much it proves that two texts share a piece: the square of its inverse document frequency."""
        row = self.row(gram)
        return float(self.steps[-1]) * (STEPS if row is None else int(self.weights[row, -1]))

    def spoken(self, word: str, column: int) -> float:
        """What a word, with all that lies in it, weighs for one answer. Words come again: they are summed up once."""
        found = self._spoken.get(word)
        if found is None:
            found = array("f", self.totals([Look(word, [word])]).tobytes())
            if len(self._spoken) < WORDS_KEPT:
                self._spoken[word] = found
        return found[column]

    def row(self, gram: str) -> int | None:
        """The row of a gram; None when nobody has seen it."""
        if gram.startswith(WORD):
            return self.words.get(gram.removeprefix(WORD))
        found = self.pieces.find_matches_as_indexes(gram, overlapping=True)
        return next((row for row, start, end in found if end - start == len(gram)), None)


def ordered(grams: Iterable[str]) -> list[str]:
    """In the order of their rows: pieces, then whole words."""
    return sorted(grams, key=lambda gram: (gram.startswith(WORD), gram))


def finding(names: str) -> tuple[AhoCorasick, dict[str, int]]:
    """What finds the row of every piece that stands in a text, and the rows of the whole words."""
    grams = names.split("\n")
    many = bisect_left(grams, True, key=lambda gram: gram.startswith(WORD))
    words = {gram.removeprefix(WORD): row for row, gram in enumerate(grams[many:], many)}
    return AhoCorasick(grams[:many], implementation=Implementation.ContiguousNFA), words


def load(override: Path | None = None) -> Model:
    """The model of model.npz. Raises FactError."""
    path = locate(__file__, FILE, override)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as packed:
            return _unpacked(packed)
    except (OSError, EOFError, LookupError, TypeError, ValueError, RuntimeError, BadZipFile, zlib.error) as error:
        raise FactError(f"{FILE}: cannot be read ({error}); make it anew with: lianxin train") from error


def _unpacked(packed: Mapping[str, NDArray[Any]]) -> Model:
    """Each array is asked for once: every time it is unpacked anew."""
    about = json.loads(packed["about"].tobytes())
    names = packed["names"].tobytes().decode("utf-8")
    pieces, words = finding(names)  # first: what it needs only for a moment is then free for the rest
    weights, steps = packed["weights"], packed["steps"]
    heads, start = {}, 0
    for name, head in about["heads"].items():
        heads[name] = Head(tuple(head["labels"]), start, head["sharpness"])
        start += len(head["labels"])
    # Which examples a gram stands in is told as the distance from each to the next: that packs better.
    held = packed["held"]
    np.cumsum(held, out=held)
    starts, sizes, answers = packed["starts"], packed["sizes"], packed["answers"]
    if (len(starts), starts[-1], len(sizes)) != (len(weights) + 1, len(held), len(answers)):
        raise ValueError("its examples are incomplete")
    nearest = Nearest(held, starts, weights[:, -1] * steps[-1], sizes, answers)
    seams = Seams(**about["seams"])
    bias, trained_on, examples = packed["bias"], about["trained_on"], about["examples"]
    return Model(names, pieces, words, weights, steps, bias, heads, seams, nearest, trained_on, examples)


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
        names=_bytes(model.names),
        weights=model.weights,
        steps=model.steps,
        bias=model.bias,
        held=np.diff(model.nearest.held, prepend=np.int32(0)),
        starts=model.nearest.starts,
        sizes=model.nearest.sizes,
        answers=model.nearest.answers,
        about=_bytes(json.dumps(about, ensure_ascii=False)),
    )
    return file.getvalue()


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)
