"""Fits one linear machine a question, and finds how its scores become chances on texts that it has not seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, diags
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from intake.grams import WORD
from intake.model import STEPS, Head, Model, Seams, finding
from intake.nearest import Nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
OFTEN, PAIR = 600, 2
"""Examples that are like a text are found by the words and pairs of neighbours that at most so many of them have."""
SMOOTHING = 0.1
"""As if each gram had been seen so often beside every answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What one head learns: which of its labels each text has (-1: not known), how much it counts, how strictly, and
    how much of what naive Bayes makes of the same texts is added (of more than two labels only).

    With one label the answer is whether (1) or not (0).
    """

    name: str
    labels: tuple[str, ...]
    answers: Ints
    counts: Floats
    strength: float
    bayes: float = 0.0


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights of all heads side by side, ready for `Model`: rarity is in them already."""

    weights: Floats
    biases: dict[str, Floats]
    labels: dict[str, tuple[str, ...]]


def learn(questions: Sequence[Question], sums: csr_matrix, rarity: Floats, seen: NDArray[np.bool_]) -> Learned:
    columns, biases = [], {}
    for question in questions:
        used = seen & (question.answers >= 0)
        machine = LinearSVC(C=question.strength, random_state=0, max_iter=4000)
        machine.fit(sums[used], question.answers[used], sample_weight=question.counts[used])
        weights, bias = machine.coef_, machine.intercept_
        if (
            question.bayes and len(question.labels) > 2
        ):  # it errs in other places: what both think is right more often than what either does
            bayes = ComplementNB(alpha=SMOOTHING).fit(sums[used], question.answers[used], question.counts[used])
            weights = weights + question.bayes * (bayes.feature_log_prob_ - bayes.feature_log_prob_.mean(axis=0))
        if len(question.labels) == 2:  # scikit-learn tells of two labels only what speaks for the second
            weights, bias = np.vstack([-weights, weights]) / 2, np.append(-bias, bias) / 2
        columns.append(weights.T * rarity[:, None])
        biases[question.name] = bias
    labels = {question.name: question.labels for question in questions}
    return Learned(np.hstack([*columns, rarity[:, None] ** 2]), biases, labels)


def model_of(
    rows: Mapping[str, int], learned: Learned, sharp: Mapping[str, float], trained_on: str, examples: int
) -> Model:
    heads, start = {}, 0
    for name, labels in learned.labels.items():
        heads[name] = Head(labels, start, sharp.get(name, 1.0))
        start += len(labels)
    steps = np.abs(learned.weights).max(axis=0) / STEPS
    whole = np.vstack([np.round(learned.weights / steps), np.zeros_like(steps)]).astype(np.int8)
    bias = np.concatenate([learned.biases[name] for name in learned.labels]).astype(np.float32)
    names, steps = "\n".join(rows), steps.astype(np.float32)
    nothing, nowhere = np.zeros(0, np.int32), np.zeros(len(whole) + 1, np.int32)
    none = Nearest.of(nothing, nowhere, whole[:, -1] * steps[-1], nothing.astype(np.uint8))
    return Model(names, *finding(names), whole, steps, bias, heads, Seams([], {}), none, trained_on, examples)


def nearest(model: Model, sums: csr_matrix, answers: Ints) -> Nearest:
    """What finds among these texts (one a row of `sums`) those that are most like another, each with its answer."""
    names = np.array(model.names.split("\n"))
    often = np.bincount(sums.indices, minlength=len(names))
    telling = (often <= OFTEN) & (np.char.startswith(names, WORD) | (np.char.str_len(names) == PAIR))
    by_gram = (sums @ diags(telling.astype(np.float64))).tocsc()
    by_gram.eliminate_zeros()
    by_gram.sort_indices()
    starts = np.append(by_gram.indptr, by_gram.indptr[-1]).astype(np.int32)  # nothing holds what nobody has seen
    return Nearest.of(by_gram.indices.astype(np.int32), starts, model.nearest.proof, answers.astype(np.uint8))


def sharpness_of(question: Question, sums: csr_matrix, folds: Ints, parts: Sequence[Learned]) -> float:
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
