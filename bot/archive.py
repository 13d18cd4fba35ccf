"""The file of a backup: all rows and pictures of one moment, sealed.

Inside the seal is a gzipped tar: JSON lines of each table in pieces, the pictures, and at the end the inventory, by
which one sees that nothing is missing.
"""

import gzip
import io
import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection

from bot.shelf import Shelf
from store import backup
from store.strongbox import NotOurs, Opening, Sealing

INVENTORY = "inventory.json"
TABLE, PICTURE = "tables", "media"
PIECE = 500
"""So many rows of a table lie in one piece: no more are ever held in memory, and none outside the seal on a disk."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is in a backup: of which schema and moment, and how many rows of each table."""

    revision: str
    taken_at: str
    rows: dict[str, int]
    pictures: int

    @classmethod
    def read(cls, told: bytes) -> "Inventory":
        found = json.loads(told)
        return cls(found["revision"], found["taken_at"], found["rows"], found["pictures"])


def pack(out: BinaryIO, secret: str, connection: Connection, shelf: Shelf, now: datetime) -> Inventory:
    """Write what this connection sees, and the pictures of the shelf, to `out`."""
    counted: Counter[str] = Counter()
    with (
        Sealing(out, secret) as sealing,
        gzip.GzipFile(fileobj=cast(BinaryIO, sealing), mode="wb", compresslevel=6, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for table in backup.tables(connection):
            found = backup.rows(connection, table)
            counted[table.name] = 0
            while piece := list(islice(found, PIECE)):
                lines = "".join(f"{json.dumps(row)}\n" for row in piece)
                _add(tar, f"{TABLE}/{table.name}/{counted[table.name]:012}", lines.encode())
                counted[table.name] += len(piece)
        pictures = sum(_add_picture(tar, path) for path in sorted(shelf.folder.glob("??/*")))
        made = Inventory(backup.revision(connection), now.isoformat(), dict(counted), pictures)
        told = {name: getattr(made, name) for name in Inventory.__slots__}
        _add(tar, INVENTORY, json.dumps(told).encode())
    return made


def _add_picture(tar: tarfile.TarFile, path: Path) -> bool:
    if path.suffix:  # being written at this moment
        return False
    with suppress(FileNotFoundError):  # pruned at this moment
        _add(tar, f"{PICTURE}/{path.name}", path.read_bytes())
        return True
    return False


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def inventory(file: Path, secret: str) -> Inventory:
    """Read the whole file once and say what is in it. Raises NotOurs where it is not whole or not ours."""
    last = None
    for name, content in _parts(file, secret):
        last = Inventory.read(content) if name == INVENTORY else None
    if last is None:
        raise NotOurs
    return last


def unpack(file: Path, secret: str, connection: Connection, shelf: Shelf) -> Counter[str]:
    """Put rows into the empty tables of this connection and pictures on the shelf; how many rows of each table."""
    loading, counted = backup.Loading(connection), Counter[str]()
    for name, content in _parts(file, secret):
        kind, _, rest = name.partition("/")
        if kind == TABLE:
            table = rest.partition("/")[0]
            counted[table] += loading.load(table, [json.loads(line) for line in content.splitlines()])
        elif kind == PICTURE:
            shelf.put(content)
    loading.finish()
    return counted


def _parts(file: Path, secret: str) -> Iterator[tuple[str, bytes]]:
    with _opened(file, secret) as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            yield entry.name, content.read() if content else b""


@contextmanager
def _opened(file: Path, secret: str) -> Iterator[tarfile.TarFile]:
    with file.open("rb") as sealed:
        opening: Any = io.BufferedReader(Opening(sealed, secret), 64 * 1024)
        with gzip.GzipFile(fileobj=opening, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            yield tar
