"""`lianxin backup` and `lianxin restore`."""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bot import archive, ready
from bot.archive import Inventory
from bot.clock import SystemClock
from bot.config import Config
from bot.environment import ConfigError
from bot.shelf import Shelf
from store import backup
from store.db import Store
from store.migrate import knows, migrate
from store.strongbox import NotOurs

BACKUP = "all data and pictures into one sealed FILE while the service runs; in a folder it is named by its time"
RESTORE = "bring a backup back into an empty database"
Say = Callable[[str], None]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")


def run_backup(say: Say, given: argparse.Namespace) -> int:
    settings, now = ready.fresh(), SystemClock().now()
    file = given.file / f"lianxin-{now:%Y%m%dT%H%M%SZ}.backup" if given.file.is_dir() else given.file
    made = write(settings, file, now)
    say(f"{file}: {sum(made.rows.values())} rows, {made.pictures} pictures")
    say("sealed with LIANXIN_SECRET_KEY: keep that somewhere else, without it nothing opens this file")
    return 0


def run_restore(say: Say, given: argparse.Namespace) -> int:
    settings = ready.unmigrated()
    found = restore(settings, given.file)
    say(f"restored {sum(found.rows.values())} rows, {found.pictures} pictures of {found.taken_at}")
    return 0


def write(settings: Config, file: Path, now: datetime) -> Inventory:
    """Write a backup. Raises ConfigError where there is such a file; a backup that fails leaves none."""
    store = Store(settings.database_url)
    try:
        with _new(file) as out, backup.snapshot(store) as connection:
            return archive.pack(out, settings.secret_key, connection, Shelf(settings.media_dir), now)
    finally:
        store.close()


@contextmanager
def _new(file: Path) -> Iterator[BinaryIO]:
    """A file for this user's eyes only, which has its name once it is whole."""
    if file.exists():
        raise ConfigError(f"{file} is there already; name another file")
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.rename(name, file)
    except BaseException:
        os.unlink(name)
        raise


def restore(settings: Config, file: Path) -> Inventory:
    """Bring a backup back. Raises ConfigError, and then nothing was restored."""
    url = settings.database_url
    try:
        found = archive.inventory(file, settings.secret_key)
    except (NotOurs, EOFError) as error:
        raise ConfigError(
            f"{file}: no whole backup of this service, or sealed with another LIANXIN_SECRET_KEY"
        ) from error
    if not knows(found.revision):
        raise ConfigError(f"{file}: made by a newer version (schema {found.revision}); install that first")
    store = Store(url)
    try:
        _refuse_rows(store)
        migrate(url, found.revision, settings.secret_key)
        with store.write() as session:
            loaded = archive.unpack(file, settings.secret_key, session.connection(), Shelf(settings.media_dir))
            if dict(loaded) != {table: count for table, count in found.rows.items() if count}:
                raise ConfigError(f"{file}: rows are missing; nothing was restored")
    finally:
        store.close()
    migrate(url, secret=settings.secret_key)
    return found


def _refuse_rows(store: Store) -> None:
    try:
        with store.read() as session:
            backup.refuse_rows(session.connection())
    except backup.NotEmpty as full:
        raise ConfigError(f"the database has data already (table {full}); restore into an empty one") from full
