"""When what is told regularly was last told: one row each, taken by whoever comes first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from store.tables import HOME, Beat
from store.upsert import insert


def last(session: Session) -> dict[str, datetime]:
    return dict(session.execute(select(Beat.name, Beat.at).where(Beat.district_id == HOME)).all())


def begin(session: Session, name: str, at: datetime) -> None:
    """Count from here, unless somebody has begun already."""
    session.execute(insert(session, Beat).values(district_id=HOME, name=name, at=at).on_conflict_do_nothing())


def keep(session: Session, name: str, before: datetime, at: datetime) -> bool:
    """Take this time; False when somebody else has taken it meanwhile."""
    mine = update(Beat).where(Beat.district_id == HOME, Beat.name == name, Beat.at == before).values(at=at)
    return cast(CursorResult[Any], session.execute(mine)).rowcount == 1


def note(session: Session, moments: Mapping[str, datetime]) -> None:
    """Write down when something last happened, whoever did it."""
    rows = [{"district_id": HOME, "name": name, "at": at} for name, at in moments.items()]
    new = insert(session, Beat).values(rows)
    again = new.on_conflict_do_update(index_elements=["district_id", "name"], set_={"at": new.excluded.at})
    session.execute(again)
