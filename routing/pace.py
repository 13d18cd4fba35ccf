"""How often people are disturbed, and what an enterprise is told without asking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from store.facts import FactError, read

FILE = "pace.toml"
ROLES = ("contact", "stranger", "officer", "head", "coordinator", "leader", "duty", "discipline")


@dataclass(frozen=True, slots=True)
class Pace:
    cap: Mapping[str, int]  # by role: so many messages a day that nobody asked for
    gap: timedelta  # between two of them to one contact
    urge_gap: timedelta  # between two pushes to the owner of an item that its enterprise presses for
    moments: Mapping[str, tuple[str, ...]]  # what a contact is told, by its moment

    @classmethod
    def load(cls, override: Path | None = None) -> "Pace":
        """Read `pace.toml`. Raises FactError naming the entry and what is wrong with it."""
        facts = read(__file__, FILE, override)
        cap, gaps = facts.get("cap", {}), {}
        for role in ROLES:
            if not isinstance(cap.get(role), int) or cap[role] < 1:
                raise FactError(f"{FILE}: cap: {role} must be a whole number of at least 1")
        if unknown := cap.keys() - set(ROLES):
            raise FactError(f"{FILE}: cap: unknown role {min(unknown)!r}; one of {', '.join(ROLES)}")
        for name in ("enterprise", "urge"):
            minutes = facts.get(name, {}).get("gap_minutes")
            if not isinstance(minutes, int) or minutes < 0:
                raise FactError(f"{FILE}: {name}: gap_minutes must be a whole number, not below 0")
            gaps[name] = timedelta(minutes=minutes)
        moments = {moment: tuple(texts) for moment, texts in facts.get("moments", {}).items()}
        return cls(cap, gaps["enterprise"], gaps["urge"], moments)

    def check(self, tables: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """Raise FactError when one of these (where it stands, who is told what) tells a contact anything else."""
        known = {text for texts in self.moments.values() for text in texts}
        for where, tell in tables:
            if "contact" in tell and tell["contact"] not in known:
                raise FactError(
                    f"{where}: {tell['contact']!r} is no moment of {FILE}: an enterprise is not told more"
                )
