"""Opens the database: SQLite in a file, or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from store import engines
from store.turns import Turns
from store.vault import Vault

MANY, FEW = 250, 3
"""So many items are looked at in one transaction; on SQLite so few, because all others wait until it ends: with ten a
message in a hundred waited twice as long (docs/performance.md)."""


class Store:
    """The database. `write()` is one transaction, committed at its end; `read()` never changes anything.

    `secret` seals personal data; without it what holds none can be read and written all the same.
    """

    def __init__(self, url: str, secret: str = "") -> None:
        self.url = url
        self._info = {"vault": Vault(secret)} if secret else {}
        self.engine = _engine(url)
        self.at_once = FEW if engines.is_sqlite(url) else MANY
        file = _file(url)
        self._turns = Turns(file.with_name(f"{file.name}.lock")) if file else None
        self._reader = self.engine.execution_options(reads_only=True)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction; rolled back when the block raises. On SQLite it locks at once, so never upgrades."""
        turn = self._turns or nullcontext()
        with turn, Session(self.engine, expire_on_commit=False, info=self._info) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self._reader, info=self._info) as session:
            yield session

    def answers(self) -> bool:
        """Ask the database the simplest question; raises what the driver raises when it is not there."""
        with self.read() as session:
            return bool(session.scalar(text("SELECT 1")))

    def close(self) -> None:
        self.engine.dispose()
        if self._turns is not None:
            self._turns.close()


def _file(url: str) -> Path | None:
    """The file of a SQLite database that has one."""
    parsed = make_url(url)
    in_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(str(parsed.database)) if in_file else None


def _engine(url: str) -> Engine:
    if not engines.is_sqlite(url):
        return engines.engine(url, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": 5})
    if file := _file(url):
        file.parent.mkdir(parents=True, exist_ok=True)
    engine = engines.engine(url, hide_parameters=True, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode not in ("wal", "memory"):  # the pragma does not fail, it answers the old mode
        raise RuntimeError(f"SQLite refused WAL and stays in {mode!r}: is the database on a network drive?")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once with "locked"; IMMEDIATE waits its turn.
    reads_only = connection.get_execution_options().get("reads_only")
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
