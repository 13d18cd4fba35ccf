"""All rows of a database out of one snapshot, and back into an empty one of either kind.

The rows are read through the schema that is there, not through the tables of this program: so a backup made by an
older version is brought back as that version left it, and migrated afterwards. SQLite's own copying and PostgreSQL's
pg_dump each know one kind only, and the latter must be as new as its server; here one office can move from one kind
to the other with the same two commands.
"""

import base64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, func, select, text, update

from store.db import Store

Row = dict[str, Any]
LEFT_OUT = ("alembic_version", "token")
"""The revision is told apart; a token of a platform is fetched anew, and opens a door meanwhile."""
AT_ONCE = 500


class NotEmpty(Exception):
    """There are rows already; the message names their table."""


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """A connection on which every statement sees the same moment, however many write meanwhile."""
    with store.read() as session:
        postgresql = session.get_bind().dialect.name != "sqlite"  # with WAL a reader of SQLite sees one moment anyway
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if postgresql else {}
        connection = session.connection(execution_options=options)
        revision(connection)  # what is read first sets the moment
        yield connection


def revision(connection: Connection) -> str:
    """The revision of the schema that is there."""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def tables(connection: Connection) -> list[Table]:
    """Every table with rows of ours, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def rows(connection: Connection, table: Table) -> Iterator[Row]:
    """The rows of a table as JSON takes them; a column that holds nothing is left out."""
    ordered = select(table).order_by(*table.primary_key)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(ordered).mappings():
        yield {name: _told(value) for name, value in row.items() if value is not None}


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def refuse_rows(connection: Connection) -> None:
    """Raises NotEmpty where there are rows already."""
    for table in tables(connection):
        if connection.execute(select(table).limit(1)).first() is not None:
            raise NotEmpty(table.name)


class Loading:
    """Puts rows into empty tables, in the order of `tables`, and joins rows of one table to each other at the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.tables = {table.name: table for table in tables(connection)}
        self._joins: list[tuple[Table, Row, Row]] = []

    def load(self, name: str, told: Iterable[Row]) -> int:
        """The rows of one table; how many."""
        table, count = self.tables[name], 0
        later = {key.parent.name for key in table.foreign_keys if key.column.table is table}
        values = (self._values(table, row) for row in told)
        for columns, alike in groupby(values, key=lambda row: row.keys() - later):
            while some := list(islice(alike, AT_ONCE)):
                self._connection.execute(
                    table.insert(), [{name: row[name] for name in row if name in columns} for row in some]
                )
                self._joins += [self._join(table, row, later) for row in some if later & row.keys()]
                count += len(some)
        return count

    def finish(self) -> None:
        """Join what refers to its own table, and let PostgreSQL count on from the highest number."""
        for table, key, values in self._joins:
            mine = [column == key[column.name] for column in table.primary_key]
            self._connection.execute(update(table).where(*mine).values(**values))
        if self._connection.dialect.name != "sqlite":
            for table in self.tables.values():
                for column in table.primary_key:
                    if column.server_default is not None:
                        self._count_on(table, column)

    def _join(self, table: Table, row: Row, later: set[str]) -> tuple[Table, Row, Row]:
        key = {column.name: row[column.name] for column in table.primary_key}
        return table, key, {name: row[name] for name in later & row.keys()}

    def _count_on(self, table: Table, column: Column[Any]) -> None:
        counter = func.pg_get_serial_sequence(table.name, column.name)
        last = select(func.setval(counter, func.coalesce(func.max(column), 1), func.max(column).is_not(None)))
        self._connection.execute(last.select_from(table))

    def _values(self, table: Table, row: Row) -> Row:
        return {name: self._value(table.columns[name], value) for name, value in row.items()}

    def _value(self, column: Column[Any], told: Any) -> Any:
        kind = column.type.python_type
        if kind is datetime:
            moment = datetime.fromisoformat(told)
            return moment.replace(tzinfo=None) if self._connection.dialect.name == "sqlite" else moment
        if kind is date:
            return date.fromisoformat(told)
        return base64.b64decode(told) if kind is bytes else told
