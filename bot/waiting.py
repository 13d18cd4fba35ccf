"""Waiting for the signal to stop."""

import signal
import threading


def until_stopped() -> None:
    """Return when the process is asked to end, by Ctrl-C or by its supervisor."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
