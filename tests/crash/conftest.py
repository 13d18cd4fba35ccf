"""A house with people in it, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.migrate import migrate
from tests.conftest import Copies
from tests.crash.house import House, house_on
from tests.desk import Desk
from tests.postgres import Postgres, throw_away


@pytest.fixture
def house(kind: str, copies: Copies, tmp_path: Path) -> Iterator[House]:
    with house_on(copies.new(kind, tmp_path, peopled=True), tmp_path) as made:
        yield made


@pytest.fixture
def on_file(copies: Copies, tmp_path: Path) -> Iterator[House]:
    """A house on SQLite."""
    with house_on(copies.new("sqlite", tmp_path, peopled=True), tmp_path) as made:
        yield made


@pytest.fixture(scope="package")
def mortal() -> Iterator[Postgres]:
    """A PostgreSQL that may be killed: no other test needs it."""
    with throw_away() as server:
        migrate(server.database("peopled"))
        Desk(server.url("peopled")).close()
        yield server


@pytest.fixture
def on_server(mortal: Postgres, tmp_path: Path) -> Iterator[House]:
    """A house on that PostgreSQL."""
    with house_on(mortal.database("house", template="peopled"), tmp_path) as made:
        yield made
