"""Is this the same matter as an open item, of the same enterprise or of others?

Two texts are alike as far as they share rare pairs of characters and speak for the same category. What other
enterprises say is found by the few words that tell a text apart, kept in an index, so that the cost of a message does
not grow with what is stored.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from math import sqrt
from pathlib import Path

from intake import rules
from intake.clauses import Reader, words_of
from intake.forwarded import without_speakers
from intake.grams import WORD, grams
from intake.model import Floats, Model
from intake.phrases import Phrases
from store.facts import FactError, read

FILE = "twins.toml"
LEAST_WORD, LONGEST_WORD = 2, 20
SURE = 0.9
"""Categories agree: both texts surely speak of the same one."""
KEPT = 1000
"""So many texts are kept ready to be compared: the open items of an enterprise are compared with all it tells."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a text says, ready to be compared: how much each pair of characters and each word proves, and the chances
    of its categories. `again`: it says that something is still so, or has come back."""

    pairs: dict[str, float] = field(repr=False)
    words: dict[str, float]
    chances: Floats = field(repr=False)
    again: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are, 0 to 1, how far their categories agree, 0 to 1, and the words they share, the rarest
    first, with how much these prove."""

    score: float
    agree: float
    shared: tuple[str, ...]
    proof: float


@dataclass(frozen=True, slots=True)
class Twins:
    """The settings of twins.toml. `told` makes a text ready to be compared."""

    told: Callable[[str], Told] = field(repr=False)
    same: float
    same_again: float
    proof_again: float
    meant: float
    batch: float
    words: int
    enterprises: int
    days: int

    def likeness(self, left: Told, right: Told) -> Likeness:
        """How alike two texts are. Pure and symmetric."""
        shared = left.words.keys() & right.words.keys()
        common = sum(sqrt(left.pairs[pair] * right.pairs[pair]) for pair in left.pairs.keys() & right.pairs.keys())
        size = sqrt(sum(left.pairs.values()) * sum(right.pairs.values()))
        agree = float(left.chances @ right.chances)
        rarest = tuple(sorted(shared, key=lambda word: (-left.words[word], word)))
        proof = sum(left.words[word] for word in shared)
        return Likeness(agree * common / size if size else 0.0, agree, rarest, proof)

    def same_matter(self, told: Told, like: Likeness) -> bool:
        """Whether what is told is so like an open item that it is worth asking. Who says that something is still so
        needs fewer words in common."""
        if told.again and (like.score >= self.same_again or (like.agree >= SURE and like.proof >= self.proof_again)):
            return True
        return like.score >= self.same

    def nearest(self, told: Told, others: Sequence[Told], least: float) -> int | None:
        """The place of the most alike of some texts, if it is at least so much alike."""
        scores = [self.likeness(told, other).score for other in others]
        best = max(range(len(scores)), key=scores.__getitem__, default=None)
        return best if best is not None and scores[best] >= least else None

    def telling(self, told: Told) -> tuple[str, ...]:
        """The words by which a text is found again among many: its rarest."""
        return tuple(sorted(told.words, key=lambda word: (-told.words[word], word))[: self.words])

    def proves(self, told: Told, shared: Iterable[str]) -> bool:
        """Whether so many so rare words in common make two items worth looking at together."""
        return sum(told.words.get(word, 0.0) for word in shared) >= self.batch


def _told(reader: Reader, model: Model, again: Phrases[bool], text: str) -> Told:
    clauses = reader.read(without_speakers(text))
    seen = [gram for clause in clauses for gram in grams(clause.look)]
    pairs = Counter(gram for gram in seen if len(gram) == 2 and " " not in gram and gram[0] != WORD)
    words = {gram[1:] for gram in seen if gram.startswith(WORD) and LEAST_WORD < len(gram) <= LONGEST_WORD}
    head, total = model.heads["category"], model.totals([clause.look for clause in clauses]).sum(axis=0)
    return Told(
        {pair: times * model.rarity(pair) for pair, times in pairs.items()},
        {word: model.rarity(WORD + word) for word in words},
        head.chances(head.of(model.scores(total))),
        bool(again.find(words_of(clauses))),
    )


def load(reader: Reader, model: Model, override: Path | None = None) -> Twins:
    """The settings of twins.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    counts = {key: table.get(key) for key in ("words", "enterprises", "days")}
    for key, count in counts.items():
        least = 2 if key == "enterprises" else 1
        if not isinstance(count, int) or count < least:
            raise FactError(f"{FILE}: {key}: must be a whole number of at least {least}")
    names = ("same", "same_again", "proof_again", "meant", "batch")
    numbers = {key: rules.number(FILE, key, table, key) for key in names}
    again = Phrases({True: rules.words(FILE, "again", table, "again")})
    told = lru_cache(KEPT)(partial(_told, reader, model, again))
    return Twins(told, **numbers, **counts)  # type: ignore[arg-type]
