"""How far what goes on beside an item may go: supports, pauses, escalations."""

from dataclasses import dataclass
from pathlib import Path

from routing.deadlines import GRADES
from store.facts import FactError, read

FILE = "limits.toml"


@dataclass(frozen=True, slots=True)
class Limits:
    support_days: int
    pause_days: int
    pause_times: int
    escalation_returns: int
    returns_grade: int
    escalation_grades: frozenset[int]

    @classmethod
    def load(cls, override: Path | None = None) -> "Limits":
        """Read `limits.toml`. Raises FactError naming the entry that is missing or makes no sense."""
        facts = read(__file__, FILE, override)
        try:
            made = cls(
                facts["support"]["days"],
                facts["pause"]["days"],
                facts["pause"]["times"],
                facts["escalation"]["returns"],
                facts["escalation"]["returns_grade"],
                frozenset(facts["escalation"]["grades"]),
            )
        except (KeyError, TypeError) as error:
            raise FactError(f"{FILE}: missing or wrong entry: {error}") from error
        made._check()
        return made

    def _check(self) -> None:
        for entry in ("support_days", "pause_days", "pause_times", "escalation_returns"):
            value = getattr(self, entry)
            if not isinstance(value, int) or value < 1:
                raise FactError(f"{FILE}: {entry.replace('_', ': ')} must be a whole number, at least 1")
        if unknown := {self.returns_grade, *self.escalation_grades} - set(GRADES):
            raise FactError(f"{FILE}: escalation: there is no grade {min(unknown)}")
