"""The database takes nothing more: the disk is full, or it may only be read."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.delivery import LEASE
from tests.conftest import Copies
from tests.crash.house import CONTACT, OFFICER, House, house_on
from tests.crash.test_sending import state
from tests.crash.test_tick import REMINDER, with_due_reminder
from tests.postgres import Postgres

pytestmark = pytest.mark.process
ME = f"o_{CONTACT}"
MORE = "车间的变压器也在响"
TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"


def log_of(house: House) -> int:
    """How long the log beside the database is."""
    file = Path(house.url.removeprefix("sqlite:///"))
    return file.with_name(f"{file.name}-wal").stat().st_size


@contextmanager
def read_only(house: House) -> Iterator[None]:
    """As after a failover to a server that only copies, or one that has shut itself against writes."""
    name = house.url.rsplit("/", 1)[1]
    with house.service.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        admin.execute(text(TERMINATE), {"name": name})
        yield
        admin.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
        admin.execute(text(TERMINATE), {"name": name})


@contextmanager
def full_server(server: Postgres) -> Iterator[None]:
    """A server without room for its log: it goes away, and comes back when room was made."""
    server.fill_disk()
    yield
    server.kill9()
    server.start()


@contextmanager
def full(house: House, room: int) -> Iterator[None]:
    """No file of the processes can grow by more than so many bytes."""
    for one in house.victims:
        one.let_files_grow(log_of(house) + room if room else 0)
    yield
    for one in house.victims:
        one.let_files_grow()


@pytest.mark.parametrize("room", [0, 6000], ids=["no room", "room for a part"])
def test_a_full_disk_delays_and_does_nothing_by_halves(on_file: House, room: int) -> None:
    """Point 15: with the disk full a message is answered 503 and comes again, nothing is done by halves, nothing is
    sent; when there is room it goes on"""
    delays(on_file, lambda: full(on_file, room))


def test_a_database_that_may_only_be_read_delays_too(copies: Copies, tmp_path: Path) -> None:
    """Point 15: so does a PostgreSQL that takes no writes"""
    with house_on(copies.new("postgresql", tmp_path, peopled=True), tmp_path) as house:
        delays(house, lambda: read_only(house))


def test_a_server_whose_disk_is_full_delays_too(on_server: House, mortal: Postgres) -> None:
    """Point 15: so does a PostgreSQL whose disk is full, which goes away at the first commit"""
    delays(on_server, lambda: full_server(mortal))


def delays(house: House, trouble: Callable[[], AbstractContextManager[None]]) -> None:
    with_due_reminder(house)
    before = [push.once_key for push in house.pushes()]
    house.line.sent.clear()
    house.web()
    worker = house.process()
    letter = house.letter(CONTACT, MORE)

    with trouble():
        assert house.pusher.push(ME, letter).status == 503
        assert worker.do("work") != ""

    assert len(house.inbox()) == 1
    assert [push.once_key for push in house.pushes()] == before
    assert house.line.sent == []
    assert house.pusher.deliver(ME, letter).text
    assert worker.do("work") == ""
    assert len(house.inbox()) == 2
    assert [push.status for push in house.pushes(REMINDER)] == ["sent"]
    assert len(house.shown(OFFICER, "template")) == 2


def test_a_disk_that_fills_up_during_a_call_leads_to_the_same_bytes_again(on_file: House) -> None:
    """Point 15: what was sent and cannot be marked is sent again with the same bytes, and read once"""
    repeats(on_file, lambda: full(on_file, 0))


def test_so_does_the_disk_of_a_server(on_server: House, mortal: Postgres) -> None:
    """Point 15: on a PostgreSQL whose disk fills up, too"""
    repeats(on_server, lambda: full_server(mortal))


def repeats(house: House, trouble: Callable[[], AbstractContextManager[None]]) -> None:
    with_due_reminder(house).process().do("tick")
    house.line.sent.clear()
    worker = house.process()
    house.line.hold()
    worker.begin("work")
    house.line.taken()

    with trouble():
        house.line.release()
        assert worker.done() != ""

    assert state(house) == ("sending", 1)
    house.wait(seconds=LEASE.total_seconds() + 1)
    assert worker.do("work") == ""
    first, again = house.line.sent
    assert first == again
    assert state(house) == ("sent", 2)
    assert len(house.shown(OFFICER, "template")) == 2
