"""A rung is climbed: who hears of it, by which supervision notice, and what is done."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from routing import escalation, outcome, reminders
from routing.policy import Turn
from routing.rungs import Rung
from routing.telling import put, recipients
from store import history
from store.history import record
from store.plans import Planned
from store.tables import Item, Person


def climb(turn: Turn, item: Item, rung: Rung, row: Planned) -> None:
    notice, tell = _notice(turn, item, rung)
    told = [person.name for person in _told(turn, item, rung, row, tell, notice or "")]
    if told:
        action, level = ("notice", {"notice": notice}) if notice else ("remind", {})
        record(item, action, by=None, now=turn.now, rule=rung.rule, rung=rung.name, **level, told=told)
    if told or rung.does:
        reminders.said(row, turn.now)
    else:
        reminders.nobody_there(row)
    if rung.does == "lapse":
        outcome.lapse(turn, item, rung.rule)
    elif rung.does == "escalate":
        escalation.by_rule(turn, item, "overdue", rung.rule)
    elif rung.does == "bulletin":
        record(item, "bulletin", by=None, now=turn.now, rule=rung.rule)


def _told(turn: Turn, item: Item, rung: Rung, row: Planned, tell: Mapping[str, str], notice: str) -> Iterator[Person]:
    key = reminders.key(item, row)
    for recipient, text_key in tell.items():
        for person in recipients(turn, item, recipient):
            if put(
                turn,
                item,
                person,
                text_key,
                f"{key}{recipient}:{person.id}",
                recipient,
                urgent=rung.at_any_hour(item),
                asking=True,
                reminder=recipient != "contact",
                notice=notice,
            ):
                yield person


def _notice(turn: Turn, item: Item, rung: Rung) -> tuple[str | None, Mapping[str, str]]:
    """The supervision notice this rung is for the item now, and who hears of it: each level once, whatever the round;
    one that comes again too soon becomes the graver one."""
    if rung.notice is None:
        return None, rung.tell
    had = _given(item)
    if rung.notice not in had:
        return rung.notice, rung.tell
    again = rung.again
    if again and again.notice not in had and turn.now - had[rung.notice] <= timedelta(days=again.days):
        return again.notice, {**rung.tell, **again.tell}
    return None, rung.tell


def _given(item: Item) -> dict[str, datetime]:
    """The supervision notices an item has had, and when. One that nobody was sent was not given."""
    given: dict[str, datetime] = {}
    for event in history.of(item):
        if event.action == "notice":
            given[str(event.data["notice"])] = event.at
        elif event.action == "remind_dropped":
            given.pop(str(event.data.get("notice")), None)
    return given
