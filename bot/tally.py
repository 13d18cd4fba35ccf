"""What happened at the door since the start, counted for all web processes together.

One piece of memory is made before the processes are forked, and each counts in a row of its own: no lock that a
killed process could leave taken, and whoever is asked can tell the sum. Prometheus' own library wants a
folder of files for this, to be emptied at each start; the few counters here do not need one.
"""

import mmap
import threading
from collections.abc import Iterable

from bot.message import KINDS, OA, WECOM

TURNED_AWAY = (
    "bad signature",
    "bad signature or seal",
    "bad timestamp",
    "encoded body",
    "malformed envelope",
    "malformed message",
    "malformed query",
    "method",
    "missing parameter",
    "no length",
    "not stored",
    "plain message to a safe account",
    "repeated parameter",
    "stale",
    "too large",
)
OTHER = "other"
SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Answers are counted by the first of these that they did not take longer than; WeChat waits five seconds."""
SLOWER = "inf"
ROWS = 130
"""So many processes at once have a row of their own: twice the most that `serve` starts, for a reload."""
NUMBER = 8


class Counted:
    """Counts by names that are known beforehand; what has another name is counted as `other`."""

    def __init__(self, names: Iterable[str], rows: int = 1) -> None:
        self._place = {name: place for place, name in enumerate((*dict.fromkeys(names), OTHER))}
        self._shared = memoryview(mmap.mmap(-1, rows * len(self._place) * NUMBER)).cast("Q")
        self._row = 0
        self._one_at_a_time = threading.Lock()

    def take_row(self, row: int) -> None:
        """Count in this row from now on: said in a process that was just forked."""
        self._row, self._one_at_a_time = row, threading.Lock()

    def add(self, name: str, by: int = 1) -> None:
        place = self._row * len(self._place) + self._place.get(name, self._place[OTHER])
        with self._one_at_a_time:
            self._shared[place] += by

    def told(self) -> dict[str, int]:
        """The sums over all processes, without what never happened."""
        width = len(self._place)
        sums = {name: sum(self._shared[place::width]) for name, place in self._place.items()}
        return {name: count for name, count in sums.items() if count}


class Tally:
    """All that is counted at the door."""

    def __init__(self, rows: int = 1) -> None:
        self.turned_away = Counted(TURNED_AWAY, rows)
        self.messages = Counted((f"{channel} {kind}" for channel in (OA, WECOM) for kind in KINDS.values()), rows)
        self.answers = Counted((*map(str, SECONDS), SLOWER), rows)
        self.microseconds = Counted(("answers",), rows)

    def take_row(self, row: int) -> None:
        for counted in (self.turned_away, self.messages, self.answers, self.microseconds):
            counted.take_row(row)

    def answered(self, seconds: float) -> None:
        """One message or event was answered in so much time."""
        self.answers.add(next((str(most) for most in SECONDS if seconds <= most), SLOWER))
        self.microseconds.add("answers", round(seconds * 1_000_000))
