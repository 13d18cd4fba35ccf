"""Tokens of one account, as the platforms hand them out ("Get access token", "Get stable access token"; WeCom 91039).

`classic`: a new one each time; the one before lives five minutes more. `stable`: the same one for everybody who asks,
until five minutes before its end; a forced one ends the one before at once. The two know nothing of each other.
"""

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.sim.faults import OK, error

LIFE = timedelta(hours=2)
OVERLAP = timedelta(minutes=5)
A_DAY, FORCED_A_DAY, FORCED_APART = 2000, 20, timedelta(seconds=30)
CHINA = timedelta(hours=8)
"""The platforms' day begins there."""


class Credentials:
    """`account`: public id and secret; without them whoever asks gets a token."""

    def __init__(
        self, now: Callable[[], datetime], account: tuple[str, str] | None = None, *, wecom: bool = False
    ) -> None:
        self.life = LIFE
        self.fetched: Counter[str] = Counter()
        self._now = now
        self._account = account
        self._wecom = wecom
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}
        self._classic = self._stable = ""
        self._today: Counter[tuple[str, object]] = Counter()
        self._forced_at: datetime | None = None

    def classic(self, who: str | None = None, secret: str | None = None) -> dict[str, Any]:
        """Each call ends the token before."""
        with self._lock:
            if (wrong := self._wrong("classic", who, secret)) is not None:
                return wrong
            if self._classic:
                self._until[self._classic] = min(self._until[self._classic], self._now() + OVERLAP)
            self._classic = self._new()
            return {"access_token": self._classic, "expires_in": int(self.life.total_seconds())}

    def stable(self, who: str | None = None, secret: str | None = None, *, force: bool = False) -> dict[str, Any]:
        """The same one for all; renewed before its end, so that whoever gets it has five minutes at least."""
        with self._lock:
            if (wrong := self._wrong("stable", who, secret)) is not None:
                return wrong
            if force and (refused := self._forced()) is not None:
                return refused
            early = timedelta() if self._wecom else min(OVERLAP, self.life / 2)
            left = self._until.get(self._stable, self._now()) - self._now()
            if force or left <= early:
                self._stable = self._new()
                left = self.life
            return {**OK, "access_token": self._stable, "expires_in": int(left.total_seconds())}

    def refusal(self, token: str | None) -> int | None:
        """The code by which a call with this token is refused; None when it is good."""
        if not token:
            return 41001
        until = self._until.get(token)
        if until is None:
            return 40014 if self._wecom else 40001
        return None if self._now() < until else 42001

    def end(self) -> None:
        """Every token that is out ends now."""
        with self._lock:
            self._until = dict.fromkeys(self._until, self._now())

    def _wrong(self, kind: str, who: str | None, secret: str | None) -> dict[str, Any] | None:
        today = (kind, (self._now() + CHINA).date())
        self.fetched[kind] += 1
        self._today[today] += 1
        if self._account is not None and who != self._account[0]:
            return error(40013)
        if self._account is not None and secret != self._account[1]:
            return error(40001 if self._wecom else 40125)
        return error(45009) if kind == "classic" and self._today[today] > A_DAY else None

    def _forced(self) -> dict[str, Any] | None:
        """Twenty times a day, half a minute apart; it ends the one before at once."""
        today, now = ("force", (self._now() + CHINA).date()), self._now()
        self._today[today] += 1
        if self._today[today] > FORCED_A_DAY:
            return error(45009)
        if self._forced_at is not None and now - self._forced_at < FORCED_APART:
            return error(45011)
        self._forced_at = now
        self._until[self._stable] = now
        return None

    def _new(self) -> str:
        made = secrets.token_urlsafe(24)
        self._until[made] = self._now() + self.life
        return made
