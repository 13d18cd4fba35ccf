"""The schema in code and the schema in the database are one, up and down; times keep their zone."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from store import items
from store.db import Store
from store.migrate import differences, is_current, migrate
from store.tables import Department
from tests.desk import Desk


def test_the_migrated_database_has_the_tables_of_the_code(database_url: str) -> None:
    assert is_current(database_url)
    assert differences(database_url) == []


def test_going_down_and_up_again_works_and_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url, "base")
    assert not is_current(database_url)

    migrate(database_url)
    migrate(database_url)

    assert is_current(database_url)


def test_numbers_count_per_day_without_gaps(database_url: str) -> None:
    store = Store(database_url)
    with store.write() as session:
        given = [items.new_number(session, "main", date(2026, 9, 28)) for _ in range(2)]
        given.append(items.new_number(session, "main", date(2026, 9, 29)))
    with store.write() as session:
        given.append(items.new_number(session, "main", date(2026, 9, 28)))
    store.close()

    assert given == ["20260928-001", "20260928-002", "20260929-001", "20260928-003"]


def test_a_transaction_that_fails_leaves_nothing(database_url: str) -> None:
    store = Store(database_url)

    with pytest.raises(IntegrityError), store.write() as session:
        session.add_all([Department(code="x", name="one"), Department(code="x", name="another")])

    with store.read() as session:
        assert session.query(Department).count() == 0
    store.close()


def test_moments_come_back_aware_in_utc_and_naive_ones_are_refused(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    assert desk.item().registered_at == datetime(2026, 9, 28, 1, tzinfo=UTC)
    assert desk.item().registered_at.tzinfo is UTC

    with pytest.raises(Exception, match="without a time zone"), desk.store.write() as session:
        items.due(session, datetime(2026, 9, 28), 1)  # noqa: DTZ001  the mistake under test
    desk.later(minutes=2)
    desk.forget()


def test_of_two_who_change_one_item_at_once_the_second_fails_loudly(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.forget()
    with desk.store.read() as session:
        old = items.by_short_number(session, "main", "001", 1)[0]
        session.expunge(old)
    desk.says("李建国", "签收 001")

    with pytest.raises(StaleDataError), desk.store.write() as session:
        session.merge(old, load=False).result = "overwritten"

    assert desk.item().result is None
    desk.later(seconds=1)
    desk.forget()
