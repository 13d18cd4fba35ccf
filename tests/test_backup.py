"""A backup is one moment of the service, made while it runs; it comes back whole into an empty house, or not."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import backups, config, ledger
from bot.archive import Inventory
from bot.config import Config
from bot.environment import ConfigError
from bot.shelf import Shelf
from store import backup, strongbox
from store.db import Store
from store.migrate import is_current, migrate
from store.tables import DayCounter, Item
from tests.conftest import Copies
from tests.desk import SECRET, Desk
from tests.postgres import Postgres
from tests.processes import run, running, until

NOW = datetime(2026, 9, 30, 1, tzinfo=UTC)


def house(url: str, folder: Path) -> Config:
    given = {
        "LIANXIN_DATABASE_URL": url,
        "LIANXIN_SECRET_KEY": SECRET,
        "LIANXIN_MEDIA_DIR": str(folder / "media"),
    }
    return config.load(given)


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, copies: Copies, tmp_path: Path) -> str:
    """Another database, of either kind, with nothing in it."""
    (tmp_path / "elsewhere").mkdir()
    return copies.new(request.param, tmp_path / "elsewhere", peopled=False)


@pytest.fixture
def there(elsewhere: str, tmp_path: Path) -> Config:
    return house(elsewhere, tmp_path / "elsewhere")


@pytest.fixture
def here(desk: Desk, tmp_path: Path) -> Config:
    return house(desk.store.url, tmp_path)


def a_busy_week(desk: Desk) -> None:
    """Something in most tables: reports, an extension, a merged pair, a list, a rating, pushes sent and waiting."""
    for said in ("我们厂又跳闸了，这周第三次", "门口的路灯坏了"):
        desk.says("张伟", said)
        desk.later(minutes=5)
    desk.says("王芳", "想招二十个电焊工，招不到")
    desk.later(minutes=5)
    desk.says("李建国", "签收 001")
    desk.says("李建国", "延期 001 3天 等批文")
    desk.says("林晓", "合并 002 001")
    desk.says("林晓", "超期")
    desk.later(days=2)
    desk.says("李建国", "办结 001 换了断路器")
    desk.says("张伟", "满意")
    desk.forget()


def told(store: Store, desk: Desk) -> list[dict[str, Any]]:
    with store.read() as session:
        service = desk.service
        return list(ledger.rows(session, service.speaker, service.policy.flags, desk.clock.now()))


def counts(store: Store) -> dict[str, int]:
    with store.read() as session:
        connection = session.connection()
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in backup.tables(connection)
        }


def test_all_comes_back_elsewhere_and_the_service_goes_on(
    desk: Desk, here: Config, there: Config, tmp_path: Path
) -> None:
    a_busy_week(desk)
    picture = Shelf(here.media_dir).put(b"a picture")

    made = backups.write(here, tmp_path / "one.backup", NOW)
    found = backups.restore(there, tmp_path / "one.backup")

    assert found == made
    with closing(Store(there.database_url)) as restored:
        assert counts(restored) == counts(desk.store) == made.rows
        assert told(restored, desk) == told(desk.store, desk)
    assert Shelf(there.media_dir).path(picture).read_bytes() == b"a picture"
    again = Desk(there.database_url, start=desk.clock.now())
    again.says("张伟", "办公楼漏水了")
    again.later(minutes=2)
    again.says("林晓", "查 001")
    assert again.item("001").number.endswith("-001")
    again.forget()
    again.close()
    desk.forget()


def test_every_row_comes_back_as_it_was(desk: Desk, here: Config, there: Config, tmp_path: Path) -> None:
    a_busy_week(desk)

    backups.write(here, tmp_path / "one.backup", NOW)
    backups.restore(there, tmp_path / "one.backup")

    with (
        closing(Store(there.database_url)) as restored,
        backup.snapshot(restored) as copy,
        backup.snapshot(desk.store) as original,
    ):
        twins = {table.name: table for table in backup.tables(copy)}
        for table in backup.tables(original):
            assert list(backup.rows(copy, twins[table.name])) == list(backup.rows(original, table))


def test_what_is_written_meanwhile_is_in_it_wholly_or_not_at_all(desk: Desk) -> None:
    """Between any two tables somebody reports something: none of it is in the snapshot, not even a number."""
    desk.says("张伟", "我们厂又跳闸了")
    seen: dict[str, list[dict[str, Any]]] = {}

    with backup.snapshot(desk.store) as connection:
        for place, table in enumerate(backup.tables(connection)):
            desk.says(f"来客{place}", "我们厂又跳闸了")
            seen[table.name] = list(backup.rows(connection, table))

    with desk.store.read() as session:
        assert (session.scalar(select(func.count()).select_from(Item)) or 0) > 10
        assert (session.scalar(select(func.max(DayCounter.last))) or 0) > 1
    assert len(seen["item"]) == len(seen["report"]) == len(seen["inbox"]) == 1
    assert [row["last"] for row in seen["day_counter"]] == [1]
    assert {row["item_id"] for row in seen["event"]} == {seen["item"][0]["id"]}


def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(tmp_path: Path, there: Config) -> None:
    old = house(f"sqlite:///{tmp_path / 'old.db'}", tmp_path)
    migrate(old.database_url)
    desk = Desk(old.database_url)
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.forget()
    before = told(desk.store, desk)
    desk.close()
    migrate(old.database_url, "0004", SECRET)

    assert backups.write(old, tmp_path / "old.backup", NOW).revision == "0004"
    backups.restore(there, tmp_path / "old.backup")

    assert is_current(there.database_url)
    with closing(Store(there.database_url)) as restored:
        assert told(restored, desk) == before


# ---------------------------------------------------------------- what must not happen


@pytest.fixture
def made(here: Config, desk: Desk, tmp_path: Path) -> Path:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.forget()
    backups.write(here, tmp_path / "one.backup", NOW)
    return tmp_path / "one.backup"


def test_only_its_owner_may_read_it_and_nobody_without_the_key(made: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o600
    for plain in (b"tables", "跳闸".encode(), json.dumps("跳闸").strip('"').encode(), b"\x1f\x8b\x08"):
        assert plain not in made.read_bytes()


def test_a_file_that_is_there_is_never_written_over(made: Path, here: Config) -> None:
    before = made.read_bytes()

    with pytest.raises(ConfigError, match="is there already"):
        backups.write(here, made, NOW)

    assert made.read_bytes() == before


def test_a_backup_that_fails_leaves_no_file(here: Config, tmp_path: Path) -> None:
    nowhere = replace(here, database_url=f"sqlite:///{tmp_path / 'never.db'}")

    with pytest.raises(Exception, match="alembic_version"):
        backups.write(nowhere, tmp_path / "none.backup", NOW)

    assert [path.name for path in tmp_path.iterdir() if "none.backup" in path.name] == []


def test_data_that_are_there_are_never_mixed_with_others(made: Path, here: Config, desk: Desk) -> None:
    before = counts(desk.store)

    with pytest.raises(ConfigError, match="has data already"):
        backups.restore(here, made)

    assert counts(desk.store) == before


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def one_bit(content: bytes) -> bytes:
    return content[:-40] + bytes([content[-40] ^ 1]) + content[-39:]


@pytest.mark.parametrize("spoil", [cut_off, one_bit, lambda _: b"", lambda _: b"SQLite format 3\0"])
def test_a_file_that_is_not_whole_restores_nothing(
    made: Path, there: Config, spoil: Callable[[bytes], bytes]
) -> None:
    made.write_bytes(spoil(made.read_bytes()))

    with pytest.raises(ConfigError, match="no whole backup"):
        backups.restore(there, made)

    with closing(Store(there.database_url)) as left:
        assert set(counts(left).values()) == {0}


def test_another_key_opens_nothing(made: Path, there: Config) -> None:
    with pytest.raises(ConfigError, match="LIANXIN_SECRET_KEY"):
        backups.restore(replace(there, secret_key="another-secret-key"), made)


def test_a_backup_of_a_newer_version_is_not_tried(made: Path, there: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = Inventory("9999", "2030-01-01", {}, 0)
    monkeypatch.setattr(backups.archive, "inventory", lambda *_: newer)

    with pytest.raises(ConfigError, match="newer version"):
        backups.restore(there, made)


# ---------------------------------------------------------------- the seal


@pytest.mark.parametrize(
    "length", [0, 1, strongbox.PIECE - 1, strongbox.PIECE, strongbox.PIECE + 1, 3 * strongbox.PIECE]
)
def test_what_is_sealed_opens_as_it_was(tmp_path: Path, length: int) -> None:
    content = bytes(number % 251 for number in range(length))
    with (tmp_path / "sealed").open("wb") as out, strongbox.Sealing(out, SECRET) as sealing:
        sealing.write(content)

    with (tmp_path / "sealed").open("rb") as sealed:
        assert strongbox.Opening(sealed, SECRET).read() == content


def test_pieces_cannot_be_left_out_or_exchanged(tmp_path: Path) -> None:
    with (tmp_path / "sealed").open("wb") as out, strongbox.Sealing(out, SECRET) as sealing:
        sealing.write(bytes(3 * strongbox.PIECE))
    whole = (tmp_path / "sealed").read_bytes()
    start, size = len(strongbox.HEAD) + strongbox.SALT, strongbox.PIECE + strongbox.TAG
    head, pieces = whole[:start], [whole[at : at + size] for at in range(start, len(whole), size)]

    for spoilt in (pieces[:-1], pieces[1:], [pieces[1], pieces[0], pieces[2]], [*pieces, pieces[-1]]):
        (tmp_path / "spoilt").write_bytes(head + b"".join(spoilt))
        with (tmp_path / "spoilt").open("rb") as sealed, pytest.raises(strongbox.NotOurs):
            strongbox.Opening(sealed, SECRET).read()


# ---------------------------------------------------------------- the commands


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'office.db'}"
    migrate(url)
    return {"LIANXIN_DATABASE_URL": url, "LIANXIN_SECRET_KEY": SECRET, "LIANXIN_TICK_SECONDS": "0.2"}


@pytest.mark.process
def test_the_commands_work_while_the_service_does(
    tmp_path: Path, environ: dict[str, str], postgres: Postgres
) -> None:
    elsewhere = postgres.database("moved_to")  # not even migrated
    people = Path(__file__).with_name("people.toml")
    assert run(tmp_path, "import", str(people), **environ).returncode == 0
    (tmp_path / "kept").mkdir()

    with running(tmp_path, "work", **environ):
        until(lambda: (tmp_path / "work.log").exists(), "the worker")
        done = run(tmp_path, "backup", "kept", **environ)

    (file,) = (tmp_path / "kept").iterdir()
    assert done.returncode == 0
    assert file.name in done.stdout
    assert SECRET not in done.stdout
    other = {**environ, "LIANXIN_DATABASE_URL": elsewhere}
    restored = run(tmp_path, "restore", str(file), **other)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert run(tmp_path, "check", **other).returncode == 0
    again = run(tmp_path, "restore", str(file), **other)
    assert again.returncode == 2
    assert "has data already" in again.stderr
