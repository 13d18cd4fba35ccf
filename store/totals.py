"""Running totals: what ended long ago is counted once, so that the figures of a province do not read its whole past.

An item is folded into the totals when it has ended long enough ago. Whoever changes a folded item takes it out of
them first, in the same transaction; this is done for them, by `_take_out`. The totals carry the definition of the
counts they were made by; when a count comes to mean something else, they are made anew.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, event, func, select, update
from sqlalchemy.orm import Session

from store.counts import COUNTS
from store.tables import Item, Total
from store.upsert import insert

Names = Iterable[str]


def total(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many of the rows looked at fit."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def basis(now: datetime) -> str:
    """What stands for the definition of every count where it is now so late: changes when one comes to mean something
    else, or when local days begin at another hour."""
    return f"{_defined()}{now:%z}"


@cache
def _defined() -> str:
    said = []
    for name, condition in sorted(COUNTS.items()):
        compiled = condition(datetime(2000, 1, 1, tzinfo=UTC)).compile()
        said.append(f"{name}: {compiled} {sorted(compiled.params.items())}")
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def anything(session: Session, ended_before: datetime, now: datetime) -> bool:
    """Whether there is anything to fold in, or to make anew."""
    # In order, so that the index is read from its beginning: PostgreSQL believes that there are many, and would look
    # for the first of them through all that is stored.
    oldest = _ended(ended_before).order_by(Item.closed_at).limit(1)
    return _outdated(session, now) or session.scalar(oldest) is not None


def _outdated(session: Session, now: datetime) -> bool:
    return session.scalar(select(Total.basis).where(Total.basis != basis(now)).limit(1)) is not None


def _ended(before: datetime) -> Select[int]:
    return select(Item.id).where(~Item.folded, Item.closed_at < before, ~Item.restricted)


def fold(session: Session, ended_before: datetime, now: datetime, limit: int) -> int:
    """Fold in so many of the items that ended before that moment; how many. `now` as for every count: local."""
    if _outdated(session, now):
        renew(session)
    ids = session.scalars(
        _ended(ended_before).order_by(Item.closed_at).limit(limit).with_for_update(skip_locked=True)
    ).all()
    if ids:
        _add(session, ids, now, 1)
        _mark(session, Item.id.in_(ids), folded=True)
    return len(ids)


def renew(session: Session) -> None:
    """Forget all totals: what was in them is counted one by one until it has been folded in again."""
    session.execute(delete(Total))
    _mark(session, Item.folded.is_(True), folded=False)


def _mark(session: Session, which: ColumnElement[bool], *, folded: bool) -> None:
    """Whoever has read one of these items meanwhile must not write over it: the version says that it has changed."""
    marked = update(Item).where(which).values(folded=folded, version=Item.version + 1)
    session.connection().execute(marked)


def folded(session: Session, where: Sequence[ColumnElement[bool]], names: Names) -> dict[str, int]:
    """The totals of these counts."""
    found = select(Total.name, func.sum(Total.count)).where(Total.name.in_(list(names)), *where).group_by(Total.name)
    return {name: int(count) for name, count in session.execute(found)}


def folded_by(session: Session, by: Any, where: Sequence[ColumnElement[bool]], names: Names) -> Mapping[Any, Any]:
    """The totals of these counts, apart for each value of a column: {value: {name: count}}."""
    found = select(by, Total.name, func.sum(Total.count)).where(Total.name.in_(list(names)), *where)
    apart: dict[Any, dict[str, int]] = {}
    for value, name, count in session.execute(found.group_by(by, Total.name)):
        apart.setdefault(value, {})[name] = int(count)
    return apart


def _add(session: Session, ids: Sequence[int], now: datetime, times: int) -> None:
    """Add these items to the totals, or (-1) take them out, as the database has them now."""
    names = list(COUNTS)
    keys = (Item.district_id, Item.source, func.coalesce(Item.campaign, ""), func.coalesce(Item.lead_id, 0))
    counted = select(*keys, *(total(COUNTS[name](now)) for name in names)).where(Item.id.in_(ids)).group_by(*keys)
    rows = [
        dict(zip(("district_id", "source", "campaign", "lead_id"), row[:4], strict=True))
        | {"name": name, "basis": basis(now), "count": times * count}
        for row in session.connection().execute(counted).all()
        for name, count in zip(names, row[4:], strict=True)
        if count
    ]
    if rows:
        added = insert(session, Total)
        once = {"count": Total.count + added.excluded.count}
        key = ["district_id", "source", "campaign", "lead_id", "name"]
        session.connection().execute(added.on_conflict_do_update(index_elements=key, set_=once), rows)


def _as_folded(made: str | None) -> datetime:
    """A moment whose offset is that of the totals; of an ended item a count asks for nothing else of it."""
    return datetime.strptime(f"20000101{(made or '')[16:] or '+0000'}", "%Y%m%d%z")


@event.listens_for(Session, "before_flush")
def _take_out(session: Session, _context: object, _instances: object) -> None:
    """Whatever changes a folded item takes it out of the totals, counted as it was before."""
    changed = [item for item in session.dirty if isinstance(item, Item) and item.folded and session.is_modified(item)]
    if changed:
        made = session.scalar(select(Total.basis).limit(1))
        _add(session, [item.id for item in changed], _as_folded(made), -1)
    for item in changed:
        item.folded = False
