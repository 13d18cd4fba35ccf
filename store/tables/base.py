"""What every table shares: column types, and the district that comes first in every growing table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, String
from sqlalchemy.orm import DeclarativeBase

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
