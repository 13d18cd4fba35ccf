"""The nature of a request, whether it is urgent, and its grade (domain 2.1, 4.0, 4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp
from pathlib import Path
from typing import Any

from intake import model, rules
from intake.categories import Categories
from intake.model import Floats, Head
from intake.phrases import Phrases
from intake.stock import NATURES
from intake.verdict import Verdict
from store.facts import FactError, read

FILE = "grades.toml"
GRADES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class GradeRule:
    """A grade, and when it holds: words, nature and categories; what is left empty does not matter."""

    rule: rules.Rule
    grade: int
    natures: frozenset[str]
    together: frozenset[str]

    def holds(self, parts: rules.Parts, nature: str, close: frozenset[str]) -> bool:
        """`close` are the categories that fit about equally well."""
        return (
            (not self.natures or nature in self.natures)
            and self.together <= close
            and self.rule.holds(parts) is not None
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """What is asked, how pressing it is and how hard, each with the rule that said so ("file: entry")."""

    nature: str
    nature_rule: str
    urgent: bool
    urgent_rule: str
    grade: int
    grade_rule: str


@dataclass(frozen=True, slots=True)
class Grades:
    """The rules of grades.toml beside the model's opinion of nature and urgency."""

    phrases: Phrases[rules.Part] = field(repr=False)
    urgents: tuple[rules.Rule, ...]
    grades: tuple[GradeRule, ...]
    like_nature: Head
    like_urgent: Head
    urgent_from: float

    def judge(self, words: str, scores: Floats, verdict: Verdict) -> Judged:
        """All three for one problem: its clean words and the scores of the model. For the grade, categories that are
        nearly as likely count as well. Pure."""
        parts = rules.parts_of(self.phrases.find(words))
        nature = self.nature(scores)
        urgent_rule = self._urgent_rule(parts, scores)
        grade, grade_rule = self._grade(parts, nature, frozenset(verdict.close))
        return Judged(nature, f"{model.FILE}: nature {nature}", bool(urgent_rule), urgent_rule, grade, grade_rule)

    def nature(self, scores: Floats) -> str:
        """What is asked: inquiry, help, complaint or suggestion."""
        return NATURES[int(self.like_nature.of(scores).argmax())]

    def _urgent_rule(self, parts: rules.Parts, scores: Floats) -> str:
        """The rule or the likeness that makes it urgent (domain 4.0), or "" when it is not."""
        ruled = next((rule.label for rule in self.urgents if rule.holds(parts) is not None), "")
        if ruled:
            return ruled
        calm, urgent = self.like_urgent.of(scores).tolist()
        chance = 1 / (1 + exp(self.like_urgent.sharpness * (calm - urgent)))
        return f"{model.FILE}: urgent" if chance >= self.urgent_from else ""

    def _grade(self, parts: rules.Parts, nature: str, close: frozenset[str]) -> tuple[int, str]:
        for each in self.grades:
            if each.holds(parts, nature, close):
                return each.grade, each.rule.label
        raise AssertionError("the last grade rule always holds")


def load(categories: Categories, heads: Mapping[str, Head], override: Path | None = None) -> Grades:
    """The rules of grades.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    urgents = tuple(_urgent(row) for row in rules.rows(FILE, table, "urgent"))
    grades = tuple(_grade(row, categories) for row in rules.rows(FILE, table, "grade"))
    each = [*urgents, *(grade.rule for grade in grades)]
    rules.distinct(FILE, (rule.name for rule in each))
    _check_last(grades[-1])
    phrases = Phrases({part: phrases for rule in each for part, phrases in rule.lists.items()})
    urgent_from = rules.chance(FILE, table, "model", "urgent")
    return Grades(phrases, urgents, grades, heads["nature"], heads["urgent"], urgent_from)


def _urgent(row: Mapping[str, Any]) -> rules.Rule:
    rule = rules.rule(FILE, row)
    if not rule.asked:
        raise FactError(f"{FILE}: {rule.name}: needs phrases")
    return rule


def _grade(row: Mapping[str, Any], categories: Categories) -> GradeRule:
    rule = rules.rule(FILE, row)
    grade = row.get("grade")
    if grade not in GRADES:
        raise FactError(f"{FILE}: {rule.name}: grade must be one of 1 to 4, not {grade!r}")
    natures = rules.strings(FILE, rule.name, row, "nature")
    if not set(natures) <= set(NATURES):
        raise FactError(f"{FILE}: {rule.name}: unknown nature in {natures!r}")
    together = rules.strings(FILE, rule.name, row, "together")
    for code in together:
        categories.check(FILE, rule.name, code)
    return GradeRule(rule, grade, frozenset(natures), frozenset(together))


def _check_last(last: GradeRule) -> None:
    """Every problem must get a grade."""
    if last.natures or last.together or last.rule.lists:
        raise FactError(f"{FILE}: {last.rule.name}: the last grade must hold without conditions")
