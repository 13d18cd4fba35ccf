"""One analyser for all tests of understanding: it is pure, and loading it takes a second."""

import pytest

from intake.analyse import Analyser
from intake.clauses import Reader
from intake.cut import Cutter


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser.load()


@pytest.fixture(scope="session")
def reader(analyser: Analyser) -> Reader:
    return analyser.reader


@pytest.fixture(scope="session")
def cutter(reader: Reader) -> Cutter:
    return reader.cutter
