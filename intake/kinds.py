"""What kind of message this is: a problem, or one of twelve others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake import rules, stock
from intake.clean import Cleaner
from intake.lexicon import Lexicon
from intake.split import Clause, words_of
from store.facts import FactError, read

FILE = "kinds.toml"
EXAMPLES = "talk.jsonl"
KINDS = (
    "problem",
    "greeting",
    "thanks",
    "urge",
    "status_query",
    "rating",
    "withdraw",
    "emergency",
    "misconduct",
    "advert",
    "resident",
    "identity_question",
    "acknowledgement",
)
ALARMS = frozenset({"emergency", "misconduct"})
PLEASED = frozenset({"thanks", "rating"})


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind, why, and the clauses that tell a problem (none unless the kind is problem)."""

    code: str
    because: tuple[str, ...]
    telling: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class KindRule:
    """A rule and its kind.

    `whole`: only the message as a whole is tried. `bare`: holds only in a clause that speaks for no category.
    """

    rule: rules.Rule
    kind: str
    whole: bool
    bare: bool


@dataclass(frozen=True, slots=True)
class Kinds:
    """The rules of kinds.toml, in their order."""

    cleaner: Cleaner
    lexicon: Lexicon
    always: tuple[KindRule, ...]
    talk: tuple[KindRule, ...]
    problem: str
    empty: str
    carry: float
    trouble: re.Pattern[str]
    symbols: Mapping[str, str]
    examples: stock.Stock
    margin: float
    alarm: float

    def kind(self, text: str, clauses: Sequence[Clause]) -> Kind:
        """The kind of the original text, given its clauses. Pure."""
        if not clauses:
            return self._wordless(text)
        message = words_of(clauses)
        parts = dict.fromkeys([*(clause.words for clause in clauses), message])
        for each in self.always:
            # A clause first: what forbids the rule may stand in another clause and mean something else.
            for words in [message] if each.whole else parts:
                found = each.rule.found(words)
                if found is not None:
                    return Kind(each.kind, (found, each.rule.label), ())
        return self._told(clauses)

    def _wordless(self, text: str) -> Kind:
        meaning = self.cleaner.symbol(text)
        code = self.empty if meaning is None else self.symbols.get(meaning, self.problem)
        return Kind(code, (f"{FILE}: symbols" if meaning else f"{FILE}: empty",), ())

    def _told(self, clauses: Sequence[Clause]) -> Kind:
        """Clauses that are talk tell no problem; the rest does when it says enough."""
        talk = {place: said for place, clause in enumerate(clauses) if (said := self._talk(clause.words))}
        telling = tuple(clause for place, clause in enumerate(clauses) if place not in talk)
        kinds = {each.kind for each, _ in talk.values()}
        if telling and (not talk or self._carries(telling, words_of(clauses), kinds)):
            return self._unless_alike(telling)
        each, found = min(talk.values(), key=lambda pair: self.talk.index(pair[0]))
        return Kind(each.kind, (found, each.rule.label), ())

    def _unless_alike(self, telling: tuple[Clause, ...]) -> Kind:
        """A problem, unless what is told is more like the examples of another kind."""
        scores = self.examples.scores(words_of(telling))
        likest = max(scores, key=lambda kind: scores[kind])
        margin = self.alarm if likest in ALARMS else self.margin
        if scores[likest] - scores[self.problem] > margin:
            return Kind(likest, (f"{EXAMPLES}: like {likest}",), ())
        return Kind(self.problem, (f"{FILE}: {self.problem}",), telling)

    def _talk(self, words: str) -> tuple[KindRule, str] | None:
        for each in self.talk:
            found = each.rule.found(words)
            if found is not None and not (each.bare and self._speaks(words)):
                return each, found
        return None

    def _carries(self, telling: Sequence[Clause], message: str, beside: set[str]) -> bool:
        """A greeting beside it proves nothing; beside other talk it needs a subject, and beside praise trouble."""
        if beside <= {"greeting"}:
            return True
        pleased = bool(beside & PLEASED) and self.trouble.search(message) is None
        return self._speaks(words_of(telling)) and not pleased

    def _speaks(self, words: str) -> bool:
        """Whether the words speak for any category."""
        return max(self.lexicon.evidence(words).scores.values(), default=0.0) >= self.carry


def load(
    cleaner: Cleaner, lexicon: Lexicon, problems: Sequence[stock.Example], override: Path | None = None
) -> Kinds:
    """The kinds of kinds.toml and the examples of talk.jsonl, beside some that tell problems. Raises FactError."""
    table = read(__file__, FILE, override)
    symbols = table.get("symbols", {})
    if not isinstance(symbols, dict):
        raise FactError(f"{FILE}: symbols: must be a table")
    always = tuple(_rule(row) for row in rules.rows(FILE, table, "always"))
    talk = tuple(_rule(row) for row in rules.rows(FILE, table, "talk"))
    for part in (always, talk):
        rules.distinct(FILE, (each.rule.name for each in part))
    return Kinds(
        cleaner,
        lexicon,
        always,
        talk,
        problem=_known(rules.text(FILE, table, "problem"), "problem"),
        empty=_known(rules.text(FILE, table, "empty"), "empty"),
        carry=rules.number(FILE, "carry", table, "carry"),
        trouble=rules.pattern(FILE, "trouble", rules.strings(FILE, "trouble", table, "trouble")),
        examples=_learn(table, problems, cleaner, override),
        margin=rules.number(FILE, "margin", table, "margin"),
        alarm=rules.number(FILE, "alarm", table, "alarm"),
        symbols={meaning: _known(code, "symbols") for meaning, code in symbols.items()},
    )


def _learn(
    table: Mapping[str, Any], problems: Sequence[stock.Example], cleaner: Cleaner, override: Path | None
) -> stock.Stock:
    """Only every so many-th problem counts, so that the many of one kind do not drown the few of the others."""
    every = int(rules.number(FILE, "every", table, "every"))
    if every < 1:
        raise FactError(f"{FILE}: every: must be at least 1")
    talk = stock.labelled(stock.read_rows(EXAMPLES, override), "kind", KINDS)
    told = [stock.Example(each.text, KINDS[0]) for each in problems[::every]]
    return stock.learn([*talk, *told], KINDS, cleaner)


def _rule(row: Mapping[str, Any]) -> KindRule:
    rule = rules.rule(FILE, row)
    if not rule.all_of:
        raise FactError(f"{FILE}: {rule.name}: needs a pattern")
    kind = _known(rules.text(FILE, row, "kind"), rule.name)
    return KindRule(rule, kind, row.get("whole") is True, row.get("bare") is True)


def _known(code: object, entry: str) -> str:
    if not isinstance(code, str) or code not in KINDS:
        raise FactError(f"{FILE}: {entry}: unknown kind {code!r}")
    return code
