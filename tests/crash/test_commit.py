"""The database dies in the middle of the commit of a message."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from store.db import Store
from store.tables import Fragment, Inbox, Item
from tests.crash.house import CONTACT, WORDS, House
from tests.crash.test_arrival import ME, killed_at
from tests.crash.wire import breaking
from tests.postgres import Postgres

pytestmark = pytest.mark.process
LOG_HEAD, FRAME_HEAD = 32, 24
"""Bytes of the SQLite log ("WAL-mode File Format", sqlite.org): its head, and that of every page in it."""


@pytest.mark.parametrize("arrives", [False, True], ids=["before the server has it", "before it has answered"])
def test_a_server_that_dies_during_the_commit_has_all_of_it_or_nothing(
    on_server: House, mortal: Postgres, arrives: bool
) -> None:
    """Point 3: PostgreSQL killed at the commit: all of it is kept, or nothing; the next delivery is answered once"""
    letter = on_server.letter(CONTACT, WORDS)
    with breaking(mortal.port, arrives, mortal.kill9) as wire:
        on_server.url = on_server.url.replace(f":{mortal.port}/", f":{wire.port}/")
        on_server.web()
        wire.arm()

        assert on_server.pusher.push(ME, letter).status == 503
        wire.over()
        mortal.start()
        assert len(on_server.inbox()) == len(on_server.items()) == arrives

        answer = on_server.pusher.deliver(ME, letter).text or ""
    assert on_server.items()[0].number in answer
    assert len(on_server.inbox()) == len(on_server.items()) == 1


def test_a_log_that_ends_anywhere_holds_all_of_a_message_or_nothing(on_file: House, tmp_path: Path) -> None:
    """Point 3: the log of SQLite cut off anywhere in the commit: all of it is kept, or nothing"""
    killed_at(on_file, "after the commit")
    file = Path(on_file.url.removeprefix("sqlite:///"))
    log = file.with_name(f"{file.name}-wal").read_bytes()
    page = int.from_bytes(log[8:12], "big")
    ends = list(range(LOG_HEAD, len(log) + 1, FRAME_HEAD + page))
    cuts = sorted({*ends, *(end - page // 2 for end in ends[1:])})
    assert ends[-1] == len(log)
    assert len(ends) > 10

    kept = [_kept(file, log[:cut], tmp_path / "cut.db") for cut in cuts]

    assert kept == [(0, 0, 0)] * (len(cuts) - 1) + [(1, 1, 1)]


def _kept(file: Path, log: bytes, copy: Path) -> tuple[int, ...]:
    """How many deliveries, items and words are there, with so much of the log."""
    for left in copy.parent.glob(f"{copy.name}*"):
        left.unlink()
    shutil.copy(file, copy)
    copy.with_name(f"{copy.name}-wal").write_bytes(log)
    store = Store(f"sqlite:///{copy}")
    with store.read() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) or 0 for table in (Inbox, Item, Fragment)]
    store.close()
    return tuple(counts)
