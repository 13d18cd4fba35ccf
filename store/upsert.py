"""INSERT … ON CONFLICT: the one statement that SQLAlchemy builds per database."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.tables import Base


def insert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT into a table that can say what to do about a row that is there already."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(kind: str, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """The same for a kind of database, the name of its dialect: for statements that are built once."""
    return sqlite.insert(table) if kind == "sqlite" else postgresql.insert(table)
