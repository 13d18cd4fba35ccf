"""What happens after an item has ended: the second look, a matter taken up again, a withdrawal looked into."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from routing.calendar import Calendar
from store.facts import FactError, read
from store.tables import Item

FILE = "afterwards.toml"
PLACES = 100
ENDS = " ,，。.!！?？~～…啊呀了\n"


@dataclass(frozen=True, slots=True)
class Afterwards:
    days: int
    grades: frozenset[int]
    share: float
    remind_days: int
    again_days: int
    again_words: frozenset[str] = field(repr=False)
    withdrawal_days: int
    withdrawal_words: tuple[str, ...] = field(repr=False)

    @classmethod
    def load(cls, override: Path | None = None) -> "Afterwards":
        """Read `afterwards.toml`. Raises FactError naming the entry that makes no sense."""
        facts = read(__file__, FILE, override)
        try:
            looked, again, withdrawal = facts["followup"], facts["again"], facts["withdrawal"]
            made = cls(
                looked["days"],
                frozenset(looked["grades"]),
                looked["share"],
                looked["remind_days"],
                again["days"],
                frozenset(again["words"]),
                withdrawal["days"],
                tuple(withdrawal["words"]),
            )
        except (KeyError, TypeError) as error:
            raise FactError(f"{FILE}: missing or wrong entry: {error}") from error
        made._check()
        return made

    def _check(self) -> None:
        counts: dict[str, Any] = {
            "followup: days": self.days,
            "followup: remind_days": self.remind_days,
            "again: days": self.again_days,
            "withdrawal: days": self.withdrawal_days,
        }
        for name, count in counts.items():
            if not isinstance(count, int) or count < 1:
                raise FactError(f"{FILE}: {name}: must be a whole number of at least 1")
        if not isinstance(self.share, int | float) or not 0 <= self.share <= 1:
            raise FactError(f"{FILE}: followup: share must lie between 0 and 1")
        if not all(self.withdrawal_words):
            raise FactError(f"{FILE}: withdrawal: an empty word would be found in everything")

    def looked_at(self, item: Item, closed_at: datetime, calendar: Calendar) -> tuple[datetime | None, str]:
        """When an item that closes now is looked at again, None: not at all; and the rule that says so."""
        usual = calendar.next_open(closed_at + timedelta(days=self.days))
        if item.planned_at is not None:
            morning = datetime.combine(calendar.local(item.planned_at).date(), time.min, calendar.zone)
            return (calendar.next_open(morning) if morning > closed_at else usual), f"{FILE}: followup, planned"
        if item.grade in self.grades:
            return usual, f"{FILE}: followup, grade {item.grade}"
        place = place_of(item.number)
        rule = f"{FILE}: followup, share {self.share:g}: place {place} of {PLACES}"
        return (usual if place < self.share * PLACES else None), rule

    @property
    def again_for(self) -> timedelta:
        return timedelta(days=self.again_days)

    def says_again(self, said: str) -> bool:
        """Whether a message says that what was closed is back, and nothing else."""
        return said.strip(ENDS) in {word.strip(ENDS) for word in self.again_words}

    def asked_for(self, said: str) -> bool:
        """Whether somebody who withdraws says that he was told to."""
        return any(word in said for word in self.withdrawal_words)


def place_of(number: str) -> int:
    """The place of an item in a sample, 0 to 99: the same whenever and wherever it is counted."""
    return int(hashlib.sha256(number.encode()).hexdigest(), 16) % PLACES
