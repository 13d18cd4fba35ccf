"""What every history begins with, made once in each process: a migrated database with people in it, and the parts."""

import functools
import tempfile
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import bot.sim
from bot import config
from bot.config import Config
from bot.drill import ground, town
from bot.drill.town import Phone
from bot.drill.traffic import told
from bot.drill.world import Plan
from bot.message import OA, WECOM
from bot.people_import import import_files
from bot.senders import ErrorCodes
from bot.service import Service, assembled
from store.db import Store
from store.engines import DRIVER
from store.facts import read
from store.migrate import migrate
from tests.desk import MONDAY, HandClock

REPORTS = 80
"""So many sentences to choose from: companies' own words, each only a report."""


@dataclass(frozen=True)
class Town:
    """The parts of the service, its people, and the database they are in before anything happens."""

    settings: Config
    service: Service
    people: dict[str, Phone]
    reports: tuple[str, ...]
    words: dict[str, Any]  # of the platforms
    codes: dict[str, ErrorCodes]
    store: Store  # in memory; one for all histories, so that what SQLAlchemy has compiled is not compiled again
    connection: Any  # its only one
    _before: Any = field(repr=False)

    def begin_anew(self) -> None:
        """The database is as before anything has happened."""
        self._before.backup(self.connection)


@functools.cache
def built() -> Town:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'town.db'}"
        settings = config.load(ground.environ_of(Plan(url, folder, 0, 0), 80))
        migrate(url, secret=settings.secret_key)
        service, files = assembled(settings, HandClock(MONDAY)), [town.DEMO]
        with service.store.write() as session:
            import_files(session, files)
        service.store.close()
        reports = tuple(islice(told(service.intake.analyser, Random(0)), REPORTS))
        store = Store("sqlite://", settings.secret_key)
        connection = store.engine.raw_connection().driver_connection
        words, codes = read(str(bot.sim.__file__), "sim.toml"), {name: ErrorCodes.load(name) for name in (OA, WECOM)}
        before = _in_memory(folder / "town.db")
        return Town(settings, service, town.phones(files), reports, words, codes, store, connection, before)


def _in_memory(file: Path) -> Any:
    """A copy of a database; one in memory knows no log beside its file."""
    source, made = DRIVER.connect(file), DRIVER.connect(":memory:")
    source.execute("PRAGMA journal_mode=DELETE")
    source.backup(made)
    source.close()
    return made
