"""What every table shares: column types, and the district that comes first in every growing table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, text
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from store.numbering import next_number
from store.types import UtcDateTime

HOME = "main"
"""The district of an office that has only one."""


class Base(DeclarativeBase):
    # SQLite numbers rows by itself only in a column typed INTEGER; PostgreSQL needs 64 bits.
    type_annotation_map = {  # noqa: RUF012  declared by SQLAlchemy
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        int: BigInteger().with_variant(Integer, "sqlite"),
        str: String(200),
    }


def own_number() -> MappedColumn[int]:
    """The key of a table to which every message or push adds rows: no sequence that all nodes would have to ask."""
    return mapped_column(primary_key=True, default=next_number)


def partly(name: str, *columns: str, where: str, on_sqlite: str | None = None) -> Index:
    """An index of some rows alone: of those that are at work, however many have been. SQLite takes it only for a
    condition that is written alike, and there yes and no are 1 and 0."""
    return Index(name, *columns, sqlite_where=text(on_sqlite or where), postgresql_where=text(where))
