"""Makes engines, with a SQLite that does not damage its file.

From 3.7.0 to 3.51.2 SQLite can lose committed pages when one connection starts its log file over while another
writes (sqlite.org/wal.html, "walresetbug"). Several processes on one file in WAL mode are just how this service runs,
and the SQLite a Python comes with is often one of these; then the one from the package pysqlite3 is used.
"""

import sqlite3
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

try:
    from pysqlite3 import dbapi2 as brought
except ImportError:  # no wheel for this machine: what Python came with has to do
    brought = None


def with_wal_bug(version: str) -> bool:
    """Whether this version of SQLite can damage a file that several connections write."""
    return (3, 7, 0) <= tuple(int(part) for part in version.split(".")) < (3, 51, 3)


def sounder(own: ModuleType, other: ModuleType | None) -> ModuleType:
    """Of two drivers the one whose SQLite is sound; Python's own where both are, or neither."""
    if with_wal_bug(own.sqlite_version) and other is not None and not with_wal_bug(other.sqlite_version):
        return other
    return own


DRIVER = sounder(sqlite3, brought)
"""The driver of every SQLite database here."""


def is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def unsound(url: str) -> str:
    """The version of SQLite that could damage this database, "" where none could."""
    version = str(DRIVER.sqlite_version)
    return version if is_sqlite(url) and with_wal_bug(version) else ""


def engine(url: str, **options: Any) -> Engine:
    """As `create_engine`, with the sound SQLite."""
    return create_engine(url, **options, **({"module": DRIVER} if is_sqlite(url) else {}))
