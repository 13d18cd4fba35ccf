"""The examples that a text is most like: what a sum of weights is not sure of, they may settle.

A weight has to suit all texts its gram stands in; an example speaks for what it is itself. Found by what texts share,
with an index from grams to examples: no example is looked at that shares nothing rare with the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

NEAREST: Final = 3
"""So many examples are asked."""

SMALL: Final = 1e-6
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Nearest:
    """For the rows of the model, one after another, the examples in which their gram stands (`held`, a row's begin at
    `starts`), how much it proves that two texts share it (`proof`), how much each example could share at most
    (`sizes`, a root), and what each is an example of (`answers`)."""

    held: NDArray[np.int32]
    starts: NDArray[np.int32]
    proof: Floats
    sizes: Floats
    answers: NDArray[np.uint8]

    @classmethod
    def of(
        cls, held: NDArray[np.int32], starts: NDArray[np.int32], proof: Floats, answers: NDArray[np.uint8]
    ) -> "Nearest":
        """Over the examples in which each row's gram stands."""
        shared = np.bincount(held, np.repeat(proof, np.diff(starts)), len(answers))
        return cls(held, starts, proof, np.sqrt(np.maximum(shared, SMALL)).astype(np.float32), answers)

    def votes(self, rows: Sequence[int], least: Sequence[float]) -> Floats:
        """How much the nearest examples are like a text with these rows (0, nothing, to 1, the same, each), summed up
        for each answer. One that is less like it than its answer needs (`least`) says nothing."""
        here = np.unique(np.asarray(rows, np.int32))
        starts, ends = self.starts[here], self.starts[here + 1]
        here, starts, ends = here[ends > starts], starts[ends > starts], ends[ends > starts]
        said = np.zeros(len(least), np.float32)
        if len(here) == 0:
            return said
        held = np.concatenate([self.held[start:end] for start, end in zip(starts, ends, strict=True)])
        near = np.bincount(held, np.repeat(self.proof[here], ends - starts), len(self.answers)) / self.sizes
        size = np.sqrt(self.proof[here].sum())
        for _ in range(min(NEAREST, len(near))):  # sorting them all takes longer
            best = near.argmax()
            answer, like = self.answers[best], near[best] / size
            if like >= least[answer]:
                said[answer] += like
            near[best] = 0
        return said
