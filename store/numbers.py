"""Counts over items, of a period or of all; restricted items are in none of them. What ended long ago is read from
the running totals."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store import totals
from store.counts import COUNTS, done, late
from store.tables import Item, Total
from store.totals import total

MOMENTS = {
    "registered": Item.registered_at,
    "assigned": Item.assigned_at,
    "due": Item.due_at,
    "resolved": Item.resolved_at,
    "closed": Item.closed_at,
}
"""What puts an item into a period."""


@dataclass(frozen=True, slots=True)
class Among:
    """Which items are counted: those of a source, a campaign, of some units; of a period `[start, end)`."""

    start: datetime | None = None
    end: datetime | None = None
    source: str | None = None
    campaign: str | None = None
    units: tuple[int, ...] | None = None

    @property
    def of_all_time(self) -> bool:
        return self.start is None and self.end is None


def count(
    session: Session, among: Among, names: Sequence[str], now: datetime, by: str = "registered"
) -> dict[str, int]:
    """How many items each of these names fits, of those that `among` and the moment `by` put into the period."""
    counted = select(*(total(COUNTS[name](now)) for name in names)).where(*_counted(among, by))
    live = dict(zip(names, session.execute(counted).one(), strict=True))
    if not among.of_all_time:
        return live
    folded = totals.folded(session, _picked(among, Total), names)
    return {name: live[name] + folded.get(name, 0) for name in names}


def tally(
    session: Session, among: Among, wanted: Mapping[str, Iterable[str]], now: datetime
) -> dict[tuple[str, str], int]:
    """The counts of these names by each moment. Without a period the moment does not matter: one look at all."""
    names = {by: list(dict.fromkeys(each)) for by, each in wanted.items()}
    if among.of_all_time:
        everything = count(session, among, list(dict.fromkeys(name for each in names.values() for name in each)), now)
        return {(by, name): everything[name] for by, each in names.items() for name in each}
    counted = {by: count(session, among, each, now, by) for by, each in names.items()}
    return {(by, name): found for by, each in counted.items() for name, found in each.items()}


def within(among: Among, by: str = "registered") -> list[ColumnElement[bool]]:
    """The condition that an item is among these."""
    moment, found = MOMENTS[by], [~Item.restricted]
    if among.start is not None:
        found.append(moment >= among.start)
    if among.end is not None:
        found.append(moment < among.end)
    return [*found, *_picked(among, Item)]


def _counted(among: Among, by: str = "registered") -> list[ColumnElement[bool]]:
    """As `within`, without what is in the running totals, where these are added."""
    return [*within(among, by), *([~Item.folded] if among.of_all_time else [])]


def _picked(among: Among, table: type[Item] | type[Total]) -> list[ColumnElement[bool]]:
    """The condition that an item, or a running total, is of these sources, campaigns and units."""
    found: list[ColumnElement[bool]] = []
    if among.source is not None:
        found.append(table.source == among.source)
    if among.campaign is not None:
        found.append(table.campaign == among.campaign)
    if among.units is not None:
        found.append(table.lead_id.in_(among.units))
    return found


def open_by_state(session: Session, among: Among) -> dict[str, int]:
    """Open items by state; the figures add up to all open items."""
    return _open_by(session, among, Item.state)


def open_and_late(session: Session, among: Among, now: datetime) -> tuple[int, int]:
    """How many are open, and how many of those are late: what has ended is not looked at."""
    found = select(func.count(), total(late(now))).where(Item.closed_at.is_(None), *within(among))
    row = session.execute(found).one()
    return row[0], row[1]


def open_by_category(session: Session, among: Among) -> dict[str, int]:
    return _open_by(session, among, Item.category)


def _open_by(session: Session, among: Among, column: InstrumentedAttribute[str]) -> dict[str, int]:
    found = select(column, func.count()).where(Item.closed_at.is_(None), *within(among)).group_by(column)
    return dict(session.execute(found).all())


def by_source(session: Session, among: Among) -> dict[str, int]:
    counted = select(Item.source, func.count()).where(*_counted(among)).group_by(Item.source)
    found = Counter(dict(session.execute(counted).all()))
    if among.of_all_time:
        for source, folded in totals.folded_by(session, Total.source, _picked(among, Total), ["received"]).items():
            found[source] += folded["received"]
    return dict(found)


def unheard(session: Session, among: Among, since: datetime) -> int:
    """Open items whose enterprise has heard nothing since then."""
    silent = func.coalesce(Item.heard_at, Item.registered_at) < since
    found = select(func.count()).select_from(Item).where(Item.closed_at.is_(None), silent, *within(among))
    return session.scalar(found) or 0


def handled(session: Session, among: Among, limit: int) -> list[tuple[datetime, datetime]]:
    """When the items done last were registered and done, newest first."""
    # Without a moment comes first where the latest comes first: whoever does not say so reads past all of these.
    there = (done, Item.resolved_at.is_not(None))
    found = select(Item.registered_at, Item.resolved_at).where(*there, *within(among, "resolved"))
    rows = session.execute(found.order_by(Item.resolved_at.desc(), Item.id.desc()).limit(limit))
    return [(registered, resolved) for registered, resolved in rows if resolved is not None]


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """What a unit itself has had, without those below it."""

    lead_id: int | None
    received: int
    open: int
    late: int
    done: int


def by_unit(session: Session, among: Among, now: datetime) -> list[UnitLoad]:
    """Every unit that has had items, and what has none; the rows add up to all of them."""
    names = ("received", "open", "late", "done")
    counted = (total(COUNTS[name](now)) for name in names)
    rows = session.execute(select(Item.lead_id, *counted).where(*_counted(among)).group_by(Item.lead_id))
    found = {lead_id: Counter(dict(zip(names, counts, strict=True))) for lead_id, *counts in rows}
    if among.of_all_time:
        for lead, folded in totals.folded_by(session, Total.lead_id, _picked(among, Total), names).items():
            found.setdefault(lead or None, Counter()).update(folded)
    return [UnitLoad(lead_id, *(counts[name] for name in names)) for lead_id, counts in found.items()]
