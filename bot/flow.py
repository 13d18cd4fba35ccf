"""How much one contact may send. What is above it is kept as it came, answered once, and not registered."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from store import people
from store.facts import FactError, read
from store.tables import Identity

FILE = "contacts.toml"


@dataclass(frozen=True, slots=True)
class Flow:
    per_minute: int
    per_day: int

    @classmethod
    def load(cls, override: Path | None = None) -> "Flow":
        """Read `contacts.toml`. Raises FactError for a bound that is none."""
        facts = read(__file__, FILE, override).get("pace", {})
        for name in ("per_minute", "per_day"):
            if not isinstance(facts.get(name), int) or facts[name] < 1:
                raise FactError(f"{FILE}: pace: {name} must be a number of messages")
        return cls(facts["per_minute"], facts["per_day"])

    def count(
        self, session: Session, identity: Identity, now: datetime, today: date, last: date | None
    ) -> bool | None:
        """Count one more message of this account. None: it may be taken; True: the first too many; False: one more
        of these. `today` and `last`: the local days of this message and of the one before."""
        same_minute = identity.heard_at is not None and _minute(identity.heard_at) == _minute(now)
        in_minute = identity.in_minute + 1 if same_minute else 1
        in_day = identity.in_day + 1 if last == today else 1
        people.heard(session, identity, heard_at=now, in_minute=in_minute, in_day=in_day)
        if in_minute <= self.per_minute and in_day <= self.per_day:
            return None
        return in_minute == self.per_minute + 1 or in_day == self.per_day + 1


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
