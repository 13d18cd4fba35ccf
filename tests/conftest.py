"""Every story is told twice: on a SQLite file, and on a real PostgreSQL that this run starts by itself."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.migrate import migrate
from tests.desk import Desk
from tests.postgres import postgres

__all__ = ["postgres"]
_names = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty, migrated database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'story.db'}"
    else:
        url = request.getfixturevalue("postgres").database(f"story{next(_names)}")
    migrate(url)
    return url


@pytest.fixture
def new_desk(database_url: str) -> Iterator[Callable[..., Desk]]:
    """Makes desks on one database; each is checked for pushes nobody expected."""
    made: list[Desk] = []

    def make(**settings: object) -> Desk:
        made.append(Desk(database_url, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk()
