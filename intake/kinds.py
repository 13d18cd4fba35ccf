"""What kind of message this is: a problem, or one of twelve others."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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

Leading = tuple[int, float]
"""Which kind a text is most like, and how far ahead of the next."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a message, what decided it, and the clauses that tell problems (empty unless it is one)."""

    code: str
    because: tuple[str, ...]
    telling: tuple[int, ...]


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
    clause_alarm: float
    carry: float
    announced: float
    phatic: float
    vetoed: float
    foreign: float

    def kind(self, text: str, clauses: list[Clause], whole: Floats, scores: Floats, *, bound: bool = False) -> Kind:
        """The kind of a message: `text` as it came, its clauses, and the scores of the whole and of each. Who is
        `bound` to an enterprise is no resident. Pure."""
        if not clauses:
            return self._wordless(text)
        each = [_leading(scores) for scores in self.head.of(scores).tolist()]
        parts = rules.parts_of(self.phrases.find(words_of(clauses)))
        for rule in self.sure:
            found = rule.rule.holds(parts)
            if found is not None:
                return self._of(rule.kind, (found, rule.rule.label), each)
        vetoed = {sure.kind for sure in self.sure if rules.UNLESS in parts.get(sure.rule.label, ())} if parts else ()
        told = self.head.of(whole).tolist()
        likely = self._likely(told, each, [clause.further for clause in clauses], vetoed)
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

    def _likely(self, whole: list[float], each: list[Leading], further: list[bool], vetoed: Collection[str]) -> str:
        """What the whole is most like; but what is nearly as much like an alarm is one, and so is a message with a
        clause that is one beyond doubt; and thanks with a new problem are a problem."""
        for alarm, at in ALARMS.items():
            needed = self.vetoed if alarm in vetoed else self.alarm[alarm]
            surely = max(needed, self.clause_alarm)
            if _alarming(whole, at, self.others[alarm]) >= needed or any(
                most == at and by >= surely for most, by in each
            ):
                return alarm
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


def _alarming(scores: list[float], at: int, part: float) -> float:
    """How much a text is like an alarm, less a part of how much it is like anything else. That it is like nothing
    does not make it one."""
    return scores[at] - part * max(0.0, *scores[:at], *scores[at + 1 :])


def _leading(scores: list[float]) -> Leading:
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
        clause_alarm=rules.positive(FILE, table, "lead", "clause_alarm"),
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
