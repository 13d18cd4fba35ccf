"""Learns where one problem ends and the next begins, from examples with more than one clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from intake.clauses import Clause
from intake.fit import Question
from intake.model import Model, Seams
from intake.seams import HEADS, MEASURES, measures
from intake.stock import BURSTS, Example
from store.facts import FactError

LOOKS_STRENGTH = 0.3
SEAM_STRENGTH = 1.0
SEAM_LEAST = 0.01
NEEDED = f"{BURSTS}: needs texts that tell several problems, with \u3014CODE\u3015 behind each, and one at length"


@dataclass(frozen=True, slots=True)
class Read:
    """An example, its clauses, and the fold that does not learn from it."""

    example: Example
    clauses: list[Clause]
    fold: int


def questions_of_seams(reads: Sequence[Read]) -> tuple[list[tuple[Read, list[Clause]]], list[Question]]:
    """What there is to learn about each clause alone: `HEADS`. Raises FactError."""
    texts: list[tuple[Read, list[Clause]]] = []
    told: list[tuple[int, ...]] = []
    for one in (one for one in reads if one.example.problems and len(one.clauses) > 1):
        apart, ends = _apart(one), _ends(one)
        for at, clause in enumerate(one.clauses):
            texts.append((one, [clause]))
            opens, further = int(at == 0 or apart[at - 1]), apart[at - 1] if at else -1
            told.append((opens, further, (*apart, -1)[at], ends[at]))
    columns, counts = np.array(told).T, np.array([_share(one.example) for one, _ in texts])
    if not told or any(not {0, 1} <= set(answers.tolist()) for answers in columns):
        raise FactError(NEEDED)
    return texts, [
        Question(name, (name,), answers, counts, LOOKS_STRENGTH) for name, answers in zip(HEADS, columns, strict=True)
    ]


def learn_seams(reads: Sequence[Read], parts: Sequence[Model]) -> Seams:
    """What is seen at a seam and how it is weighed, from examples with more than one clause, each judged by a part of
    the model that has not seen it."""
    tables: list[NDArray[np.float32]] = []
    names: list[dict[str, int]] = []
    apart: list[int] = []
    counts: list[float] = []
    for one in reads:
        if one.example.problems and len(one.clauses) > 1:
            part = parts[one.fold]
            table, named = measures(one.clauses, part.totals([c.look for c in one.clauses]), part)
            tables.append(table)
            names += [dict.fromkeys(sorted(each), 1) for each in named]  # sets come in another order each time
            counts += [_share(one.example)] * len(named)
            apart += _apart(one)
    vectors = DictVectorizer()
    seen = hstack([csr_matrix(np.vstack(tables)), vectors.fit_transform(names)]).tocsr()
    machine = LogisticRegression(C=SEAM_STRENGTH, max_iter=800, fit_intercept=False)
    machine.fit(seen, apart, sample_weight=counts)
    weights = machine.coef_[0].round(3).tolist()
    told = zip(vectors.get_feature_names_out(), weights[len(MEASURES) :], strict=True)
    return Seams(weights[: len(MEASURES)], {name: weight for name, weight in told if abs(weight) >= SEAM_LEAST})


def _apart(one: Read) -> list[int]:
    """For each seam whether one problem ends there: 1 or 0."""
    return _holds(one, [end for end, _ in one.example.problems[:-1]])[:-1]


def _ends(one: Read) -> list[int]:
    """For each clause whether a problem ends in it: 1 or 0; -1 for what is said after all of them, such as thanks."""
    ends = [end for end, _ in one.example.problems]
    held = zip(one.clauses, _holds(one, ends), strict=True)
    return [-1 if clause.start >= ends[-1] else holds for clause, holds in held]


def _holds(one: Read, ends: Sequence[int]) -> list[int]:
    """For each clause whether one of these places of the text lies in it, or behind it and before the next."""
    starts = [*(clause.start for clause in one.clauses), len(one.example.text) + 1]
    return [int(any(start < end <= then for end in ends)) for start, then in pairwise(starts)]


def _share(example: Example) -> float:
    """Examples without marks are the many, most of their seams are plain, and others wrote them than what tells
    several; in fragments they count as much."""
    return 1.0 if example.marked or "\n" in example.text else 0.3
