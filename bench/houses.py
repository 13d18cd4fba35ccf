"""The databases of the benchmark, with an office and enough people in them that everybody can write once."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import ROOT, cpu_seconds

from bot.people_import import import_files
from store.db import Store
from store.migrate import migrate

OF_ONE = 2
"""So many contacts speak for one enterprise."""
SECRET = "only-for-the-benchmark"


@dataclass(frozen=True)
class House:
    """A database to be filled, and what its server has computed so far (a file has no server)."""

    kind: str
    version: str
    url: str
    cpu: Callable[[], float]


@contextmanager
def houses(folder: Path, people: int) -> Iterator[list[House]]:
    """A SQLite file and, where it can be had, a PostgreSQL that is thrown away."""
    with ExitStack() as kept:
        found = [House("SQLite", "", f"sqlite:///{folder / 'bench.db'}", lambda: 0.0)]
        if there := postgres(kept):
            server, cpu = there
            found.append(House("PostgreSQL", "", server.database("bench"), cpu))
        yield [_furnished(house, folder, people) for house in found]


def postgres(kept: ExitStack) -> tuple[Any, Callable[[], float]] | None:
    """The PostgreSQL of the tests, durable, and what it has computed so far; None where there is none."""
    sys.path.append(str(ROOT))
    import pytest

    helper = importlib.import_module("tests.postgres")
    try:
        server = kept.enter_context(helper.throw_away(durable=True))
    except pytest.skip.Exception:
        return None
    pid = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    return server, lambda: cpu_seconds(pid)


def _furnished(house: House, folder: Path, people: int) -> House:
    migrate(house.url, secret=SECRET)
    told = folder / "people.toml"
    extra = [*map(_enterprise, range(people // OF_ONE + 1)), *map(_person, range(people))]
    told.write_text((ROOT / "tests" / "people.toml").read_text() + "\n".join(extra))
    store = Store(house.url, SECRET)
    with store.write() as session:
        import_files(session, [told])
    with store.engine.connect() as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
    store.close()
    return House(house.kind, version, house.url, house.cpu)


def openid(number: int) -> str:
    return f"o_bench_{number:05}"


def _enterprise(number: int) -> str:
    return f'[[enterprise]]\nname = "第{number}机械有限公司"\n'


def _person(number: int) -> str:
    return (
        f'[[person]]\nkey = "p{number}"\nname = "甲{number}"\nrole = "contact"\n'
        f'enterprises = ["第{number // OF_ONE}机械有限公司"]\nopenid = "{openid(number)}"\n'
    )
