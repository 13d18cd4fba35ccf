"""Sub-topics with their words, and boundary rules, that speak for or against a category (domain 2.2, 2.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from intake import rules
from intake.categories import Categories
from intake.phrases import Match, Phrases
from store.facts import FactError, read

FILE = "lexicon.toml"
STRENGTHS = ("strong", "good", "against")


@dataclass(slots=True)
class Evidence:
    """What the lexicon found: a score for each category, what spoke for it and how loudly, and for its sub-topics."""

    scores: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, dict[str, float]] = field(default_factory=dict)
    topics: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, code: str, reason: str, weight: float, topic: str | None = None) -> None:
        """Count a reason once, however often it stands in the text."""
        known = self.reasons.setdefault(code, {})
        if reason not in known:
            known[reason] = weight
            self.scores[code] = self.scores.get(code, 0.0) + weight
        if topic is not None:
            spoken = self.topics.setdefault(code, {})
            spoken[topic] = spoken.get(topic, 0.0) + weight

    def topic(self, code: str) -> str | None:
        """The sub-topic of a category that most speaks for."""
        spoken = self.topics.get(code, {})
        best = max(spoken, key=lambda topic: spoken[topic], default=None)
        return best if best is not None and spoken[best] > 0 else None


@dataclass(frozen=True, slots=True)
class Word:
    """What a word of the lexicon says."""

    category: str
    topic: str
    weight: float


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary rule: it lifts one category and may lower others by the same weight."""

    rule: rules.Rule
    category: str
    weight: float
    less: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words and rules, found in one pass."""

    phrases: Phrases[Word | rules.Part] = field(repr=False)
    boundaries: tuple[Boundary, ...] = field(repr=False)
    topics: Mapping[str, tuple[str, ...]]

    def evidence(self, text: str) -> Evidence:
        """All that speaks in clean text. A word that lies inside a longer one of the lexicon does not count. Pure."""
        found = Evidence()
        matches = self.phrases.find(text)
        words = [match for match in matches if isinstance(match.key, Word)]
        for match in _longest(words):
            word = match.key
            assert isinstance(word, Word)
            found.add(word.category, match.words, word.weight, word.topic)
        parts = rules.parts_of(matches)
        for boundary in self.boundaries if parts else ():
            if boundary.rule.holds(parts) is not None:
                found.add(boundary.category, boundary.rule.label, boundary.weight)
                for code in boundary.less:
                    found.add(code, boundary.rule.label, -boundary.weight)
        return found


def _longest(matches: Iterable[Match[Any]]) -> list[Match[Any]]:
    kept: list[Match[Any]] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        inside = kept and match.end <= kept[-1].end and (match.start, match.end) != (kept[-1].start, kept[-1].end)
        if not inside:
            kept.append(match)
    return kept


def load(categories: Categories, override: Path | None = None) -> Lexicon:
    """The lexicon of lexicon.toml, checked against the categories. Raises FactError."""
    table = read(__file__, FILE, override)
    weights = table.get("weights", {})
    lists: dict[Word | rules.Part, Sequence[str]] = {}
    topics: dict[str, tuple[str, ...]] = dict.fromkeys(categories.by_code, ())
    taken: dict[str, tuple[str, str]] = {}
    for row in rules.rows(FILE, table, "topic"):
        name = rules.text(FILE, row, "name")
        code = categories.check(FILE, name, row.get("category"))
        topics[code] += (name,)
        for strength in STRENGTHS:
            weight = rules.number(FILE, "weights", weights, strength)
            words = rules.words(FILE, name, row, strength)
            for word in words:
                _refuse_contradiction(taken, word, code, name, strength)
            lists[Word(code, name, weight)] = words
    rules.distinct(FILE, (topic for names in topics.values() for topic in names))
    boundaries = tuple(_boundary(row, categories) for row in rules.rows(FILE, table, "rule"))
    rules.distinct(FILE, (boundary.rule.name for boundary in boundaries))
    for boundary in boundaries:
        for part, phrases in boundary.rule.lists.items():
            lists[part] = phrases
    return Lexicon(Phrases(lists), boundaries, topics)


def _refuse_contradiction(taken: dict[str, tuple[str, str]], word: str, code: str, name: str, strength: str) -> None:
    """A word may speak for one category only, and for or against it, not both; it stands in one place."""
    where = f"{word} {code}" if strength == "against" else word
    for known in (where, f"{word} {code}"):
        if known in taken:
            other, topic = taken[known]
            raise FactError(f"{FILE}: {name}: {word!r} already stands under {other} {topic}")
    taken[where] = (code, name)


def _boundary(row: Mapping[str, Any], categories: Categories) -> Boundary:
    rule = rules.rule(FILE, row)
    return Boundary(
        rule,
        categories.check(FILE, rule.name, row.get("category")),
        rules.number(FILE, rule.name, row, "weight"),
        tuple(categories.check(FILE, rule.name, code) for code in rules.strings(FILE, rule.name, row, "less")),
    )
