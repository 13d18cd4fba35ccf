"""One whole deployment for each test, from a database that is prepared once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.migrate import migrate
from tests.doctor.world import World, peopled, world


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("whole") / "whole.db"
    migrate(f"sqlite:///{file}")
    peopled(f"sqlite:///{file}")
    return file


@pytest.fixture
def whole(prepared: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copy(prepared, tmp_path / "whole.db")
    with world(f"sqlite:///{tmp_path / 'whole.db'}", tmp_path) as made:
        yield made
