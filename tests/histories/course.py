"""What kind of history a seed makes: when it begins, how long it is, how often trouble comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


STARTS = tuple(
    datetime.fromisoformat(f"{moment}+08:00")
    for moment in (
        "2026-09-28T10:00:00",  # a Monday
        "2026-09-30T15:00:00",  # before a holiday of a week
        "2026-10-08T08:40:00",  # after it
        "2026-10-10T15:30:00",  # a Saturday that works
        "2026-10-16T16:00:00",  # before a weekend
        "2026-12-31T14:00:00",  # before the new year
    )
)
NEVER = 10**9
TICK, DRAIN = "tick", "drain"
EVERY = {TICK: seconds(15), DRAIN: seconds(5)}
REBIRTHS = (seconds(1), seconds(31), minutes(3))
OUTAGES = (minutes(20), minutes(50), hours(5), hours(15), hours(63))
"""Of all processes; those beyond ten minutes and four hours outlast what the platforms remember."""
SLEEPS = (seconds(200), seconds(200), minutes(30), hours(5), hours(15))
IN_A_CALL = (seconds(130), minutes(5))
"""The same within a call, where nobody can look again before it leaves: longer than a lease, shorter than what the
platforms remember."""
CALL_MAY_TAKE = minutes(10)
AWAKE = (7, 21)
QUIET = hours(3)
LATE = minutes(20)
WEEK, HOUR = hours(168), hours(1)
AT_CALLS = 6
"""So many times as often as elsewhere a process ends just before or after a call: there are few of them."""
BOTH = 0.6
"""With this chance a worker looks when another is looking already."""
STEPS = 60_000
"""More than any history takes: one that takes more goes round in circles."""


@dataclass(frozen=True, slots=True)
class Course:
    """What kind of history it is."""

    start: datetime
    length: timedelta
    kill_one_in: int
    aside_one_in: int
    sleep_one_in: int
    outage_one_in: int  # of those who are killed
    failing: float
    crowded: float
    jumps: tuple[timedelta, ...]  # of the clock, at any time

    @classmethod
    def by(cls, random: Random) -> "Course":
        return cls(
            start=random.choice(STARTS),
            length=hours(random.choice((9, 30, 54, 80))),
            kill_one_in=random.choice((60, 150, 400, NEVER)),
            aside_one_in=random.choice((2, 4, 12)),
            sleep_one_in=random.choice((15, 50, NEVER)),
            outage_one_in=random.choice((2, 5)),
            failing=random.choice((0.05, 0.15, 0.3)),
            crowded=random.choice((0, 0, 0, 0.3)),
            jumps=random.choice(((), (), (WEEK,), (-HOUR,))),
        )
