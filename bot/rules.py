"""How contacts are bound, as `contacts.toml` says."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from store.facts import FactError, read

FILE = "contacts.toml"
LONGEST = 30
BOUNDS = {
    "invitation": {"days": 365, "tries": 100, "tries_hours": 24 * 7},
    "scan": {"days": LONGEST, "proofs": 20, "proof_hours": 24 * LONGEST},
}
"""The numbers of the file, and the largest that makes sense."""


@dataclass(frozen=True, slots=True)
class ContactRules:
    invitation_life: timedelta
    tries: int
    tries_span: timedelta
    scene_life: timedelta
    proofs: int
    claim_life: timedelta

    @classmethod
    def load(cls, override: Path | None = None) -> "ContactRules":
        """Read the file. Raises FactError for a number that is none or out of bounds."""
        facts = read(__file__, FILE, override)
        given: dict[str, dict[str, int]] = {}
        for table, bounds in BOUNDS.items():
            given[table] = facts.get(table, {})
            for name, most in bounds.items():
                value = given[table].get(name)
                if not isinstance(value, int) or not 1 <= value <= most:
                    raise FactError(f"{FILE}: {table}: {name} must be a whole number from 1 to {most}")
        invitation, scan = given["invitation"], given["scan"]
        return cls(
            timedelta(days=invitation["days"]),
            invitation["tries"],
            timedelta(hours=invitation["tries_hours"]),
            timedelta(days=scan["days"]),
            scan["proofs"],
            timedelta(hours=scan["proof_hours"]),
        )
