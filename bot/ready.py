"""The configuration, refused where the database or the secret key does not fit."""

import logging
import re

from bot import config
from bot.config import Config
from bot.environment import ConfigError
from store import engines, people
from store.db import Store
from store.migrate import is_current

UNSOUND = (
    "SQLite {version} can damage a file that several processes write (mended in 3.51.3); "
    "install the Python package pysqlite3, or use PostgreSQL (docs/deploy.md)"
)

SHORTEST, FEWEST = 16, 8
"""Of a secret key: characters, and different ones among them."""
WELL_KNOWN = re.compile(r"(((change|replace)[-_ ]?(me|this)|password|default|secret[-_ ]?key)[-_ .!0-9]*)+", re.I)
"""What stands in examples until somebody writes a key of their own."""

log = logging.getLogger(__name__)


def fresh() -> Config:
    """The configuration of a real deployment; refused where the secret key is missing, too short or well known."""
    return migrated(unmigrated())


def unmigrated() -> Config:
    """The same, whatever schema the database has."""
    settings = config.load()
    if not usable(settings.secret_key):
        raise ConfigError("LIANXIN_SECRET_KEY: set at least 16 random characters, for instance: openssl rand -hex 32")
    if not hard_to_guess(settings.secret_key):
        log.warning(
            "LIANXIN_SECRET_KEY IS EASY TO GUESS, and whoever guesses it reads everything: see lianxin doctor"
        )
    return sound(settings)


def usable(key: str) -> bool:
    """Long enough, and not what stands in examples."""
    return len(key) >= SHORTEST and WELL_KNOWN.fullmatch(key) is None


def hard_to_guess(key: str) -> bool:
    """Long enough, of many characters, and not one word again and again."""
    repeats = key in (key + key)[1:-1]
    return len(key) >= SHORTEST and len(set(key)) >= FEWEST and not repeats


def keyed() -> Config:
    """The same; refused as well where the data were sealed with another key."""
    if config.debugging():
        raise ConfigError("FLASK_DEBUG: a debugger runs whatever it is sent; unset it")
    settings = fresh()
    store = Store(settings.database_url, settings.secret_key)
    with store.read() as session:
        fits = people.key_fits(session)
    store.close()
    if not fits:
        raise ConfigError("LIANXIN_SECRET_KEY: the data were sealed with another one; see docs/privacy.md")
    return settings


def migrated(settings: Config) -> Config:
    if not is_current(settings.database_url):
        raise ConfigError("the database has another schema; run: lianxin migrate")
    return settings


def sound(settings: Config) -> Config:
    """Refused where the SQLite at hand could damage its file."""
    if version := engines.unsound(settings.database_url):
        raise ConfigError(UNSOUND.format(version=version))
    return settings
