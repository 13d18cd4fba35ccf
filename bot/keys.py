"""The token and the key of an account: those it has, and for a while after a change those it had.

While new ones are being saved in the platform's console messages still come with the old ones, and what was not
answered comes again with those it was first sent with.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.wire import Account


@dataclass(frozen=True, slots=True)
class Keys:
    """What the platform signs and seals with; `sealed` is None in plain mode."""

    token: str = field(repr=False)
    sealed: Account | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Former:
    """What was so until a change, and for how long after the start of a web process it is still taken."""

    keys: Keys = field(repr=False)
    overlap: timedelta


class Ring:
    """The keys of one account that are taken at a moment, the present ones first."""

    def __init__(self, present: Keys, former: Former | None, started: datetime) -> None:
        self._present = present
        self._former = former
        self._until = started + former.overlap if former else started

    def taken(self, now: datetime) -> tuple[Keys, ...]:
        if self._former is not None and now < self._until:
            return self._present, self._former.keys
        return (self._present,)

    def tokens(self, now: datetime) -> tuple[str, ...]:
        return tuple(keys.token for keys in self.taken(now))

    def seals(self, now: datetime) -> tuple[Account, ...]:
        """Empty in plain mode."""
        return tuple(keys.sealed for keys in self.taken(now) if keys.sealed is not None)
