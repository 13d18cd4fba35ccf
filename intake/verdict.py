"""One problem's text becomes a verdict: which category, how surely, and what spoke for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp
from pathlib import Path

from intake import rules
from intake.categories import Categories
from intake.clean import CHINESE
from intake.lexicon import FILE as FROM_LEXICON
from intake.lexicon import Evidence, Lexicon
from intake.model import FILE as FROM_MODEL
from intake.model import Floats, Head, Model
from store.facts import FactError, read

FILE = "verdict.toml"
LIKELIEST = 3
LATIN_WORDS = 2
"""So many known words a text without Chinese needs, to say anything."""


@dataclass(frozen=True, slots=True)
class Blend:
    """How words and model are weighed (verdict.toml)."""

    ask: float
    nothing: float
    close: float
    words: float
    half: float
    named: int
    least: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """`confidence` is between 0 and 1; `candidates` are the likeliest categories, best first, and `close` those that
    are nearly as likely; `topic` may be "".

    `rule` says which file each of `because` comes from ("file: entry").
    """

    category: str
    confidence: float
    because: tuple[str, ...]
    rule: str
    runner_up: str | None
    candidates: tuple[str, ...]
    close: tuple[str, ...]
    topic: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule or a word that spoke, and the file that knows it."""

    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs the lexicon and the model against each other."""

    categories: Categories
    lexicon: Lexicon
    model: Model = field(repr=False)
    head: Head
    blend: Blend

    @property
    def words_weight(self) -> float:
        """What a point of the lexicon weighs beside the model: less, the more examples the model has learned from."""
        return self.blend.words * self.blend.half / (self.blend.half + self.model.examples / len(self.head.labels))

    def verdict(self, text: str, words: Sequence[str], scored: Floats, length: float) -> Verdict:
        """The verdict on clean text, in which jieba finds `words`; `scored` and `length` (the root of the sum of
        the squares of their rarity) are what the model makes of them. Pure."""
        evidence, weight = self.lexicon.evidence(text), self.words_weight
        scores: dict[str, float] = dict(zip(self.head.labels, self.head.of(scored).tolist(), strict=True))
        for code, score in evidence.scores.items():
            scores[code] += weight * score
        order = sorted(scores, key=scores.__getitem__, reverse=True)
        best, sharpness = order[0], self.head.sharpness
        most = scores[best]
        odds = {code: exp(sharpness * (scores[code] - most)) for code in order}
        confidence = round(1 / sum(odds.values()), 3)
        if confidence < self.blend.nothing or (not evidence.scores and self._unread(text, words)):
            return self._nothing(order, confidence)
        reasons = self._because(best, words, length, evidence)
        because = tuple(reason.name for reason in reasons) or (f"{FILE}: examples",)
        topic = evidence.topic(best) or ""
        close = tuple(code for code in order if odds[code] >= self.blend.close)
        candidates = tuple(order[:LIKELIEST])
        return Verdict(best, confidence, because, _rule(reasons), order[1], candidates, close, topic)

    def _unread(self, text: str, words: Sequence[str]) -> bool:
        """Latin letters alone prove nothing; it takes words that examples have."""
        return CHINESE.search(text) is None and sum(word in self.model.words for word in {*words}) < LATIN_WORDS

    def _nothing(self, order: list[str], confidence: float) -> Verdict:
        none = self.categories.none
        others = [code for code in order if code != none]
        candidates = (none, *others[: LIKELIEST - 1])
        return Verdict(
            none,
            confidence,
            (f"{FILE}: nothing",),
            f"{FILE}: nothing",
            others[0],
            candidates,
            close=(none,),
            topic="",
        )

    def _because(self, code: str, words: Sequence[str], length: float, evidence: Evidence) -> list[Reason]:
        """What spoke for a category: the rules, then the loudest words, known to the lexicon, the model, or both."""
        column, spoken = self.head.start + self.head.labels.index(code), self.model.spoken
        spoke = {word: spoken(word, column) / length for word in words}
        lexicon = evidence.reasons.get(code, {})
        rules = []
        for name, points in lexicon.items():
            if ":" not in name:
                spoke[name] = spoke.get(name, 0.0) + self.words_weight * points
            elif points > 0:
                rules.append(name)
        loudest = sorted(spoke, key=spoke.__getitem__, reverse=True)
        least = max(self.blend.least * spoke[loudest[0]], 0.0) if loudest else 0.0
        told = [*rules, *(word for word in loudest if spoke[word] > least)][: self.blend.named]
        return [Reason(name, FROM_LEXICON if name in lexicon else FROM_MODEL) for name in told]


def _rule(reasons: Sequence[Reason]) -> str:
    """The reasons with the files they come from."""
    told = [reason.name for reason in reasons if ":" in reason.name]
    for file in (FROM_LEXICON, FROM_MODEL):
        words = [reason.name for reason in reasons if reason.file == file and ":" not in reason.name]
        told += [f"{file}: {'、'.join(words)}"] if words else []
    return "; ".join(told) or f"{FROM_MODEL}: examples"


def load_blend(override: Path | None = None) -> Blend:
    """The weights of verdict.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    blend = Blend(
        ask=rules.chance(FILE, table, "threshold", "ask"),
        nothing=rules.chance(FILE, table, "threshold", "nothing"),
        close=rules.chance(FILE, table, "threshold", "close"),
        words=rules.positive(FILE, table, "blend", "words"),
        half=rules.positive(FILE, table, "blend", "half"),
        named=int(rules.positive(FILE, table, "because", "words")),
        least=rules.chance(FILE, table, "because", "least"),
    )
    if blend.nothing > blend.ask:
        raise FactError(f"{FILE}: threshold: nothing must not be above ask")
    return blend
