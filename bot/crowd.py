"""How long a request has waited for a thread. When that is too long, messages are only stored, and understood later.

Whoever understands everything at once can be overrun for ever: the platform delivers again what was not answered in
five seconds, and the repeats alone keep the service busy. Storing costs a fraction of understanding.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

TOO_LONG = 0.5
"""Seconds of waiting work from which on messages are put aside; the platform gives up after five."""

_waited = ContextVar("waited", default=0.0)


class Threads(ThreadPoolExecutor):
    """Threads that know how long what they do has waited for them. `clock` counts seconds."""

    def __init__(self, count: int, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(count)
        self._clock = clock

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        since = self._clock()

        def begun() -> Any:
            _waited.set(self._clock() - since)
            return work(*args, **named)

        return super().submit(begun)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker with such threads."""

    def get_thread_pool(self) -> Threads:
        return Threads(self.cfg.threads)


def too_long() -> bool:
    """Whether the request at hand has waited so long that others must be waiting behind it."""
    return _waited.get() > TOO_LONG
