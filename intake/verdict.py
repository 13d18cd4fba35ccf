"""One problem's text becomes a verdict: which category, how surely, and what spoke for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path
from typing import Any

from intake import rules
from intake.categories import Categories
from intake.cut import Cutter
from intake.lexicon import Evidence, Lexicon
from intake.stock import Stock
from store.facts import FactError, read

FILE = "verdict.toml"
LIKELIEST = 3


@dataclass(frozen=True, slots=True)
class Blend:
    """How words and examples are weighed (verdict.toml)."""

    ask: float
    nothing: float
    words: float
    temperature: float
    named: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`confidence` is between 0 and 1; `candidates` are the likeliest categories, best first."""

    category: str
    confidence: float
    because: tuple[str, ...]
    runner_up: str | None
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs the lexicon and the stock of examples against each other."""

    categories: Categories
    lexicon: Lexicon
    stock: Stock
    cutter: Cutter
    blend: Blend

    def verdict(self, text: str) -> Verdict:
        """The verdict on clean text. Pure."""
        evidence = self.lexicon.evidence(text)
        chances = self._chances(text, evidence)
        order = sorted(chances, key=lambda code: -chances[code])
        best, confidence = order[0], chances[order[0]]
        if confidence < self.blend.nothing:
            return self._nothing(order, confidence)
        return Verdict(
            best, round(confidence, 3), self._because(text, best, evidence), order[1], tuple(order[:LIKELIEST])
        )

    def _chances(self, text: str, evidence: Evidence) -> dict[str, float]:
        """A share of certainty for each category; all alike when nothing speaks."""
        examples = self.stock.scores(text)
        scores = {code: score + self.blend.words * evidence.scores.get(code, 0.0) for code, score in examples.items()}
        # Evidence of a long text is not independent: its sum grows faster than what it proves.
        heat = self.blend.temperature * sqrt(1 + len(text) / 40)
        top = max(scores.values())
        odds = {code: exp((score - top) / heat) for code, score in scores.items()}
        whole = sum(odds.values())
        return {code: odd / whole for code, odd in odds.items()}

    def _nothing(self, order: list[str], confidence: float) -> Verdict:
        none = self.categories.none
        others = [code for code in order if code != none]
        candidates = (none, *others[: LIKELIEST - 1])
        return Verdict(none, round(confidence, 3), (f"{FILE}: nothing",), others[0] if others else None, candidates)

    def _because(self, text: str, code: str, evidence: Evidence) -> tuple[str, ...]:
        """Words and rules that spoke loudest; without any, the words whose characters the examples know."""
        reasons = evidence.reasons.get(code, {})
        spoke = sorted((reason for reason in reasons if reasons[reason] > 0), key=lambda reason: -reasons[reason])
        if not spoke:
            words = dict.fromkeys(self.cutter.words(text))
            loudness = {word: self.stock.speaks(word, code) for word in words}
            spoke = sorted((word for word in words if loudness[word] > 0), key=lambda word: -loudness[word])
        return tuple(spoke[: self.blend.named]) or (f"{FILE}: examples",)


def load_blend(override: Path | None = None) -> Blend:
    """The weights of verdict.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    blend = Blend(
        ask=_positive(table, "threshold", "ask"),
        nothing=_positive(table, "threshold", "nothing"),
        words=_positive(table, "blend", "words"),
        temperature=_positive(table, "blend", "temperature"),
        named=int(_positive(table, "because", "words")),
    )
    if not blend.nothing <= blend.ask <= 1:
        raise FactError(f"{FILE}: threshold: needs nothing <= ask <= 1")
    return blend


def _positive(table: Mapping[str, Any], entry: str, key: str) -> float:
    found = table.get(entry)
    if not isinstance(found, dict):
        raise FactError(f"{FILE}: {entry}: is missing")
    value = rules.number(FILE, entry, found, key)
    if value <= 0:
        raise FactError(f"{FILE}: {entry}: {key} must be above 0")
    return value
