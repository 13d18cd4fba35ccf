"""One shape for every table of phrases: a rule holds when all it asks is there and nothing forbids it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from intake.phrases import GAP, Match
from store.facts import FactError

UNLESS = -1
LARGEST = 1e9
"""Beyond it a number in a settings file can only be a slip."""


@dataclass(frozen=True, slots=True)
class Part:
    """One list of a rule: `place` counts the lists of which each must be found; UNLESS is the one that forbids."""

    rule: str
    place: int


Parts = Mapping[str, Mapping[int, str]]
"""For each rule the parts that were found, each with the words that it was found by."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A named test. One phrase of each of its lists must be found, none of `unless` may be.

    `label` ("file: entry") is how an answer to "why" names it.
    """

    name: str
    label: str
    asked: int
    lists: Mapping[Part, Sequence[str]] = field(repr=False)

    def holds(self, parts: Parts) -> str | None:
        """The words that make the rule hold, or None when it does not."""
        found = parts.get(self.label)
        if found is None:
            return None if self.asked else ""
        if len(found) < self.asked or UNLESS in found:
            return None
        return GAP.join(found[place] for place in range(self.asked))


def parts_of(matches: Iterable[Match[Any]]) -> Parts:
    """The parts of rules among what was found."""
    found: dict[str, dict[int, str]] = {}
    for match in matches:
        if isinstance(match.key, Part):
            found.setdefault(match.key.rule, {}).setdefault(match.key.place, match.words)
    return found


def rule(file: str, row: Mapping[str, Any]) -> Rule:
    """A rule from a TOML table with `name`, `all` (texts of phrases with blanks between them; one of each must be
    found; none: it always holds) and `unless` (such a text). Raises FactError."""
    name = text(file, row, "name")
    label = f"{file}: {name}"
    asked = [_phrases(file, name, part) for part in strings(file, name, row, "all")]
    lists = {Part(label, place): phrases for place, phrases in enumerate(asked)}
    if row.get("unless"):
        lists[Part(label, UNLESS)] = words(file, name, row, "unless")
    return Rule(name, label, len(asked), lists)


def words(file: str, entry: str, row: Mapping[str, Any], key: str) -> list[str]:
    """A text of phrases with blanks between them; it may be left out. Raises FactError."""
    found = row.get(key, "")
    if not isinstance(found, str):
        raise FactError(f"{file}: {entry}: {key} must be a text of words")
    return _phrases(file, entry, found)


def _phrases(file: str, entry: str, found: str) -> list[str]:
    each = found.split()
    for phrase in each:
        if not all(phrase.split(GAP)) or phrase.count(GAP) > 1:
            raise FactError(f"{file}: {entry}: {phrase!r}: {GAP} may stand once, with words on both sides")
    if len(each) != len(set(each)):
        twice = next(phrase for phrase in each if each.count(phrase) > 1)
        raise FactError(f"{file}: {entry}: {twice!r} stands twice")
    return each


def pattern(file: str, entry: str, parts: Iterable[object]) -> re.Pattern[str]:
    """One pattern that finds any of `parts`. Raises FactError naming the part that is no pattern."""
    checked = [_checked(file, entry, part) for part in parts]
    return re.compile("|".join(f"(?:{part})" for part in checked))


def _checked(file: str, entry: str, part: object) -> str:
    if not isinstance(part, str) or not part:
        raise FactError(f"{file}: {entry}: a pattern must be a text, not {part!r}")
    try:
        compiled = re.compile(part)
    except re.error as error:
        raise FactError(f"{file}: {entry}: bad pattern {part!r}: {error}") from error
    if compiled.search("") is not None:
        raise FactError(f"{file}: {entry}: pattern {part!r} matches everything")
    return part


def rows(file: str, table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The array of tables `key`, each with its own name. Raises FactError."""
    found = table.get(key)
    if not isinstance(found, list) or not found or not all(isinstance(row, dict) for row in found):
        raise FactError(f"{file}: {key}: needs at least one [[{key}]]")
    return found


def strings(file: str, entry: str, row: Mapping[str, Any], key: str) -> list[str]:
    """A list of texts that may be left out."""
    found = row.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise FactError(f"{file}: {entry}: {key} must be a list of texts")
    return found


def text(file: str, row: Mapping[str, Any], key: str) -> str:
    """A text that must be there."""
    found = row.get(key)
    if not isinstance(found, str) or not found:
        raise FactError(f"{file}: {row.get('name', '?')}: {key} is missing")
    return found


def number(file: str, entry: str, row: Mapping[str, Any], key: str) -> float:
    """A number that must be there, and be no larger than any setting is."""
    found = row.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float) or not -LARGEST <= found <= LARGEST:
        raise FactError(f"{file}: {entry}: {key} must be a number")
    return float(found)


def positive(file: str, table: Mapping[str, Any], entry: str, key: str) -> float:
    """A number above 0 that must stand under [entry]."""
    value = _under(file, table, entry, key)
    if not value > 0:
        raise FactError(f"{file}: {entry}: {key} must be above 0")
    return value


def chance(file: str, table: Mapping[str, Any], entry: str, key: str) -> float:
    """A number above 0 and at most 1 that must stand under [entry]."""
    value = _under(file, table, entry, key)
    if not 0 < value <= 1:
        raise FactError(f"{file}: {entry}: {key} must lie above 0 and be at most 1")
    return value


def whole(file: str, table: Mapping[str, Any], entry: str, key: str) -> int:
    """A whole number of at least 1 that must stand under [entry]."""
    _under(file, table, entry, key)
    found = table[entry][key]
    if not isinstance(found, int) or found < 1:
        raise FactError(f"{file}: {entry}: {key} must be a whole number of at least 1")
    return found


def _under(file: str, table: Mapping[str, Any], entry: str, key: str) -> float:
    found = table.get(entry)
    if not isinstance(found, dict):
        raise FactError(f"{file}: {entry}: is missing")
    return number(file, entry, found, key)


def distinct(file: str, names: Iterable[str]) -> None:
    """Raises FactError when a name stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise FactError(f"{file}: {name}: stands twice")
        seen.add(name)
