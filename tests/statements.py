"""What is said to the database: written down while something is done, and how the database would find it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

Asked = list[tuple[str, Any]]


@contextmanager
def listening(engine: Engine) -> Iterator[Asked]:
    """Every statement that goes to the database, with its values; of many rows at once all of theirs."""
    asked: Asked = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", hear)
    yield asked
    event.remove(engine, "before_cursor_execute", hear)


def plan(engine: Engine, statement: str, values: Any) -> str:
    """How the database would find it. PostgreSQL reads small tables whole unless it is told not to."""
    with engine.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.exec_driver_sql("SET enable_seqscan = off")
        word = "EXPLAIN" if postgres else "EXPLAIN QUERY PLAN"
        return "\n".join(str(row) for row in connection.exec_driver_sql(f"{word} {statement}", values))
