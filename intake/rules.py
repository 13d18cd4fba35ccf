"""One shape for every table of patterns: a rule holds when all it asks is there and nothing forbids it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.facts import FactError


@dataclass(frozen=True, slots=True)
class Rule:
    """A named test of clean text. `all_of` must all be found, none of `unless` may be."""

    file: str
    name: str
    all_of: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None

    def found(self, text: str) -> str | None:
        """The words that make the rule hold, or None when it does not."""
        hits = []
        for pattern in self.all_of:
            hit = pattern.search(text)
            if hit is None:
                return None
            hits.append(hit.group())
        if self.unless is not None and self.unless.search(text):
            return None
        return "…".join(hits)

    @property
    def label(self) -> str:
        """How an answer to "why" names this rule."""
        return f"{self.file}: {self.name}"


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


def rule(file: str, row: Mapping[str, Any]) -> Rule:
    """A rule from a TOML table with `name`, `any` (one of them) or `all` (each of them), and `unless`."""
    name = text(file, row, "name")
    parts: list[Sequence[object]] = [[each] for each in strings(file, name, row, "all")]
    if row.get("any"):
        parts.append(strings(file, name, row, "any"))
    unless = strings(file, name, row, "unless")
    return Rule(
        file,
        name,
        tuple(pattern(file, name, part) for part in parts),
        pattern(file, name, unless) if unless else None,
    )


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
    """A number that must be there."""
    found = row.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise FactError(f"{file}: {entry}: {key} must be a number")
    return float(found)


def distinct(file: str, names: Iterable[str]) -> None:
    """Raises FactError when a name stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise FactError(f"{file}: {name}: stands twice")
        seen.add(name)
