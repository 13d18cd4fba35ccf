"""Where trouble gets in: at the clock, at the sender and at the commit. The service itself knows nothing of it."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.senders import Sender
from store.db import Store


class Killed(BaseException):
    """The process ends here, without a word. Nothing of the service catches it, as nothing catches a kill."""


class Fate:
    """Kills by the numbers of a seed: at each place it is asked, with one chance in so many."""

    def __init__(self, random: Random, one_in: int) -> None:
        self._random = random
        self._one_in = one_in
        self.calm = False
        self.struck: Counter[str] = Counter()

    def strike(self, where: str) -> None:
        if not self.calm and self._random.randrange(self._one_in) == 0:
            self.struck[where] += 1
            raise Killed(where)


class StepClock:
    """Stands still until it is moved, and never goes back. Written to a file, other processes can read it."""

    def __init__(self, start: datetime, file: Path | None = None) -> None:
        self._moment = start.astimezone(UTC)
        self._file = file
        self._write()

    def now(self) -> datetime:
        return self._moment

    def move_to(self, moment: datetime) -> None:
        self._moment = max(self._moment, moment.astimezone(UTC))
        self._write()

    def _write(self) -> None:
        if self._file is not None:
            part = self._file.with_suffix(".part")
            part.write_text(self._moment.isoformat())
            os.replace(part, self._file)


class FileClock:
    """The clock of another process."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.fromisoformat(self._file.read_text())


class FatedClock:
    """A clock at whose reading a process may end."""

    def __init__(self, clock: Clock, fate: Fate) -> None:
        self._clock = clock
        self._fate = fate

    def now(self) -> datetime:
        self._fate.strike("clock")
        return self._clock.now()


class FatedStore(Store):
    """A database around whose commits a process may end: before, and nothing is kept; after, and all of it is."""

    def __init__(self, url: str, secret_key: str, fate: Fate) -> None:
        super().__init__(url, secret_key)
        self._fate = fate

    @contextmanager
    def write(self) -> Iterator[Session]:
        with super().write() as session:
            yield session
            self._fate.strike("before the commit")
        self._fate.strike("after the commit")


class FatedSender:
    """A sender around whose calls a process may end, freeze past its lease, or see another at work in between."""

    def __init__(self, sender: Sender, fate: Fate, meanwhile: Callable[[dict[str, Any]], None]) -> None:
        self._sender = sender
        self._fate = fate
        self._meanwhile = meanwhile

    def channels(self) -> tuple[str, ...]:
        return self._sender.channels()

    def send(self, channel: str, body: dict[str, Any]) -> str:
        self._fate.strike("before the call")
        self._meanwhile(body)
        sent = self._sender.send(channel, body)
        self._fate.strike("after the call")
        return sent


FROZEN = timedelta(seconds=200)
"""Longer than a lease: who sleeps for so long has lost what it had taken."""
