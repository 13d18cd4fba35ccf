"""Doors to knock at. A house is built once and shared, because building one takes a second: every test comes as
somebody nobody has heard of before, and looks at what that person left."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.official import OfficialSender
from bot.service import Service
from store.migrate import migrate
from tests.conftest import Copies
from tests.desk import MONDAY, Desk, HandClock
from tests.door.caller import Door
from tests.door.sending import office_on, sender_to
from tests.door.vendor import Vendor, vendor

_people = itertools.count(1)


@pytest.fixture
def somebody() -> str:
    """The openid of a new person."""
    return f"o_door_{next(_people):06}"


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def house_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of each kind with the people of the stories."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('house') / 'house.db'}"
    else:
        url = request.getfixturevalue("postgres").database("house")
    migrate(url)
    return url


@pytest.fixture(scope="package")
def house(house_url: str) -> Iterator[Desk]:
    desk = Desk(house_url)
    yield desk
    desk.close()


@pytest.fixture
def door(house: Desk) -> Door:
    return Door(house.service)


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[Desk]:
    """A house of its own on SQLite: here the clock moves."""
    url = f"sqlite:///{tmp_path / 'house.db'}"
    migrate(url)
    desk = Desk(url)
    yield desk
    desk.forget()
    desk.close()


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A house of its own on SQLite, for the tests of a file that turn everything away."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gate') / 'gate.db'}"
    migrate(url)
    desk = Desk(url)
    yield Door(desk.service)
    desk.close()


@pytest.fixture
def platform() -> Iterator[Vendor]:
    with vendor() as running:
        yield running


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


@pytest.fixture
def office(copies: Copies, tmp_path: Path, clock: HandClock) -> Iterator[Service]:
    """What a sender works in: a database of its own with the people of the stories, a clock that stands still."""
    with office_on(copies.new("sqlite", tmp_path, peopled=True), clock) as made:
        yield made


@pytest.fixture
def sender(platform: Vendor, office: Service) -> OfficialSender:
    return sender_to(platform.base, office)
