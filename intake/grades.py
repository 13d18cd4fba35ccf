"""The nature of a request, whether it is urgent, and its grade (domain 2.1, 4.0, 4.1)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake import rules
from intake.categories import Categories
from intake.clean import Cleaner
from intake.stock import Row, Stock, labelled, learn
from intake.verdict import Verdict
from store.facts import FactError, read

FILE = "grades.toml"
NATURES = ("inquiry", "help", "complaint", "suggestion")
GRADES = (1, 2, 3, 4)
EXAMPLES = "examples.jsonl"
URGENT, CALM = "True", "False"


@dataclass(frozen=True, slots=True)
class GradeRule:
    """A grade, and when it holds: words, nature and categories; what is left empty does not matter."""

    rule: rules.Rule
    grade: int
    natures: frozenset[str]
    together: frozenset[str]

    def holds(self, words: str, nature: str, close: frozenset[str]) -> bool:
        """`close` are the categories that fit about equally well."""
        return (
            (not self.natures or nature in self.natures)
            and self.together <= close
            and self.rule.found(words) is not None
        )


@dataclass(frozen=True, slots=True)
class Grades:
    """The rules of grades.toml. `labels` are an office's own names of grades 1 to 4."""

    labels: tuple[str, ...]
    default_nature: str
    natures: tuple[tuple[rules.Rule, str], ...]
    urgents: tuple[rules.Rule, ...]
    grades: tuple[GradeRule, ...]
    like_nature: Stock
    like_urgent: Stock
    rule_weight: float
    urgent_margin: float

    def nature(self, words: str) -> str:
        """What is asked: inquiry, help, complaint or suggestion. Examples decide, and a rule speaks up for one."""
        likeness = {nature: score / heat(words) for nature, score in self.like_nature.scores(words).items()}
        ruled = next((nature for rule, nature in self.natures if rule.found(words)), None)
        if ruled is not None:
            likeness[ruled] += self.rule_weight
        if not any(likeness.values()):
            return self.default_nature
        return max(likeness, key=lambda nature: likeness[nature])

    def urgent_rule(self, words: str) -> str:
        """The rule or the likeness that makes it urgent (domain 4.0), or "" when it is not."""
        ruled = next((rule.label for rule in self.urgents if rule.found(words) is not None), "")
        if ruled:
            return ruled
        likeness = self.like_urgent.scores(words)
        margin = (likeness[URGENT] - likeness[CALM]) / heat(words)
        return f"{EXAMPLES}: like what was urgent" if margin > self.urgent_margin else ""

    def grade(self, words: str, nature: str, verdict: Verdict, sure: float) -> tuple[int, str]:
        """Grade 1 to 4 and the rule that gave it. Below confidence `sure` the runner-up counts as well."""
        close = {verdict.category}
        if verdict.confidence < sure and verdict.runner_up is not None:
            close.add(verdict.runner_up)
        for each in self.grades:
            if each.holds(words, nature, frozenset(close)):
                return each.grade, each.rule.label
        raise AssertionError("the last grade rule always holds")

    def label(self, grade: int) -> str:
        """The office's name of a grade."""
        return self.labels[grade - 1]


def heat(words: str) -> float:
    """Evidence of a long text is not independent: its sum grows faster than what it proves."""
    return math.sqrt(1 + len(words) / 20)


def load(categories: Categories, cleaner: Cleaner, examples: Sequence[Row], override: Path | None = None) -> Grades:
    """The rules of grades.toml, and what the examples say of nature and urgency. Raises FactError."""
    table = read(__file__, FILE, override)
    natures = tuple((_rule(row), _nature(row)) for row in rules.rows(FILE, table, "nature"))
    urgents = tuple(_rule(row) for row in rules.rows(FILE, table, "urgent"))
    grades = tuple(_grade(row, categories) for row in rules.rows(FILE, table, "grade"))
    for names in ([rule for rule, _ in natures], urgents, [grade.rule for grade in grades]):
        rules.distinct(FILE, (rule.name for rule in names))
    _check_last(grades[-1])
    default = table.get("default_nature")
    if default not in NATURES:
        raise FactError(f"{FILE}: default_nature: unknown nature {default!r}")
    return Grades(
        _labels(table),
        default,
        natures,
        urgents,
        grades,
        like_nature=learn(labelled(examples, "nature", NATURES, always=False), NATURES, cleaner),
        like_urgent=learn(labelled(examples, "urgent", (URGENT, CALM), always=False), (URGENT, CALM), cleaner),
        rule_weight=rules.number(FILE, "rule_weight", table, "rule_weight"),
        urgent_margin=rules.number(FILE, "urgent_margin", table, "urgent_margin"),
    )


def _labels(table: Mapping[str, Any]) -> tuple[str, ...]:
    labels = rules.strings(FILE, "labels", table, "labels")
    if len(labels) != len(GRADES) or len(set(labels)) != len(GRADES):
        raise FactError(f"{FILE}: labels: needs {len(GRADES)} different labels")
    return tuple(labels)


def _rule(row: Mapping[str, Any]) -> rules.Rule:
    rule = rules.rule(FILE, row)
    if not rule.all_of:
        raise FactError(f"{FILE}: {rule.name}: needs a pattern")
    return rule


def _nature(row: Mapping[str, Any]) -> str:
    nature = rules.text(FILE, row, "nature")
    if nature not in NATURES:
        raise FactError(f"{FILE}: {row.get('name')}: unknown nature {nature!r}")
    return nature


def _grade(row: Mapping[str, Any], categories: Categories) -> GradeRule:
    rule = rules.rule(FILE, row)
    grade = row.get("grade")
    if grade not in GRADES:
        raise FactError(f"{FILE}: {rule.name}: grade must be one of 1 to 4, not {grade!r}")
    natures = rules.strings(FILE, rule.name, row, "nature")
    if not set(natures) <= set(NATURES):
        raise FactError(f"{FILE}: {rule.name}: unknown nature in {natures!r}")
    together: Sequence[str] = rules.strings(FILE, rule.name, row, "together")
    for code in together:
        categories.check(FILE, rule.name, code)
    return GradeRule(rule, grade, frozenset(natures), frozenset(together))


def _check_last(last: GradeRule) -> None:
    """Every problem must get a grade."""
    if last.natures or last.together or last.rule.all_of or last.rule.unless:
        raise FactError(f"{FILE}: {last.rule.name}: the last grade must hold without conditions")
