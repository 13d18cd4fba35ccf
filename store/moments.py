"""Arithmetic on moments inside the database, said once for SQLite and PostgreSQL."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Moment = InstrumentedAttribute[Any]


class _LocalDay(FunctionElement[str]):
    """The local day of a moment as `YYYYMMDD`, as item numbers begin."""

    inherit_cache = False
    type = String()

    def __init__(self, moment: Moment, offset: timedelta) -> None:
        self.minutes = int(offset.total_seconds() // 60)
        super().__init__(moment)


class _Earlier(FunctionElement[Any]):
    """A moment so many days before another."""

    inherit_cache = False
    type = Date()

    def __init__(self, moment: Moment, days: int) -> None:
        self.days = int(days)
        super().__init__(moment)


def local_day(moment: Moment, offset: timedelta) -> ColumnElement[str]:
    return _LocalDay(moment, offset)


def earlier(moment: Moment, days: int) -> ColumnElement[Any]:
    return _Earlier(moment, days)


@compiles(_LocalDay, "sqlite")
def _local_day_sqlite(element: _LocalDay, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strftime('%Y%m%d', {compiler.process(element.clauses, **kw)}, '{element.minutes:+d} minutes')"


@compiles(_LocalDay)
def _local_day(element: _LocalDay, compiler: SQLCompiler, **kw: Any) -> str:
    moment = f"({compiler.process(element.clauses, **kw)} AT TIME ZONE 'UTC')"
    return f"to_char({moment} + interval '{element.minutes} minutes', 'YYYYMMDD')"


@compiles(_Earlier, "sqlite")
def _earlier_sqlite(element: _Earlier, compiler: SQLCompiler, **kw: Any) -> str:
    moment = compiler.process(element.clauses, **kw)
    return f"strftime('%Y-%m-%d %H:%M:%f', {moment}, '-{element.days} days')"


@compiles(_Earlier)
def _earlier(element: _Earlier, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.clauses, **kw)} - interval '{element.days} days')"
