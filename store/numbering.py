"""Numbers of rows made by the program itself: in the order of time, and different in every process.

A sequence lives in one place; on a distributed engine each row would have to go there (docs/scale.md).
"""

import secrets
import time
from threading import Lock

BEGINNING_MS = 1_577_836_800_000
"""2020-01-01T00:00:00Z. 41 bits of milliseconds last until 2089."""
BITS = 22
_DRAWN = BITS - 1

_lock = Lock()
_last = 0


def next_number() -> int:
    """A number of 63 bits above all that this process has made: milliseconds, then drawn once for each of them and
    counted on from there.

    Two processes make the same number only if they draw neighbours of two million within one millisecond; then the
    primary key refuses the later one, whose transaction is tried again. The clock is the machine's, also where time
    is set for a test: the number says nothing but the order.
    """
    global _last
    fresh = (time.time_ns() // 1_000_000 - BEGINNING_MS) << BITS | secrets.randbits(_DRAWN)
    with _lock:
        _last = fresh if fresh >> BITS > _last >> BITS else _last + 1
        return _last
