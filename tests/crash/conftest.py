"""A house with people in it, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Copies
from tests.crash.house import House, house_on


@pytest.fixture
def house(kind: str, copies: Copies, tmp_path: Path) -> Iterator[House]:
    with house_on(copies.new(kind, tmp_path, peopled=True), tmp_path) as made:
        yield made
