"""What an office sets about promises: how their dates are found, when they are reminded of, what keeps them."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from routing import dates
from routing.dates import BACK, FORWARD
from routing.lifecycle import Action
from store.facts import FactError, read

FILE = "commitments.toml"
WAYS = ("before", "within", "after", "on", "end")


@dataclass(frozen=True, slots=True)
class Commitments:
    remind: int  # seconds of working time before it is due
    correct: timedelta
    furthest: timedelta
    kept_by: frozenset[str]
    dates: dates.Rules

    @classmethod
    def load(cls, override: Path | None = None) -> "Commitments":
        """Read `commitments.toml`. Raises FactError naming the entry."""
        facts = read(__file__, FILE, override)
        kept = facts.get("kept_by")
        if not isinstance(kept, list) or not kept or set(kept) - set(Action):
            raise FactError(f"{FILE}: kept_by must list actions such as {Action.PROGRESS!s}")
        day_off, early = facts.get("day_off", {}), facts.get("day", {}).get("week_early")
        if set(day_off) != set(WAYS) or set(day_off.values()) - {BACK, FORWARD}:
            raise FactError(f'{FILE}: day_off needs {", ".join(WAYS)}, each "{BACK}" or "{FORWARD}"')
        if early not in range(1, 8):
            raise FactError(f"{FILE}: day: week_early must be a day of the week, 1 to 7")
        return cls(
            round(_number(facts, "remind_hours") * 3600),
            timedelta(minutes=_number(facts, "correct_minutes")),
            timedelta(days=_number(facts, "furthest_days")),
            frozenset(kept),
            dates.Rules(day_off, early),
        )


def _number(facts: dict[str, Any], name: str) -> float:
    found = facts.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or found <= 0:
        raise FactError(f"{FILE}: {name} must be a number above 0")
    return found
