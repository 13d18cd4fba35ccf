"""What the doctor says, from `findings.toml`: one line a finding, with the place where it is mended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from store.facts import FactError, read

FILE = "findings.toml"
CODES = ("name", "whose")
"""Facts that are the names of checks and accounts."""


class Level(StrEnum):
    PASSED = "passed"
    MISSING = "missing"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Finding:
    """The key of a text, and facts for it; never a secret."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def found(key: str, **facts: Any) -> Finding:
    return Finding(key, facts)


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of all findings, what each setting is, and the places of the platforms' consoles."""

    findings: Mapping[str, Mapping[str, str]]
    settings: Mapping[str, Mapping[str, str]]
    places: Mapping[str, str]
    words: Mapping[str, str]

    @classmethod
    def load(cls) -> "Wording":
        """Read `findings.toml`. Raises FactError for an unknown level or place."""
        facts = read(__file__, FILE)
        loaded = cls(facts["finding"], facts["setting"], facts["place"], facts["word"])
        for entry in (*loaded.findings.values(), *loaded.settings.values()):
            if entry.get("place", "here") not in loaded.places:
                raise FactError(f"{FILE}: unknown place {entry['place']!r}")
        for entry in loaded.findings.values():
            Level(entry["level"])
        return loaded

    def level(self, finding: Finding) -> Level:
        return Level(self.findings[finding.key]["level"])

    def line(self, finding: Finding) -> str:
        """缺 what is missing → where it is mended."""
        entry = self.findings[finding.key]
        setting = self.settings.get(str(finding.facts.get("setting")), {})
        named = {name: self.words.get(str(value), value) for name, value in finding.facts.items() if name in CODES}
        told = entry["text"].format_map({"what": setting.get("what", ""), **finding.facts, **named})
        place = self.places.get(entry.get("place") or setting.get("place", ""), "")
        line = f"{self.words[self.level(finding)]}  {told}"
        return f"{line} → {place}" if place else line
