"""The watchdog: what should have been said and was not reaches the office, once a day for each kind."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot import watchdog
from bot.delivery import drain
from bot.health import health
from bot.tally import Tally
from routing.ladder import tick
from store import people
from store.tables import Item, Reminder
from tests.desk import Desk


@pytest.fixture
def running(desk: Desk) -> Desk:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.forget()
    return desk


def look(desk: Desk) -> list[str]:
    """The watchdog alone: nobody has ticked or drained since. What it told the office, once that is sent."""
    watchdog.look(desk.service)
    drain(desk.service, desk.phones, "template-id", "desk")
    return desk.bodies_to("林晓")


def test_while_all_is_well_it_is_silent(running: Desk) -> None:
    running.until("2026-09-28T14:00:00+08:00")

    assert look(running) == []
    assert health(running.service, Tally())[0]["late"] == {}


def test_without_a_tick_for_ten_minutes_the_office_is_told_once_a_day(running: Desk) -> None:
    running.says("林晓", "今日")
    running.clock.moment += timedelta(hours=6)  # the reminder to sign was due at 14:31

    told = "\n".join(look(running))

    assert "到点没说的提醒 1 件" in told
    assert "没人再看的在办件 1 件" in told
    assert health(running.service, Tally())[0]["late"] == {"reminders": 1, "unplanned": 1}
    running.clock.moment += timedelta(hours=1)
    assert look(running) == []
    running.later(minutes=1)
    running.forget()


def test_it_looks_again_only_after_ten_minutes(running: Desk) -> None:
    running.says("林晓", "今日")
    running.clock.moment += timedelta(minutes=6)
    with running.store.write() as session:
        session.execute(update(Item).values(next_check_at=None))

    assert look(running) == []
    running.clock.moment += timedelta(minutes=5)
    assert "没人再看的在办件 1 件" in "\n".join(look(running))
    running.forget()


def test_it_does_not_sleep_until_a_wrong_clock_is_right_again(running: Desk) -> None:
    running.says("林晓", "今日")
    right = running.clock.moment
    running.clock.moment = right + timedelta(days=7)  # set wrong, in a holiday
    running.work()
    running.clock.moment = right + timedelta(minutes=1)
    with running.store.write() as session:
        session.execute(update(Item).values(next_check_at=None))

    assert "没人再看的在办件 1 件" in "\n".join(look(running))
    running.forget()


def test_what_waits_unsent_is_found(running: Desk) -> None:
    running.says("林晓", "今日")
    running.until("2026-09-28T14:00:00+08:00")
    running.clock.moment += timedelta(minutes=40)
    tick(running.store, running.service.policy, running.clock.now())  # and nobody drains
    running.clock.moment += timedelta(minutes=20)

    assert "到点没发的消息 1 件" in "\n".join(look(running))
    running.forget()


def test_an_item_in_nobodys_hands_is_found(running: Desk) -> None:
    running.says("林晓", "今日")
    with running.store.write() as session:
        officer = next(person for person in people.with_role(session, "officer") if person.name == "李建国")
        officer.active = False
    running.later(minutes=11)
    running.later(minutes=1)

    assert any("没有责任人的在办件 1 件" in told for told in running.bodies_to("林晓"))


def test_the_rows_of_an_ended_item_are_nobodys_trouble(running: Desk) -> None:
    running.says("张伟", "撤回 001")
    running.later(days=2)

    with running.store.read() as session:
        assert session.query(Reminder).filter(Reminder.status == "planned").count() == 0
    assert health(running.service, Tally())[0]["late"] == {}
    running.forget()
