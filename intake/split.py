"""Messages become clauses, clauses become pieces, each perhaps a problem of its own (domain rule 2)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intake import rules
from intake.clean import Cleaner
from intake.lexicon import Lexicon
from store.facts import FactError, read

FILE = "split.toml"


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the original text (`start` to `end`) with its clean words.

    `opens`: a new sentence or fragment begins here. `marker`: "" or the name of the marker it begins with.
    """

    start: int
    end: int
    words: str
    opens: bool
    marker: str


@dataclass(frozen=True, slots=True)
class Marker:
    """Words that begin a further problem; with `keep` it is one even in the same category."""

    name: str
    keep: bool
    pattern: re.Pattern[str]


@dataclass(slots=True)
class Piece:
    """Clauses that belong together, and what their words say for each category."""

    clauses: list[Clause] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)

    def join(self, clauses: Sequence[Clause], scores: Mapping[str, float]) -> None:
        """Take in more clauses. Scores are added up, so that long messages cost no more than their length."""
        self.clauses.extend(clauses)
        for code, score in scores.items():
            self.scores[code] = self.scores.get(code, 0.0) + score

    @property
    def loudest(self) -> float:
        """The highest score of any category."""
        return max(self.scores.values(), default=0.0)


@dataclass(frozen=True, slots=True)
class Splitter:
    """Cuts text by marks, markers and change of topic."""

    cleaner: Cleaner
    lexicon: Lexicon
    clause_end: re.Pattern[str]
    markers: tuple[Marker, ...]
    least: float
    margin: float
    alone: float

    def clauses(self, text: str) -> list[Clause]:
        """The clauses of the original text in order; marks and empty stretches are left out."""
        plain = self.cleaner.plain(text)
        cuts = self._cuts(plain)
        found = []
        for (start, marker), (end, _) in zip(cuts, [*cuts[1:], (len(plain), "")], strict=True):
            stretch = self.clause_end.sub(" ", plain[start:end])
            words = self.cleaner.clean(stretch)
            if words:
                found.append(Clause(start, end, words, _opens(plain, start), marker))
        return found

    def _cuts(self, plain: str) -> list[tuple[int, str]]:
        """Where clauses begin, each with its marker's name."""
        cuts = {0: ""} | {mark.end(): "" for mark in self.clause_end.finditer(plain)}
        for marker in self.markers:
            cuts |= {hit.start(): marker.name for hit in marker.pattern.finditer(plain)}
        return sorted(cuts.items())

    def keeps(self, clause: Clause) -> bool:
        """Whether a problem that begins here stays one of its own even in the same category."""
        return any(marker.keep for marker in self.markers if marker.name == clause.marker)

    def pieces(self, clauses: Sequence[Clause]) -> list[list[Clause]]:
        """Clauses grouped so that each group may be a problem; a group too weak to stand joins the one before."""
        groups: list[Piece] = []
        for clause in clauses:
            scores = self.lexicon.evidence(clause.words).scores
            if not groups or clause.marker or (clause.opens and self._other_topic(groups[-1].scores, scores)):
                groups.append(Piece())
            groups[-1].join([clause], scores)
        return [group.clauses for group in self._without_weak(groups)]

    def _without_weak(self, groups: Sequence[Piece]) -> list[Piece]:
        strong: list[Piece] = []
        for group in groups:
            if strong and min(group.loudest, strong[-1].loudest) < self.alone:
                strong[-1].join(group.clauses, group.scores)
            else:
                strong.append(group)
        return strong

    def _other_topic(self, before: Mapping[str, float], after: Mapping[str, float]) -> bool:
        """Both sides speak loudly, for different categories, and neither says much for the other's."""
        if not before or not after:
            return False
        left, right = max(before, key=before.__getitem__), max(after, key=after.__getitem__)
        return (
            left != right
            and min(before[left], after[right]) >= self.least
            and before[left] - before.get(right, 0.0) >= self.margin
            and after[right] - after.get(left, 0.0) >= self.margin
        )


def words_of(clauses: Sequence[Clause]) -> str:
    """The clean words of several clauses as one text."""
    return "，".join(clause.words for clause in clauses)


def span_of(text: str, clauses: Sequence[Clause]) -> str:
    """The stretches of the original text that these clauses cover; what lies between is left out."""
    runs: list[list[int]] = []
    for clause in clauses:
        if runs and text[runs[-1][1] : clause.start].strip() == "":
            runs[-1][1] = clause.end
        else:
            runs.append([clause.start, clause.end])
    return "\n".join(text[start:end].strip() for start, end in runs)


def _opens(plain: str, start: int) -> bool:
    before = plain[:start].rstrip(" ")[-1:]
    return start > 0 and before in "\n。！？!?"


def load(cleaner: Cleaner, lexicon: Lexicon, override: Path | None = None) -> Splitter:
    """The splitter of split.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    topic = table.get("topic")
    if not isinstance(topic, dict):
        raise FactError(f"{FILE}: topic: is missing")
    end = rules.text(FILE, table, "clause_end")
    markers = tuple(
        Marker(
            rules.text(FILE, row, "name"),
            row.get("keep") is True,
            rules.pattern(FILE, rules.text(FILE, row, "name"), rules.strings(FILE, "marker", row, "any")),
        )
        for row in rules.rows(FILE, table, "marker")
    )
    rules.distinct(FILE, (marker.name for marker in markers))
    least, margin, alone = (rules.number(FILE, "topic", topic, key) for key in ("least", "margin", "alone"))
    return Splitter(cleaner, lexicon, rules.pattern(FILE, "clause_end", [end]), markers, least, margin, alone)
