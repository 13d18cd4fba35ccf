"""Writers of one SQLite file queue up, over threads and processes."""

import fcntl
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import IO


class Turns:
    """A lock file beside the database. SQLite's own waiting backs off and lets newcomers overtake, which gives the
    unlucky a second and more; here whoever waits is woken when it is their turn.

    A lock that is given back goes to whoever asks first, and that is mostly who has just had it: a worker that has
    much to write would keep everybody else out. So there is a turnstile in front: only who stands in it may wait for
    the lock, and who comes back from writing has to queue for the turnstile like all others.
    """

    def __init__(self, path: Path) -> None:
        self._turnstile = _Lock(path.with_name(f"{path.name}-next"))
        self._writing = _Lock(path)

    def __enter__(self) -> None:
        with self._turnstile:
            self._writing.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self._writing.__exit__(kind, error, place)

    def close(self) -> None:
        self._turnstile.close()
        self._writing.close()


class _Lock:
    """A lock between threads, and between processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: IO[bytes] | None = None
        self._owner = 0

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            fcntl.flock(self._own_file(), fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        fcntl.flock(self._own_file(), fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _own_file(self) -> IO[bytes]:
        """A file of this process: one inherited over a fork would share the parent's lock."""
        if self._file is None or self._owner != os.getpid():
            self._file, self._owner = self._path.open("ab"), os.getpid()
        return self._file
