"""The SQLite in use does not damage its file; where none such is to be had, nothing is written to one."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text

from store import engines
from store.db import Store
from store.migrate import migrate
from tests.processes import run

HIDDEN = 'raise ImportError("there is no wheel for this machine")'
SECRET = {"LIANXIN_SECRET_KEY": "a-secret-of-the-tests"}


def driver(version: str) -> ModuleType:
    return cast(ModuleType, SimpleNamespace(sqlite_version=version))


@pytest.mark.parametrize(
    ("version", "bug"),
    [("3.6.23", False), ("3.7.0", True), ("3.40.1", True), ("3.51.2", True), ("3.51.3", False), ("3.53.4", False)],
)
def test_versions_that_can_damage_a_file_are_known(version: str, bug: bool) -> None:
    assert engines.with_wal_bug(version) == bug


@pytest.mark.parametrize(
    ("own", "other", "taken"),
    [
        ("3.40.1", "3.53.4", "3.53.4"),
        ("3.52.0", "3.53.4", "3.52.0"),
        ("3.40.1", "3.45.0", "3.40.1"),
        ("3.40.1", None, "3.40.1"),
    ],
)
def test_the_sound_one_of_two_is_taken(own: str, other: str | None, taken: str) -> None:
    assert engines.sounder(driver(own), driver(other) if other else None).sqlite_version == taken


def test_the_database_runs_on_a_sound_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sound.db'}"
    store = Store(url)
    with store.read() as session:
        version = session.scalar(text("SELECT sqlite_version()"))
    store.close()

    assert version == engines.DRIVER.sqlite_version
    assert not engines.with_wal_bug(str(version)), "install what requirements.lock names"
    assert engines.unsound(url) == ""


@pytest.fixture
def without_wheel(tmp_path: Path) -> Callable[..., Any]:
    """Runs `lianxin` as on a machine for which there is no wheel."""
    if not engines.with_wal_bug(sqlite3.sqlite_version):
        pytest.skip("Python's own SQLite is sound here")
    shadow = tmp_path / "shadow" / "pysqlite3"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").write_text(HIDDEN)
    path = f"{shadow.parent}:{Path(__file__).parents[1]}"
    url = f"sqlite:///{tmp_path / 'unsound.db'}"
    migrate(url)
    return lambda name, **more: run(tmp_path, name, **{"LIANXIN_DATABASE_URL": url, "PYTHONPATH": path, **more})


@pytest.mark.process
@pytest.mark.parametrize("name", ["serve", "work", "check"])
def test_a_file_that_could_be_damaged_is_not_run_on(without_wheel: Callable[..., Any], name: str) -> None:
    refused = without_wheel(name, **SECRET)

    assert refused.returncode == 2
    assert sqlite3.sqlite_version in refused.stderr
    assert "pysqlite3, or use PostgreSQL" in refused.stderr


@pytest.mark.process
def test_postgresql_does_not_care(without_wheel: Callable[..., Any]) -> None:
    elsewhere = without_wheel("serve", **SECRET, LIANXIN_DATABASE_URL="postgresql+psycopg://a:b@127.0.0.1:1/none")

    assert "SQLite" not in elsewhere.stderr
