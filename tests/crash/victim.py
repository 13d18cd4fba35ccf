"""A process of the service that stops where it is told to, says so, and waits for its end.

It is the real service on the real database. Where it stops is a seam it has anyway: a commit, or a call to the
platform. Run by `tests.crash.processes`, which speaks to it over two pipes.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from bot import rounds
from bot.app import create_app
from bot.drill.ground import Silent
from bot.drill.seams import FatedSender, FileClock
from bot.drill.world import TEMPLATE
from bot.service import Service
from bot.worker import worker_name
from store.db import Store
from tests.desk import SECRET, parts
from tests.door.caller import account
from tests.door.sending import sender_to


class Stop(NamedTuple):
    """Where to stop: a seam, and for commits the beginning of a statement that is written in them."""

    where: str
    written: str = ""


@dataclass(frozen=True)
class Told:
    """What a process is told at its start."""

    url: str
    clock: Path
    platform: str
    stop: Stop | None = None


class Bell:
    """Rings at one place, once, and waits until somebody says that it may go on, if ever."""

    def __init__(self, line: Connection, stop: Stop | None) -> None:
        self._line = line
        self._stop = stop
        self._lock = threading.Lock()

    def strike(self, where: str, written: str = "") -> None:
        with self._lock:
            if self._stop is None or self._stop.where != where or self._stop.written not in written:
                return
            self._stop = None
        self._line.send(where)
        self._line.recv()


class WatchedStore(Store):
    """A database at whose commits a process may stop: at the last moment before, and as soon as it is over."""

    def __init__(self, url: str, secret: str, bell: Bell) -> None:
        super().__init__(url, secret)
        self._bell = bell
        self._mine = threading.local()
        event.listen(self.engine, "begin", self._begun)
        event.listen(self.engine, "before_cursor_execute", self._note)
        event.listen(self.engine, "commit", lambda _connection: bell.strike("before the commit", self._mine.written))

    def _begun(self, _connection: Any) -> None:
        self._mine.written = ""

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._mine.written = f"{getattr(self._mine, 'written', '')}\n{statement}"

    @contextmanager
    def write(self) -> Iterator[Session]:
        with super().write() as session:
            yield session
        self._bell.strike("after the commit", self._mine.written)


def live(told: Told, orders: Connection, bell_line: Connection) -> None:
    """Do what is asked until the end comes. Every order is answered when it is done."""
    bell = Bell(bell_line, told.stop)
    store = WatchedStore(told.url, SECRET, bell)
    service = replace(parts(), store=store, clock=FileClock(told.clock))
    sender = FatedSender(sender_to(told.platform, service, TEMPLATE), bell, lambda _body: None)  # type: ignore[arg-type]
    name = worker_name()
    work = {
        "tick": lambda: rounds.tick(service),
        "work": lambda: rounds.work(service, sender, TEMPLATE, name),
    }
    while True:
        order, port = orders.recv()
        if order == "serve":
            _serve(service, port)
            orders.send("")
            continue
        try:
            work[order]()
        except Exception as error:  # as `worker.guarded`: it is told, and tried again
            orders.send(type(error).__name__)
        else:
            orders.send("")


def _serve(service: Service, port: int) -> None:
    app = create_app(service, account())
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
