"""What kind of message this is: a problem, or one of twelve others."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from intake import rules
from intake.clauses import Clause, words_of
from intake.clean import CHINESE, Cleaner
from intake.model import FILE as MODEL
from intake.model import Floats, Head
from intake.phrases import Phrases
from intake.stock import KINDS
from store.facts import FactError, read

FILE = "kinds.toml"
PROBLEM = KINDS[0]
ALARMS = {kind: KINDS.index(kind) for kind in ("emergency", "misconduct")}
UNKNOWN = re.compile(r"[^\W\d_a-zA-Z\uff21-\uff5a]")
"""A letter of a script in which there are no examples."""
PHATIC = [KINDS.index(kind) for kind in ("greeting", "thanks", "acknowledgement")]

Span = tuple[int, int]
"""From which clause to before which."""
Leading = tuple[int, float]
"""Which kind a text is most like, and how far ahead of the next."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a message, what decided it, and the clauses that tell problems (empty unless it is one)."""

    code: str
    because: tuple[str, ...]
    telling: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """How an alarm is heard beside something else: how many neighbouring clauses at `most` are asked together, how
    much of an `alarm` they must be, how much (`brief`) with fewer than `least` characters, and how much more with a
    word that speaks against it (`vetoed`)."""

    most: int
    alarm: Mapping[str, float]
    least: int
    brief: float
    vetoed: float


@dataclass(frozen=True, slots=True)
class Sure:
    """A rule whose words say by themselves what kind a message is."""

    rule: rules.Rule
    kind: str


@dataclass(frozen=True, slots=True)
class Kinds:
    """The settings of kinds.toml beside the model's opinion."""

    cleaner: Cleaner
    head: Head
    phrases: Phrases[rules.Part] = field(repr=False)
    sure: tuple[Sure, ...]
    empty: str
    symbols: Mapping[str, str]
    alarm: Mapping[str, float]
    others: Mapping[str, float]
    beside: Beside
    carry: float
    announced: float
    phatic: float
    vetoed: float
    foreign: float

    def stretches(self, clauses: Sequence[Clause]) -> list[Span]:
        """The stretches of a message that may tell an alarm beside something else. The whole is none of them: it is
        asked anyway."""
        many = len(clauses)
        return [
            (start, end)
            for start in range(many)
            for end in range(start + 1, min(many, start + self.beside.most) + 1)
            if end - start < many
        ]

    def kind(
        self, text: str, clauses: list[Clause], every: Floats, spans: Sequence[Span], *, bound: bool = False
    ) -> Kind:
        """The kind of a message: `text` as it came, its clauses, and the scores of each of them, of the whole, and of
        its stretches (`spans`), one a row. Who is `bound` to an enterprise is no resident. Pure."""
        if not clauses:
            return self._wordless(text)
        likenesses = self.head.of(every)
        each = [leading(scores) for scores in likenesses[: len(clauses)].tolist()]
        said = self._said(clauses)
        for rule in self.sure:
            found = rule.rule.holds(said)
            if found is not None:
                return self._of(rule.kind, (found, rule.rule.label), each)
        told = likenesses[len(clauses)].tolist()
        likely = self._alarm(likenesses[len(clauses) :], clauses, spans, self._vetoed(said))
        if likely is None:
            likely = self._likely(told, each, [clause.further for clause in clauses])
        if bound and likely == "resident":
            likely = PROBLEM
        if likely != PROBLEM and likely not in ALARMS and not CHINESE.search(text):
            likely = self._foreign(text, told, likely)
        return self._of(likely, (f"{MODEL}: {likely}",), each)

    def _wordless(self, text: str) -> Kind:
        meaning = self.cleaner.symbol(text)
        code = self.empty if meaning is None else self.symbols.get(meaning, PROBLEM)
        return Kind(code, (f"{FILE}: symbols" if meaning else f"{FILE}: empty",), ())

    def _foreign(self, text: str, whole: list[float], likely: str) -> str:
        """Examples in other scripts are few or none: what is not surely talk is a problem, which a person reads."""
        if UNKNOWN.search(text):
            return PROBLEM
        return likely if _lead(whole, KINDS.index(likely)) >= self.foreign else PROBLEM

    def _alarm(
        self, likenesses: Floats, clauses: list[Clause], spans: Sequence[Span], vetoed: Collection[str]
    ) -> str | None:
        """The alarm that a message (the first row) is nearly as much like as anything else, or that a stretch of it
        tells (the others)."""
        for alarm, at in ALARMS.items():
            whole, *parts = alarming(likenesses, at, self.others[alarm]).tolist()
            if whole >= (self.vetoed if alarm in vetoed else self.alarm[alarm]) or any(
                self._heard(alarm, found, clauses[slice(*span)]) for span, found in zip(spans, parts, strict=True)
            ):
                return alarm
        return None

    def _heard(self, alarm: str, found: float, stretch: list[Clause]) -> bool:
        """Whether a stretch is as much of an alarm as it must be. Words that speak against one count only in it:
        elsewhere in the message they may belong to something else."""
        brief, needed = self.beside.brief, self.beside.alarm[alarm]
        if found < min(brief, needed):  # as nearly all are
            return False
        if sum(len(clause.words) for clause in stretch) < self.beside.least:
            needed = brief
        return found >= needed + self.beside.vetoed or (
            found >= needed and alarm not in self._vetoed(self._said(stretch))
        )

    def _said(self, clauses: list[Clause]) -> rules.Parts:
        return rules.parts_of(self.phrases.find(words_of(clauses)))

    def _vetoed(self, said: rules.Parts) -> set[str]:
        """The kinds that the words of a text speak against."""
        return {sure.kind for sure in self.sure if rules.UNLESS in said.get(sure.rule.label, ())}

    def _likely(self, whole: list[float], each: list[Leading], further: list[bool]) -> str:
        """What the whole is most like, alarms aside; but thanks with a new problem are a problem."""
        for (most, by), announced in zip(each, further, strict=True):
            if most == 0 and by >= (self.announced if announced else self.carry):
                return PROBLEM
        others = [*whole]
        for at in ALARMS.values():
            others[at] = -math.inf
        return KINDS[others.index(max(others))]

    def _of(self, code: str, because: tuple[str, ...], each: list[Leading]) -> Kind:
        """A problem is told by its clauses without the greetings and thanks around them."""
        if code != PROBLEM:
            return Kind(code, because, ())
        telling = tuple(at for at, (most, by) in enumerate(each) if most not in PHATIC or by < self.phatic)
        return Kind(code, because, telling or tuple(range(len(each))))


