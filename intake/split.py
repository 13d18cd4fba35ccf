"""One burst becomes the pieces that are problems of their own (domain rule 2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp
from pathlib import Path

import numpy as np

from intake import rules
from intake.clauses import FILE, Clause
from intake.model import Floats, Model
from intake.seams import measures
from store.facts import read


@dataclass(frozen=True, slots=True)
class Splitter:
    """Weighs the seams between clauses with what was learned from labelled bursts."""

    model: Model = field(repr=False)
    measured: Floats = field(repr=False)
    apart: float
    again: float
    numbered: float
    same: float
    most: int

    def pieces(self, clauses: Sequence[Clause], totals: Floats) -> list[list[int]]:
        """The places of clauses, grouped so that each group is a problem. Takes time like their number."""
        pieces, sure = [[0]], [1.0]
        chances = self._chances(clauses, totals)
        needed = min(self.again, self.apart) if max(chances, default=0.0) >= self.apart else self.apart
        for at, chance in enumerate(chances, 1):
            least = min(needed, self.numbered) if clauses[at].listed else needed
            if chance >= least and len(pieces) < self.most and not clauses[at].calls:
                pieces.append([])
                sure.append(chance)
            pieces[-1].append(at)
        return self._distinct(pieces, sure, clauses, totals)

    def _chances(self, clauses: Sequence[Clause], totals: Floats) -> list[float]:
        """For each seam the chance that it separates two problems."""
        if len(clauses) < 2:
            return []
        known = totals[:, -1].cumsum()
        table, names = measures(clauses, totals, self.model)
        measured, weight = (table @ self.measured).tolist(), self.model.seams.named.get
        sums = (said + sum([weight(name, 0.0) for name in each]) for said, each in zip(measured, names, strict=True))
        chances = [1 / (1 + exp(-max(-30.0, min(30.0, each)))) for each in sums]
        # Where nobody has seen anything before or behind, there is nothing to tell apart, unless it is counted.
        sides = zip(chances, known.tolist(), clauses[1:], strict=False)
        return [each if 0 < before < known[-1] or after.listed else 0.0 for each, before, after in sides]

    def _distinct(
        self, pieces: list[list[int]], sure: list[float], clauses: Sequence[Clause], totals: Floats
    ) -> list[list[int]]:
        """Mostly the same category again is the same matter told on; not when it is listed, or the seam is clear."""
        if len(pieces) == 1:
            return pieces
        sums = np.array([totals[piece].sum(axis=0) for piece in pieces])
        said = self.model.heads["category"].of(self.model.scores(sums)).argmax(axis=1)
        kept: list[list[int]] = []
        place: dict[int, int] = {}
        for piece, category, chance in zip(pieces, said.tolist(), sure, strict=True):
            again = place.get(category)
            first = clauses[piece[0]]
            if again is not None and chance < self.same and not first.listed and not first.further:
                kept[again] += piece
            else:
                place[category] = len(kept)
                kept.append(piece)
        return kept


def load(model: Model, override: Path | None = None) -> Splitter:
    """The settings of split.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    apart, again, numbered, same = (
        rules.chance(FILE, table, "seam", key) for key in ("apart", "again", "numbered", "same")
    )
    most = rules.whole(FILE, table, "seam", "most")
    return Splitter(model, np.array(model.seams.measured, np.float32), apart, again, numbered, same, most)
