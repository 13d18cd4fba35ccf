"""A clock that runs at real speed and can be moved forward. It survives the process."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime.fromisoformat("2026-09-28T09:00:00+08:00")
"""A Monday; the National Day holiday with its make-up workdays lies ahead."""


class VirtualClock:
    """Never goes back, not even over a restart: the moment it last stood at is kept in a file."""

    def __init__(self, path: Path, start: datetime = START) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._base = datetime.fromisoformat(path.read_text()) if path.exists() else start.astimezone(UTC)
        self._since = time.monotonic()
        self.keep()

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def move_to(self, moment: datetime) -> None:
        """Jump to a later moment; an earlier one is taken as now."""
        with self._lock:
            self._base, self._since = max(moment.astimezone(UTC), self._now()), time.monotonic()
        self.keep()

    def keep(self) -> None:
        """Write down where the clock stands, whole or not at all."""
        with self._lock:
            part = self._path.with_suffix(".part")
            part.write_text(self._now().isoformat())
            os.replace(part, self._path)