def alarming(likenesses: Floats, at: int, share: float) -> Floats:
    """How much texts (one a row) are like an alarm, less a share of how much they are like anything else. That they
    are like nothing does not make them one."""
    others = likenesses.copy()
    others[:, at] = 0
    found: Floats = likenesses[:, at] - share * np.maximum.reduce(others, axis=1)
    return found


def leading(scores: list[float]) -> Leading:
    """Which of the scores is the highest, and how far it is ahead of the next."""
    *_, second, first = sorted(scores)
    return scores.index(first), first - second


def _lead(scores: list[float], at: int) -> float:
    """How far one score is ahead of the best of the others; below zero it is behind."""
    return scores[at] - max(scores[:at] + scores[at + 1 :])


def load(cleaner: Cleaner, head: Head, override: Path | None = None) -> Kinds:
    """The kinds of kinds.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    symbols = table.get("symbols", {})
    if not isinstance(symbols, dict):
        raise FactError(f"{FILE}: symbols: must be a table")
    lead = table.get("lead")
    if not isinstance(lead, dict):
        raise FactError(f"{FILE}: lead: is missing")
    sure = tuple(_sure(row) for row in rules.rows(FILE, table, "sure"))
    rules.distinct(FILE, (each.rule.name for each in sure))
    lists = {part: phrases for each in sure for part, phrases in each.rule.lists.items()}
    return Kinds(
        cleaner,
        head,
        Phrases(lists),
        sure,
        empty=_known(rules.text(FILE, table, "empty"), "empty"),
        symbols={meaning: _known(code, "symbols") for meaning, code in symbols.items()},
        alarm={kind: rules.number(FILE, "lead", lead, kind) for kind in ALARMS},
        others={kind: rules.chance(FILE, table, "others", kind) for kind in ALARMS},
        beside=Beside(
            most=rules.whole(FILE, table, "beside", "most"),
            alarm={kind: rules.positive(FILE, table, "beside", kind) for kind in ALARMS},
            least=rules.whole(FILE, table, "beside", "least"),
            brief=rules.positive(FILE, table, "beside", "brief"),
            vetoed=rules.positive(FILE, table, "beside", "vetoed"),
        ),
        carry=rules.positive(FILE, table, "lead", "carry"),
        announced=rules.positive(FILE, table, "lead", "announced"),
        phatic=rules.positive(FILE, table, "lead", "phatic"),
        vetoed=rules.number(FILE, "lead", lead, "vetoed"),
        foreign=rules.number(FILE, "lead", lead, "foreign"),
    )


def _sure(row: Mapping[str, Any]) -> Sure:
    rule = rules.rule(FILE, row)
    if not rule.asked:
        raise FactError(f"{FILE}: {rule.name}: needs phrases")
    return Sure(rule, _known(rules.text(FILE, row, "kind"), rule.name))


def _known(code: object, entry: str) -> str:
    if not isinstance(code, str) or code not in KINDS:
        raise FactError(f"{FILE}: {entry}: unknown kind {code!r}")
    return code
