"""Many items that are due at once cost the database few words, and lose nothing by it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from routing import ladder
from store import gather, history, outbox, people, together
from store.history import record
from store.tables import Event, Item, Push, Reminder
from tests.desk import Desk
from tests.seed import seed
from tests.statements import listening


def overdue_since_just_now(desk: Desk, count: int) -> None:
    """So many items whose deadline has just passed, all in the hands of one officer."""
    now = desk.clock.now()
    with desk.store.read() as session:
        officer = people.with_role(session, "officer")[0]
    seed(
        desk,
        count,
        officer_id=officer.id,
        lead_id=officer.department_id,
        signed_at=now - timedelta(days=9),
        contacted_at=now - timedelta(days=9),
        heard_at=now,
        registered_at=now - timedelta(days=10),
        due_at=now - timedelta(minutes=5),
        checked_until=now - timedelta(minutes=10),
        next_check_at=now,
    )


def tick(desk: Desk) -> int:
    return ladder.tick(desk.store, desk.service.policy, desk.clock.now())


def how_many(desk: Desk, table: type[Any], *which: Any) -> int:
    with desk.store.read() as session:
        return session.scalar(select(func.count()).select_from(table).where(*which)) or 0


def test_ten_times_as_many_due_items_need_no_more_statements(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk()
    overdue_since_just_now(desk, 8)
    with listening(desk.store.engine) as few:
        assert tick(desk) == 8
    overdue_since_just_now(desk, 80)
    with listening(desk.store.engine) as many:
        assert tick(desk) == 80

    batches = -(-80 // desk.store.at_once)
    assert len(many) <= (len(few) + 3) * batches
    assert how_many(desk, Push, Push.text_key == "remind_overdue") == 88
    assert how_many(desk, Event, Event.action == "notice") == 88
    assert how_many(desk, Reminder, Reminder.status == "said", Reminder.rung == "overdue") == 88
    assert how_many(desk, Item, Item.next_check_at > desk.clock.now(), Item.version == 2) == 88
    desk.forget()


def test_a_second_tick_at_the_same_moment_says_nothing_more(desk: Desk) -> None:
    overdue_since_just_now(desk, 5)
    tick(desk)
    with desk.store.write() as session:
        session.execute(update(Item).values(next_check_at=desk.clock.now()))

    assert tick(desk) == 5

    assert how_many(desk, Push, Push.text_key == "remind_overdue") == 5


def one(desk: Desk, session: Session) -> Item:
    found = session.scalar(select(Item))
    assert found is not None
    return found


def test_an_item_that_somebody_else_has_changed_is_not_written_over(desk: Desk) -> None:
    overdue_since_just_now(desk, 1)
    with desk.store.write() as session:
        item = one(desk, session)
        session.connection().execute(update(Item.__table__).values(urged=3, version=2))
        item.next_check_at = None
        with pytest.raises(StaleDataError):
            together.save(session, [item])
        session.rollback()

    assert how_many(desk, Item, Item.next_check_at.is_not(None), Item.version == 1) == 1


def test_what_is_not_written_together_is_written_all_the_same(desk: Desk) -> None:
    """Whose hands an item is in is a matter between two rows: the session sees to that."""
    overdue_since_just_now(desk, 2)
    with desk.store.write() as session:
        first, second = session.scalars(select(Item).order_by(Item.id)).all()
        first.officer = people.with_role(session, "officer")[1]
        for item in (first, second):
            item.urged = 2
            record(item, "urge", by=None, now=desk.clock.now())
        together.save(session, [first, second])

    assert how_many(desk, Item, Item.urged == 2, Item.version == 2) == 2
    assert how_many(desk, Item, Item.officer_id == first.officer_id) == 1
    assert how_many(desk, Event, Event.action == "urge") == 2


def put(desk: Desk, session: Session, item: Item, key: str) -> bool:
    now = desk.clock.now()
    told = people.with_role(session, "officer")[0]
    return outbox.put(session, told, "remind_due", once_key=key, now=now, not_before=now, item=item)


def test_gathered_pushes_are_put_once_and_seen_by_whoever_asks(desk: Desk) -> None:
    overdue_since_just_now(desk, 1)
    with desk.store.write() as session:
        item = one(desk, session)
        assert put(desk, session, item, "a")
        with gather.gathering(session, [item]):
            assert not put(desk, session, item, "a")
            assert put(desk, session, item, "b")
            assert not put(desk, session, item, "b")
            assert [push.once_key for push in outbox.of_item(session, item)] == ["a", "b"]
            assert put(desk, session, item, "c")

    assert how_many(desk, Push) == 3
    desk.forget()


def test_nothing_gathered_is_left_behind_when_the_work_fails(desk: Desk) -> None:
    overdue_since_just_now(desk, 1)

    def fails(session: Session) -> None:
        item = one(desk, session)
        with gather.gathering(session, [item]):
            put(desk, session, item, "a")
            raise LookupError

    with pytest.raises(LookupError), desk.store.write() as session:
        fails(session)
    with desk.store.write() as session:
        assert put(desk, session, one(desk, session), "a")

    assert how_many(desk, Push) == 1


def test_a_history_that_is_kept_as_rows_goes_on_where_it_stood(desk: Desk) -> None:
    overdue_since_just_now(desk, 1)
    now = desk.clock.now()
    with desk.store.write() as session:
        item, officer = one(desk, session), people.with_role(session, "officer")[0]
        record(item, "progress", by=officer, now=now)
        session.flush()
        with history.together(session, [item]):
            record(item, "urge", by=None, now=now, times=2)
            known = [(step.action, step.actor) for step in history.of(item)]
            assert known[-2:] == [("progress", officer), ("urge", None)]

    with desk.store.read() as session:
        events = one(desk, session).events
        assert [event.seq for event in events] == list(range(1, len(known) + 1))
        assert [(event.action, event.data) for event in events][-2:] == [("progress", {}), ("urge", {"times": 2})]
