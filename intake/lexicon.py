"""Weighted words, patterns and boundary rules that speak for or against a category (domain 2.2, 2.3)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from intake import rules
from intake.categories import Categories
from store.facts import FactError, read

FILE = "lexicon.toml"
STRENGTHS = ("strong", "good", "weak")


@dataclass(slots=True)
class Evidence:
    """What the lexicon found: a score for each category and, for each, what spoke for it and how loudly."""

    scores: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, code: str, reason: str, weight: float) -> None:
        """Count a reason once, however often it stands in the text."""
        known = self.reasons.setdefault(code, {})
        if reason not in known:
            known[reason] = weight
            self.scores[code] = self.scores.get(code, 0.0) + weight


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary rule: it lifts one category and may lower others by the same weight."""

    rule: rules.Rule
    category: str
    weight: float
    less: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by their first two characters, so that cost grows with the text and not with the list."""

    words: dict[str, tuple[tuple[str, str, float], ...]] = field(repr=False)
    patterns: tuple[tuple[str, re.Pattern[str], float], ...] = field(repr=False)
    boundaries: tuple[Boundary, ...] = field(repr=False)

    def evidence(self, text: str) -> Evidence:
        """All that speaks in clean text. Pure."""
        found = Evidence()
        for word, code, weight in self._longest_words(text):
            found.add(code, word, weight)
        for code, pattern, weight in self.patterns:
            for hit in pattern.finditer(text):
                found.add(code, hit.group(), weight)
        for boundary in self.boundaries:
            if boundary.rule.found(text) is not None:
                _apply(boundary, found)
        return found

    def _longest_words(self, text: str) -> Iterator[tuple[str, str, float]]:
        """Words in the text; one that lies inside a longer one does not count."""
        covered = 0
        for start in range(len(text)):
            hits = [hit for size in (2, 1) for hit in self.words.get(text[start : start + size], ())]
            here = [hit for hit in hits if text.startswith(hit[0], start)]
            if not here:
                continue
            longest = max(len(word) for word, _, _ in here)
            if start + longest > covered:
                covered = start + longest
                yield from (hit for hit in here if len(hit[0]) == longest)


def _apply(boundary: Boundary, found: Evidence) -> None:
    found.add(boundary.category, boundary.rule.label, boundary.weight)
    for code in boundary.less:
        found.add(code, boundary.rule.label, -boundary.weight)


def load(categories: Categories, override: Path | None = None) -> Lexicon:
    """The lexicon of lexicon.toml, checked against the categories. Raises FactError."""
    table = read(__file__, FILE, override)
    weights = table.pop("weights", {})
    boundaries = [_boundary(row, categories) for row in table.pop("rule", [])]
    rules.distinct(FILE, (boundary.rule.name for boundary in boundaries))
    words: dict[str, list[tuple[str, str, float]]] = {}
    patterns = []
    for code, entry in table.items():
        categories.check(FILE, code, code)
        for word, weight in _words(code, entry, weights).items():
            words.setdefault(word[:2], []).append((word, code, weight))
        parts = rules.strings(FILE, code, entry, "patterns")
        weight = rules.number(FILE, "weights", weights, "patterns")
        patterns += [(code, rules.pattern(FILE, code, [_in_clause(part)]), weight) for part in parts]
    by_start = {start: tuple(each) for start, each in words.items()}
    return Lexicon(by_start, tuple(patterns), tuple(boundaries))


def _words(code: str, entry: Any, weights: Mapping[str, Any]) -> dict[str, float]:
    if not isinstance(entry, dict):
        raise FactError(f"{FILE}: {code}: must be a table of words")
    known: dict[str, float] = {}
    for strength in (*STRENGTHS, "against"):
        for word in _listed(code, entry.get(strength, "")):
            if word in known:
                raise FactError(f"{FILE}: {code}: {word!r} stands twice")
            known[word] = rules.number(FILE, "weights", weights, strength)
    return known


def _in_clause(part: str) -> str:
    """A dot in a pattern does not reach into the next clause."""
    return part.replace(".", "[^，]")


def _listed(code: str, words: object) -> list[str]:
    """Words of one strength: a text with spaces between them, or a list."""
    each = words.split() if isinstance(words, str) else words
    if not isinstance(each, list) or not all(isinstance(word, str) and word for word in each):
        raise FactError(f"{FILE}: {code}: words must be a text or a list of texts")
    return each


def _boundary(row: Mapping[str, Any], categories: Categories) -> Boundary:
    rule = rules.rule(FILE, row)
    return Boundary(
        rule,
        categories.check(FILE, rule.name, row.get("category")),
        rules.number(FILE, rule.name, row, "weight"),
        tuple(categories.check(FILE, rule.name, code) for code in rules.strings(FILE, rule.name, row, "less")),
    )
