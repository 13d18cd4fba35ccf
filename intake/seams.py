"""Where one message becomes several problems: what can be seen at every seam between two clauses (domain rule 2)."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from intake.clauses import FRAGMENT, Clause
from intake.model import Floats, Model

ENDS = (1, 2, 3, 4)
MUCH, MANY, FEW = 40, 20, 6
"""Characters on one side of a seam, characters in one clause, and clauses, beyond which more says nothing more."""
COARSE, FINE, CLEAR = 4, 6, 0.3
"""In how many steps it is told how surely both sides are of different categories; and from where on, which."""
VIEWS = ("next", "all")
"""How far is looked on both sides of a seam: one clause, or all."""
SEEN = ("agree", "gain", "loud before", "loud after", "same", "apart", "problem before", "problem after")
MEASURES = (
    *(f"{view} {what}" for what in SEEN for view in VIEWS),
    *("near and far", "told and far", "length before", "length after", "told before", "told after"),
    *("first", "last", "listed", "bias"),
)
"""The names of what is measured at a seam, in the order of the columns."""


def measures(clauses: Sequence[Clause], totals: Floats, model: Model) -> tuple[Floats, list[list[str]]]:
    """What can be measured at each seam (a row of MEASURES), and by which names the rest goes: how the clause before
    ends and the next begins, the mark between them, and the categories of both sides where they surely differ."""
    category, kind, seams = model.heads["category"], model.heads["kind"], len(clauses) - 1
    summed = totals.cumsum(axis=0)
    # Both sides of every seam, in each view.
    both = np.array([[totals[:-1], summed[:-1]], [totals[1:], summed[-1] - summed[:-1]]])
    every = model.scores(np.concatenate([both, both.sum(axis=0, keepdims=True)]))
    all_three = category.of(every)
    scores, together = all_three[:2], all_three[2].max(axis=-1)
    sure = category.chances(scores)
    loud, best = scores.max(axis=-1), scores.argmax(axis=-1)
    same = best[0] == best[1]
    apart = sure.max(axis=-1).min(axis=0) * ~same
    problem = kind.chances(kind.of(every[:2]))[..., 0]
    table = np.empty((len(MEASURES), seams), np.float32)
    table[0:2] = (sure[0] * sure[1]).sum(axis=-1)
    table[2:4] = loud[0] + loud[1] - 2 * together
    table[4:8] = loud.reshape(-1, seams)
    table[8:10] = same
    table[10:12] = apart
    table[12:16] = problem.reshape(-1, seams)
    table[16] = apart[0] * apart[1]
    table[17] = problem[:, 1].min(axis=0) * apart[1]
    table[18:] = _lengths(clauses)
    return table.T, _names(clauses, apart.T.tolist(), best.transpose(2, 1, 0).tolist(), category.labels)


def _lengths(clauses: Sequence[Clause]) -> list[list[float]]:
    sizes = [len(clause.words) for clause in clauses]
    told = list(accumulate(sizes))
    before, after = clauses[:-1], clauses[1:]
    return [
        [min(len(clause.words), MANY) / MANY for clause in before],
        [min(len(clause.words), MANY) / MANY for clause in after],
        [min(so_far, MUCH) / MUCH for so_far in told[:-1]],
        [min(told[-1] - so_far, MUCH) / MUCH for so_far in told[:-1]],
        [1.0, *[0.0] * (len(after) - 1)],
        [*[0.0] * (len(after) - 1), 1.0],
        [float(clause.listed) for clause in after],
        [1.0] * len(after),
    ]


def _names(clauses: Sequence[Clause], apart: Any, pairs: Any, labels: Sequence[str]) -> list[list[str]]:
    found, many = [], min(len(clauses), FEW)
    for at, (near, far) in enumerate(apart):
        before, after = clauses[at].words, clauses[at + 1].words
        mark = "new message" if clauses[at + 1].before == FRAGMENT else clauses[at + 1].before
        close, wide = int(near * COARSE), int(far * COARSE)
        names = [
            *(f"begins {after[:size]}" for size in ENDS),
            *(f"ends {before[-size:]}" for size in ENDS),
            f"mark {mark}",
            f"mark {mark} of {many}",
            f"mark {mark} near {close}",
            f"mark {mark} far {wide}",
            f"near {int(near * FINE)} far {int(far * FINE)}",
            f"begins {after[:2]} near {close}",
        ]
        for view, chance, (first, second) in zip(VIEWS, (near, far), pairs[at], strict=True):
            if chance >= CLEAR:
                names.append(f"{view} {labels[first]} then {labels[second]}")
        found.append(names)
    return found
