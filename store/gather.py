"""Pushes that a tick puts are written many at once, not each by itself."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, event, select
from sqlalchemy.orm import ORMExecuteState, Session

from store.tables import Item, Push
from store.upsert import insert_for

GATHERED = "gathered pushes"


_KEYS = select(Push.once_key).where(Push.item_id.in_(bindparam("items", expanding=True)))


@dataclass(frozen=True, slots=True)
class Gathered:
    """Pushes that wait to be written: about which items, under which keys there are some, the new rows."""

    about: frozenset[int]
    keys: set[str]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: dict[str, Any]) -> bool:
        """False when its key was used before."""
        if row["once_key"] in self.keys:
            return False
        self.keys.add(row["once_key"])
        self.rows.append(row)
        return True


def gathered(session: Session) -> Gathered | None:
    """Where pushes are put together just now, if they are."""
    found: Gathered | None = session.info.get(GATHERED)
    return found


@contextmanager
def gathering(session: Session, about: Iterable[Item]) -> Iterator[None]:
    """Within the block pushes about these items, which nobody else can change meanwhile, are written many at once: at
    its end, and before anything is asked that might want to see them."""
    ids = frozenset(item.id for item in about)
    known = session.connection().execute(_KEYS, {"items": list(ids)}).scalars() if ids else ()
    session.info[GATHERED] = Gathered(ids, set(known))
    event.listen(session, "do_orm_execute", _write_before)
    try:
        yield
        _write(session)
    finally:
        event.remove(session, "do_orm_execute", _write_before)
        del session.info[GATHERED]


def _write_before(asked: ORMExecuteState) -> None:
    if not (asked.is_relationship_load or asked.is_column_load):
        _write(asked.session)


def _write(session: Session) -> None:
    rows = session.info[GATHERED].rows
    if rows:
        connection = session.connection()
        connection.execute(insert_for(connection.dialect.name, Push).on_conflict_do_nothing(), rows)
        rows.clear()
