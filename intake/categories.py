"""The categories of problems: code, label, and the words people use for them (domain 2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake import rules
from store.facts import FactError, read

FILE = "categories.toml"


@dataclass(frozen=True, slots=True)
class Category:
    """One category. `code` never changes; label and synonyms are an office's own words."""

    code: str
    label: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Categories:
    """All categories in display order; `none` is the code for a message without evidence."""

    by_code: dict[str, Category]
    none: str
    by_word: dict[str, str]

    def named(self, text: str) -> str | None:
        """The code that a code, label or synonym names, or None."""
        return self.by_word.get(text.strip().casefold())

    def check(self, file: str, entry: str, code: object) -> str:
        """`code` if it is a category; raises FactError for file and entry otherwise."""
        if not isinstance(code, str) or code not in self.by_code:
            raise FactError(f"{file}: {entry}: unknown category {code!r}")
        return code


def load(override: Path | None = None) -> Categories:
    """The categories of categories.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    each = [_category(row) for row in rules.rows(FILE, table, "category")]
    rules.distinct(FILE, (category.code for category in each))
    by_code = {category.code: category for category in each}
    none = rules.text(FILE, table, "none")
    if none not in by_code:
        raise FactError(f"{FILE}: none: unknown category {none!r}")
    return Categories(by_code, none, _words(each))


def _category(row: Mapping[str, Any]) -> Category:
    code = rules.text(FILE, row, "code")
    return Category(code, rules.text(FILE, row, "label"), tuple(rules.strings(FILE, code, row, "synonyms")))


def _words(each: list[Category]) -> dict[str, str]:
    by_word: dict[str, str] = {}
    for category in each:
        for word in (category.code, category.label, *category.synonyms):
            other = by_word.setdefault(word.casefold(), category.code)
            if other != category.code:
                raise FactError(f"{FILE}: {category.code}: {word!r} already names {other}")
    return by_word
