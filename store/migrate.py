"""Brings a database to the schema of this program, and back. A step of its own, never done by a web worker."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.engine import make_url

from store.engines import engine as engine_of
from store.tables import Base
from store.vault import Vault

HEAD = "head"


def migrate(url: str, revision: str = HEAD, secret: str = "") -> None:
    """Bring the database to a revision (up or down); all data that both schemas can hold is kept.

    Raises NoKey when there are data to seal or to open and no secret is given; then nothing is changed.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            _move(connection, revision, secret)
    finally:
        engine.dispose()


def _move(connection: Connection, revision: str, secret: str) -> None:
    config = _config(connection)
    config.attributes["vault"] = Vault(secret) if secret else None
    current = MigrationContext.configure(connection).get_current_revision()
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    target = known[0] if revision == HEAD else revision
    if current in known and target in known and known.index(target) > known.index(current):
        command.downgrade(config, target)
    elif revision == "base":
        command.downgrade(config, "base")
    else:
        command.upgrade(config, target)


def is_current(url: str) -> bool:
    """Whether the database has the schema of this program. Asking makes no SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        return False
    engine = engine_of(url)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
    engine.dispose()
    return current == head


def differences(url: str) -> list[object]:
    """What the tables in code and the tables in the database do not agree on."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    return list(found)


def _engine(url: str) -> Engine:
    """All of a migration or nothing: SQLite, too, changes its tables inside a transaction, if one is begun."""
    engine = engine_of(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def is_empty(url: str) -> bool:
    """Whether there is nothing in this database. Asking makes no SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        return True
    engine = engine_of(url)
    tables = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return not tables


def knows(revision: str) -> bool:
    """Whether this program has a schema of that name."""
    scripts = ScriptDirectory(str(Path(__file__).with_name("migrations")))
    return revision in {script.revision for script in scripts.walk_revisions()}
