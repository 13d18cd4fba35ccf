"""Which department leads: the first rule that matches names it, and says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from store.facts import FactError, read

FILE = "owners.toml"
RECEIVE = ("discipline", "leader")
"""Roles whose commands let them handle and check a report of misconduct."""


@dataclass(frozen=True, slots=True)
class Override:
    """Sub-topics and words that take one category to another department than its default."""

    name: str
    category: str
    topics: tuple[str, ...]  # names of intake/lexicon.toml
    words: tuple[str, ...]
    department: str
    support: tuple[str, ...] = ()  # departments that help; the lead stays one


@dataclass(frozen=True, slots=True)
class Restricted:
    """The roles that receive reports of misconduct, and that stand in where a report names a receiver."""

    receivers: str
    instead: str

    @property
    def label(self) -> str:
        return f"{FILE}: restricted {self.receivers}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A department's code and the rule that named it; no department means: to the coordinator."""

    department: str | None
    rule: str
    support: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owners:
    lead: dict[str, str]
    overrides: tuple[Override, ...]
    restricted: Restricted

    @classmethod
    def load(cls, override: Path | None = None) -> "Owners":
        """Read `owners.toml`. Raises FactError when an entry is incomplete, unknown or given twice."""
        facts = read(__file__, FILE, override)
        lead = dict(facts.get("lead", {}))
        if not lead:
            raise FactError(f"{FILE}: lead: names no department")
        overrides = tuple(_override(entry, n, lead) for n, entry in enumerate(facts.get("override", []), 1))
        _refuse_twins(entry.name for entry in overrides)
        return cls(lead, overrides, _restricted(facts.get("restricted", {})))

    def choose(self, category: str, topic: str, text: str) -> Choice:
        """The department for a category, its sub-topic ("" where none is known) and the words of the report. A known
        sub-topic decides; without one a word does. OTHER has no department: never a guess."""
        own = [rule for rule in self.overrides if rule.category == category]
        for rule in own:
            if topic in rule.topics:
                return Choice(rule.department, f"{FILE}: {rule.name}: {topic}", rule.support)
        for rule in own if not topic else ():
            word = next((word for word in rule.words if word in text), None)
            if word:
                return Choice(rule.department, f"{FILE}: {rule.name}: {word}", rule.support)
        return Choice(self.lead.get(category), f"{FILE}: lead {category}")


def _restricted(entry: dict[str, object]) -> Restricted:
    receivers, instead = entry.get("receivers"), entry.get("instead")
    if receivers not in RECEIVE or instead not in RECEIVE or receivers == instead:
        raise FactError(f"{FILE}: restricted: receivers and instead must be two of {', '.join(RECEIVE)}")
    return Restricted(str(receivers), str(instead))


def _override(entry: dict[str, object], number: int, lead: dict[str, str]) -> Override:
    where = f"{FILE}: override {number}"
    if missing := {"name", "category", "department"} - entry.keys():
        raise FactError(f"{where}: lacks {', '.join(sorted(missing))}")
    name, category, department = (str(entry[key]) for key in ("name", "category", "department"))
    if category not in lead:
        raise FactError(f"{where} ({name}): unknown category {category!r}")
    topics, words, support = (_texts(f"{where} ({name})", entry, key) for key in ("topics", "words", "support"))
    if not topics and not words:
        raise FactError(f"{where} ({name}): needs topics or words")
    return Override(name, category, topics, words, department, support)


def _texts(where: str, entry: dict[str, object], key: str) -> tuple[str, ...]:
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        raise FactError(f"{where}: {key} must be a list of texts")
    return tuple(found)


def _refuse_twins(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise FactError(f"{FILE}: override {name!r} is given twice")
        seen.add(name)
