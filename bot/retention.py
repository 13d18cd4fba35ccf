"""How long what names people is kept, as `privacy.toml` says."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from store.facts import FactError, read

FILE = "privacy.toml"
LEAST = 7


@dataclass(frozen=True, slots=True)
class Retention:
    inbox: timedelta
    outbox: timedelta
    stranger: timedelta

    @classmethod
    def load(cls, override: Path | None = None) -> "Retention":
        """Read the file. Raises FactError for a span that is none, or too short to recognise repeats by."""
        facts = read(__file__, FILE, override).get("retention", {})
        spans = {name: facts.get(f"{name}_days") for name in ("inbox", "outbox", "stranger")}
        for name, days in spans.items():
            if not isinstance(days, int) or days < LEAST:
                raise FactError(f"{FILE}: retention: {name}_days must be a number of days, at least {LEAST}")
        return cls(**{name: timedelta(days=days) for name, days in spans.items()})
