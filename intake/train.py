"""Trains the model from the example files alone; the same files give the same model.

Linear support vector machines (scikit-learn) over the grams of a text, one for each question, each with its scores
made into chances on examples that it has not seen; and a logistic regression for the seams between clauses.
Only `lianxin train` and `lianxin learn` come here: a running service reads what was trained.
"""

import io
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from intake import alike
from intake.clauses import Clause, Reader
from intake.grams import grams
from intake.model import STEPS, Head, Model, Seams, pieces
from intake.seams import MEASURES, measures
from intake.stock import KINDS, NATURES, URGENCY, Example, Stock

FOLDS = 4
RARE = 3
"""A gram seen in fewer examples is left out: it can prove nothing."""
SEAM_STRENGTH = 1.0
SEAM_LEAST = 0.01

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Read:
    """An example, its clauses, and the fold that does not learn from it."""

    example: Example
    clauses: list[Clause]
    fold: int


@dataclass(frozen=True, slots=True)
class Question:
    """What one head learns: which of its labels each text has (-1: not known), how much it counts, how strictly."""

    name: str
    labels: tuple[str, ...]
    answers: Ints
    counts: Floats
    strength: float


def train(stock: Stock, codes: Sequence[str], reader: Reader) -> Model:
    """A model of all examples. Takes about a minute."""
    reads = read(stock.examples, reader)
    texts, questions = _questions(reads, codes)
    rows, rarity = _vocabulary([seen for _, seen in texts])
    sums = _matrix([seen for _, seen in texts], rows, rarity)
    folds = np.array([one.fold for one, _ in texts])
    parts = [_learn(questions, sums, rarity, folds != fold) for fold in range(FOLDS)]
    sharp = {question.name: _sharpness(question, sums, folds, parts) for question in questions}
    whole = _learn(questions, sums, rarity, np.ones(len(folds), bool))
    problems = int((questions[0].answers >= 0).sum())
    model = partial(_model, rows, sharp=sharp, trained_on=stock.digest, examples=problems)
    seams = _learn_seams(reads, [model(part) for part in parts])
    return replace(model(whole), seams=seams)


def read(examples: Sequence[Example], reader: Reader) -> list[Read]:
    """Every example cut into clauses. Those that resemble each other share a fold: none is judged by its twin."""
    groups = alike.groups([example.text for example in examples])
    order = np.random.RandomState(0).permutation(len(examples))
    return [
        Read(example, reader.read(example.text), int(order[group]) % FOLDS)
        for example, group in zip(examples, groups, strict=True)
    ]


def _questions(reads: Sequence[Read], codes: Sequence[str]) -> tuple[list[tuple[Read, list[str]]], list[Question]]:
    """Texts to learn from: every example whole, and each problem of those that tell several alone."""
    texts: list[tuple[Read, list[str]]] = []
    told: list[tuple[int, int, int, int]] = []
    for one in reads:
        example = one.example
        only = example.problems[0][1] if len(example.problems) == 1 else None
        nature = NATURES.index(example.nature) if example.nature else -1
        texts.append((one, _grams(one.clauses)))
        told.append((_at(codes, only), _kind(example, only), nature, _urgency(example.urgent)))
        if len(example.problems) > 1:
            for piece, code in _pieces(one):
                texts.append((one, _grams(piece)))
                told.append((_at(codes, code), -1, -1, -1))
    category, kind, nature_of, urgent = (np.array(column) for column in zip(*told, strict=True))
    all_alike = np.ones(len(texts))
    # Problems are the many: at their full weight the few of the other kinds would drown.
    fewer = np.where(kind == 0, 0.4, 1.0)
    return texts, [
        Question("category", tuple(codes), category, all_alike, 1.0),
        Question("kind", KINDS, kind, fewer, 1.0),
        Question("nature", NATURES, nature_of, all_alike, 0.3),
        Question("urgent", URGENCY, urgent, all_alike, 0.5),
    ]


def _kind(example: Example, only: str | None) -> int:
    """Whether an urgent example of danger in a plant (EHS) is an emergency, its author was not asked."""
    return -1 if only == "EHS" and example.urgent else KINDS.index(example.kind)


def _at(codes: Sequence[str], code: str | None) -> int:
    return -1 if code is None else list(codes).index(code)


def _urgency(urgent: bool | None) -> int:
    return -1 if urgent is None else int(urgent)


def _grams(clauses: Sequence[Clause]) -> list[str]:
    return [gram for clause in clauses for gram in grams(clause.look)]


def _pieces(one: Read) -> list[tuple[list[Clause], str]]:
    """The clauses of each problem of an example; a clause that holds the end of one belongs to it."""
    found, start = [], 0
    for end, code in one.example.problems:
        piece = [clause for clause in one.clauses if start <= clause.start < end]
        if piece:
            found.append((piece, code))
        start = end
    return found


def _vocabulary(texts: Sequence[Sequence[str]]) -> tuple[dict[str, int], Floats]:
    """The grams that are worth a row, and how rare each is (inverse document frequency)."""
    seen = Counter(gram for text in texts for gram in dict.fromkeys(text))
    kept = sorted(gram for gram, times in seen.items() if times >= RARE)
    rarity = np.array([1 + math.log((1 + len(texts)) / (1 + seen[gram])) for gram in kept])
    return {gram: row for row, gram in enumerate(kept)}, rarity


