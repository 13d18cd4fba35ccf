"""Everything an office may set about who, when and what if not, loaded together; and one turn of work."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from routing import calendar_file
from routing.afterwards import Afterwards
from routing.calendar import Calendar
from routing.commitments import Commitments
from routing.deadlines import Deadlines
from routing.duty import Duty
from routing.flags import Flags
from routing.limits import Limits
from routing.metrics import Metrics
from routing.notices import Notices
from routing.owners import Owners
from routing.pace import Pace
from routing.results import Results
from routing.rhythm import Rhythms
from routing.rungs import Ladder


@dataclass(frozen=True, slots=True)
class Policy:
    calendar: Calendar
    owners: Owners
    deadlines: Deadlines
    ladder: Ladder
    notices: Notices
    limits: Limits
    results: Results
    afterwards: Afterwards
    metrics: Metrics
    flags: Flags
    duty: Duty
    commitments: Commitments
    pace: Pace
    rhythms: Rhythms

    @classmethod
    def load(cls, override: Path | None = None) -> "Policy":
        """Read every file of this room. Raises FactError for the first mistake."""
        loaded = cls(
            calendar_file.load(override),
            Owners.load(override),
            Deadlines.load(override),
            Ladder.load(override),
            Notices.load(override),
            Limits.load(override),
            Results.load(override),
            Afterwards.load(override),
            Metrics.load(override),
            Flags.load(override),
            Duty.load(override),
            Commitments.load(override),
            Pace.load(override),
            Rhythms.load(override),
        )
        loaded.pace.check([*loaded.notices.tables(), *loaded.ladder.tables()])
        return loaded


@dataclass(frozen=True, slots=True)
class Turn:
    """One transaction, the rules in force, and the moment it happens (aware UTC)."""

    session: Session
    policy: Policy
    now: datetime


class Refused(Exception):
    """Somebody asked for what cannot be done now. `key` names the text that says what to do instead."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts
