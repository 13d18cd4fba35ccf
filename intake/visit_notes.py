"""Whether the note of a visit tells of a problem, or only that somebody was there."""

import re
from dataclasses import dataclass
from pathlib import Path

from store.facts import FactError, read

FILE = "visit_notes.toml"


@dataclass(frozen=True, slots=True)
class VisitNotes:
    nothing: re.Pattern[str]
    telling: tuple[str, ...]
    activity: tuple[str, ...]

    @classmethod
    def load(cls, override: Path | None = None) -> "VisitNotes":
        """Read `visit_notes.toml`. Raises FactError naming the entry that is missing or makes no sense."""
        facts = read(__file__, FILE, override)
        try:
            nothing = re.compile(facts["nothing"])
            return cls(nothing, _words(facts, "telling"), _words(facts, "activity"))
        except (KeyError, TypeError, re.error) as error:
            raise FactError(f"{FILE}: missing or wrong entry: {error}") from error

    def tells(self, note: str) -> bool:
        """Whether there may be something to register in it."""
        left = self.nothing.sub("", note)
        if any(word in left for word in self.telling):
            return True
        return bool(left.strip(" ，。,.；;")) and left == note and not any(word in left for word in self.activity)


def _words(facts: dict[str, object], entry: str) -> tuple[str, ...]:
    found = facts[entry]
    if not isinstance(found, list) or not all(isinstance(word, str) and word for word in found):
        raise FactError(f"{FILE}: {entry} must be a list of words")
    return tuple(found)
