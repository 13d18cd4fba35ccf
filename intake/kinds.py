"""What kind of message this is: a problem, or one of twelve others."""

import math
import re
from collections.abc import Mapping
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
ALARMS = ("emergency", "misconduct")
UNKNOWN = re.compile(r"[^\W\d_a-zA-Z\uff21-\uff5a]")
"""A letter of a script in which there are no examples."""
PHATIC = [KINDS.index(kind) for kind in ("greeting", "thanks", "acknowledgement")]


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
        each = self.head.of(scores).tolist()
        parts = rules.parts_of(self.phrases.find(words_of(clauses)))
        for rule in self.sure:
            found = rule.rule.holds(parts)
            if found is not None:
                return self._of(rule.kind, (found, rule.rule.label), each)
        further = [clause.further for clause in clauses]
        lead = {
            sure.kind: self.vetoed if rules.UNLESS in parts.get(sure.rule.label, ()) else -self.alarm[sure.kind]
            for sure in self.sure
            if sure.kind in ALARMS
        }
        likely = self._likely(self.head.of(whole).tolist(), each, further, lead)
        if bound and likely == "resident":
            likely = PROBLEM
        if likely != PROBLEM and likely not in ALARMS and not CHINESE.search(text):
            likely = self._foreign(text, self.head.of(whole).tolist(), likely)
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

    def _likely(
        self, whole: list[float], each: list[list[float]], further: list[bool], lead: Mapping[str, float]
    ) -> str:
        """What the whole is most like; but what is nearly as much like an alarm is one, and so is a message with a
        clause that is one beyond doubt; and thanks with a new problem are a problem."""
        for alarm in ALARMS:
            at = KINDS.index(alarm)
            needed = lead.get(alarm, -self.alarm[alarm])
            surely = max(needed, self.clause_alarm)
            if _lead(whole, at) >= needed or any(_lead(scores, at) >= surely for scores in each):
                return alarm
        for scores, announced in zip(each, further, strict=True):
            if _lead(scores, 0) >= (self.announced if announced else self.carry):
                return PROBLEM
        others = [score if KINDS[at] not in ALARMS else -math.inf for at, score in enumerate(whole)]
        return KINDS[others.index(max(others))]

    def _of(self, code: str, because: tuple[str, ...], each: list[list[float]]) -> Kind:
        """A problem is told by its clauses without the greetings and thanks around them."""
        if code != PROBLEM:
            return Kind(code, because, ())
        telling = tuple(at for at, scores in enumerate(each) if not self._empty(scores))
        return Kind(code, because, telling or tuple(range(len(each))))

    def _empty(self, scores: list[float]) -> bool:
        most = scores.index(max(scores))
        return most in PHATIC and _lead(scores, most) >= self.phatic


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
        clause_alarm=rules.number(FILE, "lead", lead, "clause_alarm"),
        carry=rules.number(FILE, "lead", lead, "carry"),
        announced=rules.number(FILE, "lead", lead, "announced"),
        phatic=rules.number(FILE, "lead", lead, "phatic"),
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
