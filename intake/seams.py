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
SHORT = 8
"""So many characters at most has a short clause."""
COARSE, FINE, CLEAR = 4, 6, 0.3
"""In how many steps it is told how surely both sides are of different categories; and from where on, which."""
HEADS = ("opens", "begins", "closes", "ends")
"""What the model is asked of a clause: whether it looks like the beginning of a problem, like that of a further one,
like the end of one that a further one follows, and like the end of any (who has asked has told it all). Of whole
messages it is not asked whether they tell several: that only tells apart who wrote the examples."""
VIEWS = ("next", "all")
"""How far is looked on both sides of a seam: one clause, or all."""
SEEN = ("agree", "gain", "loud before", "loud after", "same", "apart", "problem before", "problem after")
MEASURES = (
    *(f"{view} {what}" for what in SEEN for view in VIEWS),
    *("near and far", "told and far"),
    *("opens", "opens before", "opens at all", "opens near", "opens far"),
    *("begins", "begins near", "closes"),
    *("ends", "ends near", "ends far", "surely ends far", "ended", "ended far", "will end", "will end far"),
    *("both end near", "both end far", "ends and opens", "ends and begins"),
    *("length before", "length after", "told before", "told after"),
    *("first", "last", "listed", "announced", "joined", "bias"),
)
"""The names of what is measured at a seam, in the order of the columns."""


def measures(clauses: Sequence[Clause], totals: Floats, model: Model) -> tuple[Floats, list[list[str]]]:
    """What can be measured at each seam (a row of MEASURES), and by which names the rest goes: how the clause before
    ends and the next begins, the mark between them, and the categories of both sides where they surely differ."""
    category, kind, seams = model.heads["category"], model.heads["kind"], len(clauses) - 1
    summed = totals.cumsum(axis=0)
    # One row after another: both sides of every seam in each view, then together, seam by seam and altogether.
    before, after, whole = (totals[:-1], summed[:-1]), (totals[1:], summed[-1] - summed[:-1]), summed[-1:]
    every = model.scores(np.concatenate([*before, *after, before[0] + after[0], whole]))
    scores = category.of(every)
    sides = 2 * seams
    loud, best = np.maximum.reduce(scores, axis=1), scores[: 2 * sides].argmax(axis=1)
    # As `Head.chances`, but what is wanted of them costs less than all of them.
    odds = np.exp(category.sharpness * (scores[: 2 * sides] - loud[: 2 * sides, None]))
    size, same = np.add.reduce(odds, axis=1), best[:sides] == best[sides:]
    agree = np.vecdot(odds[:sides], odds[sides:]) / (size[:sides] * size[sides:])
    apart = ~same / np.maximum(size[:sides], size[sides:])
    problem = kind.chances(kind.of(every[: 2 * sides]))[:, 0]
    near, far = apart[:seams], apart[seams:]
    gain = loud[:sides] + loud[sides : 2 * sides]
    gain[:seams] -= 2 * loud[2 * sides : -1]
    gain[seams:] -= 2 * loud[-1]
    seen = [
        *(agree, gain, loud[: 2 * sides], same, apart, problem),
        *(near * far, np.minimum(problem[seams:sides], problem[sides + seams :]) * far),
        *_looks(every, seams, model, near, far),
        _lengths(clauses),
    ]
    table = np.concatenate(seen, dtype=np.float32).reshape(len(MEASURES), seams)
    pairs = best.reshape(2, 2, seams).transpose(2, 1, 0)
    return table.T, _names(clauses, near.tolist(), far.tolist(), pairs.tolist(), category.labels)


def _looks(every: Floats, seams: int, model: Model, near: Floats, far: Floats) -> list[Floats]:
    """What the clauses of each seam look like (HEADS); their scores stand in `every` as `measures` orders them."""
    opens, begins, closes, ends = (model.heads[name].start for name in HEADS)
    before, after = every[:seams], every[2 * seams : 3 * seams]
    new, further, end = after[:, opens], after[:, begins], before[:, ends]
    ended, will_end = np.maximum.accumulate(end), np.maximum.accumulate(after[::-1, ends])[::-1]
    both = np.minimum(ended, will_end)
    return [
        new,
        before[:, opens],
        np.maximum(new, 0),
        new * near,
        new * far,
        further,
        further * near,
        before[:, closes],
        *(end, end * near, end * far, np.maximum(end, 0) * far),
        *(ended, ended * far, will_end, will_end * far),
        *(both * near, both * far, np.minimum(end, new), np.minimum(end, further)),
    ]


def _lengths(clauses: Sequence[Clause]) -> list[float]:
    sizes = [len(clause.words) for clause in clauses]
    told, more = list(accumulate(sizes)), [0.0] * (len(clauses) - 2)
    each = [size / MANY if size < MANY else 1.0 for size in sizes]
    return [
        *(*each[:-1], *each[1:]),
        *(so_far / MUCH if so_far < MUCH else 1.0 for so_far in told[:-1]),
        *(left / MUCH if (left := told[-1] - so_far) < MUCH else 1.0 for so_far in told[:-1]),
        *(1.0, *more, *more, 1.0),
        *(float(clause.listed) for clause in clauses[1:]),
        *accumulate((float(clause.counts) for clause in clauses[:-1]), max),
        *(float(clause.further) for clause in clauses[1:]),
        *(1.0, *(1.0 for _ in more)),
    ]


def _names(
    clauses: Sequence[Clause], nears: Sequence[float], fars: Sequence[float], pairs: Any, labels: Sequence[str]
) -> list[list[str]]:
    found, many, counted = [], min(len(clauses), FEW), False
    for at, (near, far) in enumerate(zip(nears, fars, strict=True)):
        before, after = clauses[at].words, clauses[at + 1].words
        mark = "new message" if clauses[at + 1].before == FRAGMENT else clauses[at + 1].before
        close, wide = int(near * COARSE), int(far * COARSE)
        counted = counted or clauses[at].counts
        names = [
            *(f"begins {after[:size]}" for size in ENDS),
            *(f"ends {before[-size:]}" for size in ENDS),
            f"mark {mark}",
            f"mark {mark} of {many}",
            f"mark {mark} near {close}",
            f"mark {mark} far {wide}",
            f"near {int(near * FINE)} far {int(far * FINE)}",
            f"begins {after[:2]} near {close}",
            *_alike(before, after),
        ]
        if counted and (clauses[at + 1].further or clauses[at + 1].listed):
            names.append("counted and told on")
        for view, chance, (first, second) in zip(VIEWS, (near, far), pairs[at], strict=True):
            if chance >= CLEAR:
                names.append(f"{view} {labels[first]} then {labels[second]}")
        found.append(names)
    return found


def _alike(before: str, after: str) -> list[str]:
    """How two clauses are made alike, as those of a list without numbers are (缺人 缺钱)."""
    found = []
    if before[0] == after[0]:
        found.append("same begin 2" if before[:2] == after[:2] else "same begin")
    if before[-1] == after[-1]:
        found.append("same end 2" if before[-2:] == after[-2:] else "same end")
    if len(before) <= SHORT and len(after) <= SHORT:
        found.append("both short")
    if len(before) == len(after):
        found.append("as long and short" if len(before) <= SHORT else "as long")
    return found
