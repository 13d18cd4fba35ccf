"""One analyser for all tests of understanding: it is pure, and loading it takes a second."""

import pytest

from intake.analyse import Analyser


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser.load()
