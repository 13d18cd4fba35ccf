"""Starts victims, waits until they stand where they were told to stop, ends them with SIGKILL."""

import multiprocessing
import os
import resource
import signal
from multiprocessing.connection import Connection, wait

from tests.crash.victim import Told, live

PATIENCE = 60.0
"""Real seconds within which a process has come to where it was to stop, or has done what it was told."""
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.crash.warm"])


class Victim:
    """One process."""

    def __init__(self, told: Told) -> None:
        self._orders, theirs = FORKS.Pipe()
        self._bell, their_bell = FORKS.Pipe()
        self._process = FORKS.Process(target=live, args=(told, theirs, their_bell), daemon=True)
        self._process.start()
        theirs.close()
        their_bell.close()

    def begin(self, order: str, port: int = 0) -> None:
        """Let it do something, and do not wait."""
        self._orders.send((order, port))

    def done(self) -> str:
        """Wait until that is done; the name of the exception it ended with, "" for none."""
        return str(_heard(self._orders, "the end of its work"))

    def do(self, order: str, port: int = 0) -> str:
        self.begin(order, port)
        return self.done()

    def stands(self) -> "Victim":
        """Wait until it stands where it was told to stop."""
        _heard(self._bell, "where it was to stop")
        return self

    def go_on(self) -> None:
        self._bell.send("")

    def kill(self) -> None:
        """The end without warning."""
        self._process.kill()
        self._process.join()

    def freeze(self) -> None:
        """As a virtual machine that is paused: nothing of it runs, and it does not know."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    def let_files_grow(self, size: int = -1) -> None:
        """Files may be written up to so many bytes and no further, as on a full disk; -1: without bounds."""
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    @property
    def _pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def end(self) -> None:
        if self._process.is_alive():
            self.kill()
        self._process.close()
        self._orders.close()
        self._bell.close()


def _heard(line: Connection, what: str) -> object:
    if not wait([line], PATIENCE):
        raise AssertionError(f"waited {PATIENCE} s in vain for {what}")
    return line.recv()
