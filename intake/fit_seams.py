"""Learns where one problem ends and the next begins, from examples with more than one clause."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from intake.clauses import Clause
from intake.model import Model, Seams
from intake.seams import MEASURES, measures
from intake.stock import BURSTS, Example
from store.facts import FactError

SEAM_STRENGTH = 1.0
SEAM_LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Read:
    """An example, its clauses, and the fold that does not learn from it."""

    example: Example
    clauses: list[Clause]
    fold: int


def learn_seams(reads: Sequence[Read], parts: Sequence[Model]) -> Seams:
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
            names += [dict.fromkeys(sorted(each), 1) for each in named]  # sets come in another order each time
            counts += [_share(one.example)] * len(named)
            ends = [end for end, _ in one.example.problems[:-1]]
            apart += [
                any(left.start < end <= right.start for end in ends)
                for left, right in zip(one.clauses, one.clauses[1:], strict=False)
            ]
    if len(set(apart)) < 2:
        raise FactError(
            f"{BURSTS}: needs texts that tell several problems, with \u3014CODE\u3015 behind each, and one at length"
        )
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
