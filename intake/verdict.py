"""One problem's text becomes a verdict: which category, how surely, and what spoke for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from pathlib import Path
from typing import Any

from intake import rules
from intake.categories import Categories
from intake.clean import CHINESE
from intake.grams import WORD
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

    def verdict(self, text: str, grams: Sequence[str], scored: Floats, length: float) -> Verdict:
        """The verdict on clean text, of which `grams` are the pieces; `scored` and `length` (the root of the sum of
        the squares of their rarity) are what the model makes of them. Pure."""
        evidence, weight = self.lexicon.evidence(text), self.words_weight
        scores = dict(zip(self.head.labels, self.head.of(scored).tolist(), strict=True))
        for code, score in evidence.scores.items():
            scores[code] += weight * score
        order = sorted(scores, key=lambda code: -scores[code])
        best = order[0]
        odds = {code: exp(self.head.sharpness * (scores[code] - scores[best])) for code in order}
        confidence = round(1 / sum(odds.values()), 3)
        if confidence < self.blend.nothing or (not evidence.scores and self._unread(text, grams)):
            return self._nothing(order, confidence)
        reasons = self._because(best, grams, length, evidence)
        because = tuple(reason.name for reason in reasons) or (f"{FILE}: examples",)
        topic = evidence.topic(best) or ""
        close = tuple(code for code in order if odds[code] >= self.blend.close)
        candidates = tuple(order[:LIKELIEST])
        return Verdict(best, confidence, because, _rule(reasons), order[1], candidates, close, topic)

    def _unread(self, text: str, grams: Sequence[str]) -> bool:
        """Latin letters alone prove nothing; it takes words that examples have."""
        words = dict.fromkeys(gram for gram in grams if gram.startswith(WORD))
        return CHINESE.search(text) is None and len(self.model.known(list(words))) < LATIN_WORDS

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

    def _because(self, code: str, grams: Sequence[str], length: float, evidence: Evidence) -> list[Reason]:
        """What spoke for a category: the rules, then the loudest words, known to the lexicon, the model, or both."""
        column = self.head.start + self.head.labels.index(code)
        spoke = {
            word: self.model.spoken(word, column) / length
            for word in (gram[len(WORD) :] for gram in grams if gram.startswith(WORD))
        }
        lexicon = evidence.reasons.get(code, {})
        for word, points in lexicon.items():
            spoke[word] = spoke.get(word, 0.0) + self.words_weight * points
        rules = [name for name in lexicon if ":" in name and lexicon[name] > 0]
        words = sorted((word for word in spoke if ":" not in word), key=lambda word: -spoke[word])
        least = max(self.blend.least * spoke[words[0]], 0.0) if words else 0.0
        told = [*rules, *(word for word in words if spoke[word] > least)][: self.blend.named]
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
        words=_positive(table, "blend", "words"),
        half=_positive(table, "blend", "half"),
        named=int(_positive(table, "because", "words")),
        least=rules.chance(FILE, table, "because", "least"),
    )
    if blend.nothing > blend.ask:
        raise FactError(f"{FILE}: threshold: nothing must not be above ask")
    return blend


def _positive(table: Mapping[str, Any], entry: str, key: str) -> float:
    found = table.get(entry)
    if not isinstance(found, dict):
        raise FactError(f"{FILE}: {entry}: is missing")
    value = rules.number(FILE, entry, found, key)
    if value <= 0:
        raise FactError(f"{FILE}: {entry}: {key} must be above 0")
    return value