def _matrix(texts: Sequence[Sequence[str]], rows: Mapping[str, int], rarity: Floats) -> csr_matrix:
    """A line for each text, of length one, exactly as `Model.scores` sees it."""
    counted = [Counter(rows[gram] for gram in text if gram in rows) for text in texts]
    starts = np.cumsum([0, *map(len, counted)])
    columns = np.array([row for counts in counted for row in counts], np.int64)
    times = np.array([times for counts in counted for times in counts.values()], np.float64)
    lengths = np.sqrt(np.add.reduceat(np.append(times * rarity[columns] ** 2, 0.0), starts[:-1]))
    lengths[starts[:-1] == starts[1:]] = 1.0
    values = times * rarity[columns] / np.repeat(lengths, np.diff(starts))
    return csr_matrix((values, columns, starts), shape=(len(texts), len(rows)))


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights of all heads side by side, ready for `Model`: rarity is in them already."""

    weights: Floats
    biases: dict[str, Floats]
    labels: dict[str, tuple[str, ...]]


def _learn(questions: Sequence[Question], sums: csr_matrix, rarity: Floats, seen: NDArray[np.bool_]) -> Learned:
    columns, biases = [], {}
    for question in questions:
        used = seen & (question.answers >= 0)
        machine = LinearSVC(C=question.strength, random_state=0, max_iter=4000)
        machine.fit(sums[used], question.answers[used], sample_weight=question.counts[used])
        weights, bias = machine.coef_, machine.intercept_
        if len(question.labels) == 2:  # scikit-learn tells of two labels only what speaks for the second
            weights, bias = np.vstack([-weights, weights]) / 2, np.append(-bias, bias) / 2
        columns.append(weights.T * rarity[:, None])
        biases[question.name] = bias
    labels = {question.name: question.labels for question in questions}
    return Learned(np.hstack([*columns, rarity[:, None] ** 2]), biases, labels)


def _model(
    rows: Mapping[str, int], learned: Learned, sharp: Mapping[str, float], trained_on: str, examples: int
) -> Model:
    heads, start = {}, 0
    for name, labels in learned.labels.items():
        heads[name] = Head(labels, start, sharp[name])
        start += len(labels)
    steps = np.abs(learned.weights).max(axis=0) / STEPS
    whole = np.vstack([np.round(learned.weights / steps), np.zeros_like(steps)]).astype(np.int8)
    bias = np.concatenate([learned.biases[name] for name in learned.labels]).astype(np.float32)
    return Model(
        rows, pieces(list(rows)), whole, steps.astype(np.float32), bias, heads, Seams([], {}), trained_on, examples
    )


def _sharpness(question: Question, sums: csr_matrix, folds: Ints, parts: Sequence[Learned]) -> float:
    """How steeply scores become chances, so that on unseen examples what is called 0.8 is right in 0.8."""
    scores = unseen_scores(question, sums, folds, parts)
    known = question.answers >= 0
    scores, right = scores[known], question.answers[known]

    def surprise(sharpness: float) -> float:
        raised = sharpness * (scores - scores.max(axis=1, keepdims=True))
        chances = raised[np.arange(len(right)), right] - np.log(np.exp(raised).sum(axis=1))
        return -float(chances.mean())

    return float(minimize_scalar(surprise, bounds=(0.1, 20.0), method="bounded").x)


def unseen_scores(question: Question, sums: csr_matrix, folds: Ints, parts: Sequence[Learned]) -> Floats:
    """The scores of every text by the part of the model that has not learned from it."""
    scores = np.zeros((len(folds), len(question.labels)))
    rarity = np.sqrt(parts[0].weights[:, -1])
    for fold, part in enumerate(parts):
        start = sum(len(part.labels[name]) for name in list(part.labels)[: list(part.labels).index(question.name)])
        weights = part.weights[:, start : start + len(question.labels)] / rarity[:, None]
        here = folds == fold
        scores[here] = sums[here] @ weights + part.biases[question.name]
    return scores


def _learn_seams(reads: Sequence[Read], parts: Sequence[Model]) -> Seams:
    """What is seen at a seam and how it is weighed, from examples with more than one clause, each judged by a part of
    the model that has not seen it."""
    tables: list[NDArray[np.float32]] = []
    names: list[dict[str, int]] = []
    apart: list[bool] = []
    counts: list[float] = []
    for one in reads:
        if one.example.problems and len(one.clauses) > 1:
            part = parts[one.fold]
            table, named = measures(one.clauses, part.totals([c.look for c in one.clauses]), part)
            tables.append(table)
            names += [dict.fromkeys(each, 1) for each in named]
            counts += [_share(one.example)] * len(named)
            ends = [end for end, _ in one.example.problems[:-1]]
            apart += [
                any(left.start < end <= right.start for end in ends)
                for left, right in zip(one.clauses, one.clauses[1:], strict=False)
            ]
    vectors = DictVectorizer()
    seen = hstack([csr_matrix(np.vstack(tables)), vectors.fit_transform(names)]).tocsr()
    machine = LogisticRegression(C=SEAM_STRENGTH, max_iter=800, fit_intercept=False)
    machine.fit(seen, apart, sample_weight=counts)
    weights = machine.coef_[0].round(3).tolist()
    told = zip(vectors.get_feature_names_out(), weights[len(MEASURES) :], strict=True)
    return Seams(weights[: len(MEASURES)], {name: weight for name, weight in told if abs(weight) >= SEAM_LEAST})


def _share(example: Example) -> float:
    """Single sentences are the many, and most of their seams are plain."""
    return 1.0 if len(example.problems) > 1 or "\n" in example.text else 0.3


def packed(model: Model) -> bytes:
    """The model as the file `intake.model` reads."""
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
        about=_bytes(json.dumps(about, ensure_ascii=False, sort_keys=True)),
    )
    return file.getvalue()


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)
