"""Every story is told twice: on a SQLite file, and on a real PostgreSQL that this run starts by itself."""

import functools
import itertools
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.db import Store
from store.migrate import migrate
from tests.desk import SECRET, Desk, move_in
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]
_names = itertools.count(1)


class Copies:
    """Databases to be thrown away, copied from one that was prepared once: preparing takes most of a second."""

    def __init__(self, folder: Path, server: Callable[[], Postgres]) -> None:
        self._folder = folder
        self._server = server

    @functools.cache  # noqa: B019  lives as long as the test run
    def prepared(self, kind: str, peopled: bool) -> str:
        """A migrated database, with the people of the stories in it or without."""
        name = f"prepared_{'peopled' if peopled else 'empty'}"
        url = f"sqlite:///{self._folder / name}" if kind == "sqlite" else self._server().database(name)
        migrate(url)
        if peopled:
            store = Store(url, SECRET)
            with store.write() as session:
                move_in(session)
            store.close()  # the last connection to a SQLite file folds its log into it
        return url

    def new(self, kind: str, folder: Path, *, peopled: bool) -> str:
        prepared = self.prepared(kind, peopled)
        if kind == "sqlite":
            shutil.copy(prepared.removeprefix("sqlite:///"), folder / "story.db")
            return f"sqlite:///{folder / 'story.db'}"
        return self._server().database(f"story{next(_names)}", template=prepared.rsplit("/", 1)[1])


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """A command that a test ran in this process logs to that test's standard error, which is closed when it ends."""
    root = logging.getLogger()
    before = set(root.handlers)
    yield
    for handler in [*root.handlers]:
        if handler not in before and type(handler) is logging.StreamHandler:
            root.removeHandler(handler)


@pytest.fixture(scope="session")
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(tmp_path_factory.mktemp("prepared"), lambda: request.getfixturevalue("postgres"))


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(kind: str, copies: Copies, tmp_path: Path) -> str:
    """An empty, migrated database of each kind."""
    return copies.new(kind, tmp_path, peopled=False)


@pytest.fixture
def new_desk(
    kind: str, copies: Copies, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Desk]]:
    """Makes desks on one database; each is checked for pushes nobody expected."""
    at_once = request.node.get_closest_marker("told_at_once") is not None
    url = copies.new(kind, tmp_path, peopled=True)
    made: list[Desk] = []

    def make(**settings: object) -> Desk:
        made.append(Desk(url, told_at_once=at_once, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk()
