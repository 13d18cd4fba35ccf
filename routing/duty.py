"""What an officer owes the enterprises he or she is bound to: so many visits a quarter."""

from dataclasses import dataclass
from pathlib import Path

from store.facts import FactError, read

FILE = "visits.toml"


@dataclass(frozen=True, slots=True)
class Duty:
    per_quarter: int
    remind_days: tuple[int, ...]

    @classmethod
    def load(cls, override: Path | None = None) -> "Duty":
        """Read `visits.toml`. Raises FactError naming the entry that is missing or makes no sense."""
        facts = read(__file__, FILE, override).get("duty", {})
        per_quarter, days = facts.get("per_quarter"), facts.get("remind_days")
        if not isinstance(per_quarter, int) or per_quarter < 1:
            raise FactError(f"{FILE}: duty: per_quarter must be a whole number, at least 1")
        if not isinstance(days, list) or not all(isinstance(day, int) and 0 < day < 90 for day in days):
            raise FactError(f"{FILE}: duty: remind_days must be a list of days before the end of a quarter")
        return cls(per_quarter, tuple(days))
