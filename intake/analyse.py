"""The public door of understanding: the fragments of a message become kind, problems, grade and urgency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intake import categories, clean, cut, grades, kinds, lexicon, split, stock, verdict
from intake.categories import Category
from intake.split import Clause, span_of, words_of
from intake.verdict import Verdict

EXAMPLES = "examples.jsonl"


@dataclass(frozen=True, slots=True)
class Problem:
    """One distinct problem. Rules are named as "file: entry"; `urgent_rule` is "" when it is not urgent."""

    category: str
    confidence: float
    because: tuple[str, ...]
    runner_up: str | None
    candidates: tuple[str, ...]
    span: str
    nature: str
    urgent: bool
    urgent_rule: str
    grade: int
    grade_rule: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a message says. `problems` is empty unless the kind is "problem"."""

    kind: str
    kind_because: tuple[str, ...]
    nature: str | None
    urgent: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Analyser:
    """Everything loaded and checked once. Pure from then on, and safe to share between threads."""

    _categories: categories.Categories = field(repr=False)
    _splitter: split.Splitter = field(repr=False)
    _kinds: kinds.Kinds = field(repr=False)
    _judge: verdict.Judge = field(repr=False)
    _grades: grades.Grades = field(repr=False)

    @classmethod
    def load(cls, override: Path | None = None) -> "Analyser":
        """Read every file (from `override` where it holds one) and check it. Raises FactError."""
        known = categories.load(override)
        cleaner = clean.load(override)
        words = lexicon.load(known, override)
        rows = stock.read_rows(EXAMPLES, override)
        examples = stock.labelled(rows, "category", known.by_code)
        splitter = split.load(cleaner, words, override)
        talk = kinds.load(cleaner, words, examples, override)
        marks = grades.load(known, cleaner, rows, override)
        blend = verdict.load_blend(override)
        learnt = stock.learn(examples, known.by_code, cleaner)
        # The dictionary of jieba comes last: it takes half a second, and a mistake above should show at once.
        judge = verdict.Judge(known, words, learnt, cut.load(override), blend)
        return cls(known, splitter, talk, judge, marks)

    @property
    def categories(self) -> Mapping[str, Category]:
        """The categories by code, in display order."""
        return self._categories.by_code

    @property
    def threshold(self) -> float:
        """Below this confidence the coordinator decides, not the classifier."""
        return self._judge.blend.ask

    def category_named(self, text: str) -> str | None:
        """The code that a code, label or synonym names, or None."""
        return self._categories.named(self._splitter.cleaner.clean(text))

    def grade_label(self, grade: int) -> str:
        """The office's own name of a grade 1 to 4 (domain 4.1: the letters differ from place to place)."""
        return self._grades.label(grade)

    def analyse(self, messages: Sequence[str]) -> Analysis:
        """What these fragments, in the order sent, say together. Never raises for any text."""
        text = "\n".join(messages)
        clauses = self._splitter.clauses(text)
        kind = self._kinds.kind(text, clauses)
        if not kind.telling:
            return Analysis(kind.code, kind.because, None, kind.code == "emergency", ())
        pieces = self._distinct(kind.telling)
        problems = tuple(self._problem(text, piece, said) for piece, said in pieces)
        nature = self._grades.nature(words_of(clauses))
        return Analysis(kind.code, kind.because, nature, any(problem.urgent for problem in problems), problems)

    def _distinct(self, telling: Sequence[Clause]) -> list[tuple[list[Clause], Verdict]]:
        """Pieces of different categories; the same category again only when the writer numbers it."""
        found: list[tuple[list[Clause], Verdict]] = []
        place: dict[str, int] = {}
        grown: set[int] = set()
        for piece in self._splitter.pieces(telling):
            said = self._judge.verdict(words_of(piece))
            if said.category in place and not self._splitter.keeps(piece[0]):
                grown.add(place[said.category])
                found[place[said.category]][0].extend(piece)
            else:
                place[said.category] = len(found)
                found.append((piece, said))
        return [
            (piece, self._judge.verdict(words_of(piece)) if at in grown else said)
            for at, (piece, said) in enumerate(found)
        ]

    def _problem(self, text: str, piece: Sequence[Clause], said: Verdict) -> Problem:
        words = words_of(piece)
        nature = self._grades.nature(words)
        urgent_rule = self._grades.urgent_rule(words)
        grade, grade_rule = self._grades.grade(words, nature, said, self.threshold)
        return Problem(
            category=said.category,
            confidence=said.confidence,
            because=said.because,
            runner_up=said.runner_up,
            candidates=said.candidates,
            span=span_of(text, piece),
            nature=nature,
            urgent=bool(urgent_rule),
            urgent_rule=urgent_rule,
            grade=grade,
            grade_rule=grade_rule,
        )
