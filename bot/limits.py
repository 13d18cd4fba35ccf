"""What the platforms allow, from `limits.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from store.facts import FactError, read

FILE = "limits.toml"
WINDOWS = ("message", "menu", "subscribe", "scan")
SPARE = 10
"""Seconds, for a file from before there was such an entry."""
DELIVERED = timedelta(hours=1)
"""The platform delivers three times within seconds; so much later no delivery is its own any more."""
WAYS = ("custom", "template", "subscribe", "wecom")


@dataclass(frozen=True, slots=True)
class TokenLimits:
    a_day: int
    rest: timedelta
    doubt: timedelta


@dataclass(frozen=True, slots=True)
class WindowLimits:
    """So many messages within so long after a person did something."""

    messages: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    token: TokenLimits
    windows: Mapping[str, WindowLimits]
    spare: timedelta  # before a window closes, so that a message that leaves now still arrives in it
    member: tuple[tuple[timedelta, int], ...]  # so many messages in so long to one member
    a_day: Mapping[str, int]  # of the whole application, by way

    @property
    def lengths(self) -> Mapping[str, timedelta]:
        """How long each kind of window is open."""
        return {kind: limit.length for kind, limit in self.windows.items()}

    @classmethod
    def load(cls, override: Path | None = None) -> "Limits":
        """Raises FactError for what is missing or is no number above zero."""
        facts = read(__file__, FILE, override)
        try:
            return cls(
                _token(facts["token"]),
                {kind: _window(facts["window"][kind]) for kind in WINDOWS},
                timedelta(seconds=_above_zero(facts["window"].get("spare_seconds", SPARE))),
                (
                    (timedelta(minutes=1), _above_zero(facts["member"]["a_minute"])),
                    (timedelta(hours=1), _above_zero(facts["member"]["an_hour"])),
                ),
                {way: _above_zero(facts["a_day"][way]) for way in WAYS},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FactError(f"{FILE}: missing or wrong entry: {error}") from error


def began(created: int, now: datetime) -> datetime:
    """From when the platform counts what a message allows: the second written into it. One from the future, or from
    before the platform would have given up delivering it, is no measure; that is counted from now."""
    since = datetime.fromtimestamp(created, UTC)
    return since if timedelta() <= now - since <= DELIVERED else now


def _token(entry: Mapping[str, Any]) -> TokenLimits:
    rest, doubt = (timedelta(minutes=_above_zero(entry[name])) for name in ("rest_minutes", "doubt_minutes"))
    return TokenLimits(_above_zero(entry["a_day"]), rest, doubt)


def _window(entry: Mapping[str, Any]) -> WindowLimits:
    return WindowLimits(_above_zero(entry["messages"]), timedelta(minutes=_above_zero(entry["minutes"])))


def _above_zero(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{value!r} is not a whole number above zero")
    return value
