"""The public door of understanding: the fragments of a message become kind, problems, grade and urgency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

import numpy as np

from intake import categories, clauses, doubt, grades, kinds, lexicon, model, split, stock, verdict
from intake.categories import Category
from intake.clauses import Clause, span_of, words_of
from intake.model import Floats, Model
from store.facts import FactError


@dataclass(frozen=True, slots=True)
class Problem:
    """One distinct problem. Rules are named as "file: entry"; `urgent_rule` is "" when it is not urgent."""

    category: str
    topic: str
    confidence: float
    because: tuple[str, ...]
    rule: str
    runner_up: str | None
    candidates: tuple[str, ...]
    span: str
    nature: str
    nature_rule: str
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
    reader: clauses.Reader = field(repr=False)
    learnt: Model = field(repr=False)
    _doubt: doubt.Doubt = field(repr=False)
    _splitter: split.Splitter = field(repr=False)
    _kinds: kinds.Kinds = field(repr=False)
    _judge: verdict.Judge = field(repr=False)
    _grades: grades.Grades = field(repr=False)

    @classmethod
    def load(cls, override: Path | None = None, cache: Path | None = None) -> "Analyser":
        """Read every file (from `override` where it holds one) and check it. `cache`: see `intake.cut`.

        Raises FactError, also when the model was not trained on the example files that lie there.
        """
        learnt = model.load(override)
        if learnt.trained_on != stock.digest(override):
            raise FactError(f"{model.FILE}: the example files have changed since it was trained; run: lianxin train")
        return cls.of(learnt, override, cache)

    @classmethod
    def of(cls, learnt: Model, override: Path | None = None, cache: Path | None = None) -> "Analyser":
        """The same with a model that is not (yet) the one on file. Raises FactError."""
        known = categories.load(override)
        heads = learnt.heads
        if heads["category"].labels != tuple(known.by_code):
            raise FactError(f"{model.FILE}: knows other categories than {categories.FILE}; run: lianxin train")
        words = lexicon.load(known, override)
        blend = verdict.load_blend(override)
        splitter = split.load(learnt, override)
        marks = grades.load(known, heads, override)
        # The dictionary of jieba comes last: it takes a third of a second, and a mistake above should show at once.
        reader = clauses.load(override, cache)
        talk = kinds.load(reader.cleaner, heads["kind"], override)
        judge = verdict.Judge(known, words, learnt, heads["category"], blend)
        return cls(known, reader, learnt, doubt.load(learnt, override), splitter, talk, judge, marks)

    @property
    def categories(self) -> Mapping[str, Category]:
        """The categories by code, in display order."""
        return self._categories.by_code

    @property
    def topics(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the sub-topics of each category."""
        return self._judge.lexicon.topics

    def weight_of(self, word: str, category: str) -> float:
        """What a word, with all that lies in it, weighs for a category in the model."""
        head = self.learnt.heads["category"]
        return self.learnt.spoken(word, head.start + head.labels.index(category))

    def topic_of(self, category: str, text: str) -> str:
        """The sub-topic of a category that the words of a text speak for; "" when none is known."""
        return self._judge.lexicon.evidence(self.reader.cleaner.clean(text)).topic(category) or ""

    @property
    def threshold(self) -> float:
        """Below this confidence the coordinator decides, not the classifier."""
        return self._judge.blend.ask

    def category_named(self, text: str) -> str | None:
        """The code that a code, label or synonym names, or None."""
        return self._categories.named(self.reader.cleaner.clean(text))

    def analyse(self, messages: Sequence[str], *, bound: bool = False) -> Analysis:
        """What these fragments, in the order sent, say together. Who is `bound` to an enterprise is no resident.
        Never raises for any text."""
        text = "\n".join(messages)
        read = self.reader.read(text)
        totals = self.learnt.totals([clause.look for clause in read])
        total = totals.sum(axis=0, keepdims=True)
        spans = self._kinds.stretches(read)
        every = self.learnt.scores(np.concatenate([totals, total, sums_of(totals, spans)]))
        whole = every[len(read)]
        self._doubt.settle(whole, [clause.look for clause in read])
        kind = self._kinds.kind(text, read, every, spans, bound=bound)
        if not kind.telling:
            return Analysis(kind.code, kind.because, None, kind.code == "emergency", ())
        telling, told = read, totals
        if len(kind.telling) < len(read):
            telling, told = [read[at] for at in kind.telling], totals[list(kind.telling)]
        pieces = self._splitter.pieces(telling, told)
        if len(pieces) == 1 and len(telling) == len(read):
            problems: tuple[Problem, ...] = (self._problem(text, read, total[0], whole),)
        else:
            sums = np.array([told[piece].sum(axis=0) for piece in pieces])
            each = zip(pieces, sums, self.learnt.scores(sums), strict=True)
            problems = tuple(self._problem(text, [telling[at] for at in piece], *said) for piece, *said in each)
        nature = self._grades.nature(whole)
        return Analysis(kind.code, kind.because, nature, any(problem.urgent for problem in problems), problems)

    def _problem(self, text: str, piece: list[Clause], total: Floats, scores: Floats) -> Problem:
        words, cut = words_of(piece), [word for clause in piece for word in clause.look.words]
        said = self._judge.verdict(words, cut, scores, sqrt(total[-1]) or 1.0)
        judged = self._grades.judge(words, scores, said)
        return Problem(
            category=said.category,
            topic=said.topic,
            confidence=said.confidence,
            because=said.because,
            rule=said.rule,
            runner_up=said.runner_up,
            candidates=said.candidates,
            span=span_of(text, piece),
            nature=judged.nature,
            nature_rule=judged.nature_rule,
            urgent=judged.urgent,
            urgent_rule=judged.urgent_rule,
            grade=judged.grade,
            grade_rule=judged.grade_rule,
        )


def sums_of(totals: Floats, spans: Sequence[kinds.Span]) -> Floats:
    """The sum of each span of rows, in time that does not depend on how long they are."""
    summed = np.zeros((len(totals) + 1, totals.shape[1]), np.float32)
    np.cumsum(totals, axis=0, out=summed[1:])
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    found: Floats = summed.take(ends, axis=0) - summed.take(starts, axis=0)
    return found
