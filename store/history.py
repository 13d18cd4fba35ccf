"""The history of an item: append-only. It records; it moves nothing."""

from datetime import datetime
from typing import Any

from store.tables import Event, Item, Person


def record(
    item: Item,
    action: str,
    *,
    by: Person | None,
    now: datetime,
    rule: str = "",
    after: str | None = None,
    **data: Any,
) -> Event:
    """Note what happened: who (None: the service itself), when, which rule decided ("file: entry").

    `after` is the state the item is about to enter, where that changes. `data` is what a reader of the
    history needs: reasons, names, before and after; JSON values only.
    """
    event = Event(
        district_id=item.district_id,
        seq=len(item.events) + 1,
        at=now,
        actor=by,
        action=str(action),
        rule=rule,
        state_before=item.state,
        state_after=after or item.state,
        data=data,
    )
    item.events.append(event)
    return event
