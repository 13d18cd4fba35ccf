"""What the platforms allow, from `limits.toml`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from store.facts import FactError, read

FILE = "limits.toml"


@dataclass(frozen=True, slots=True)
class TokenLimits:
    a_day: int
    rest: timedelta
    doubt: timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    token: TokenLimits

    @classmethod
    def load(cls, override: Path | None = None) -> "Limits":
        """Raises FactError for what is missing or is no number above zero."""
        facts = read(__file__, FILE, override)
        try:
            token = facts["token"]
            return cls(
                TokenLimits(
                    _above_zero(token["a_day"]),
                    timedelta(minutes=_above_zero(token["rest_minutes"])),
                    timedelta(minutes=_above_zero(token["doubt_minutes"])),
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FactError(f"{FILE}: missing or wrong entry: {error}") from error


def _above_zero(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{value!r} is not a whole number above zero")
    return value
