"""The machine was off, or its clock is wrong."""

from collections import Counter

import pytest

from tests.crash.house import CONTACT, COORDINATOR, OFFICER, WORDS, House
from tests.crash.test_sending import stopped
from tests.crash.test_tick import AT, REMINDER, with_due_reminder

pytestmark = pytest.mark.process
ME = f"o_{CONTACT}"


@pytest.fixture
def begun(house: House) -> House:
    """An item was handed to its officer on Monday morning."""
    house.says(CONTACT, WORDS)
    house.wait(minutes=2)
    house.process().do("work")
    return house


def read(house: House) -> Counter[str]:
    """How often everything was read."""
    return Counter(text for name in (CONTACT, OFFICER) for text in house.shown(name))


def test_after_days_without_power_everybody_hears_once_at_the_next_opening(begun: House) -> None:
    """Point 13: after days off all that is due is still due; each hears of it once, at the next opening, in one
    message"""
    begun.until("2026-10-03T12:00:00+08:00")
    worker = begun.process()
    before = read(begun)
    worker.do("work")
    assert read(begun) == before  # a holiday: nobody is disturbed

    begun.until("2026-10-09T08:31:00+08:00")
    for _ in range(2):
        worker.do("work")

    assert len(begun.shown(OFFICER)) == 2  # handed to him, and now reminded of it
    assert (read(begun) - before).total() == 1
    assert begun.items()[0].next_check_at > begun.clock.now()


def test_a_clock_an_hour_behind_reminds_later_and_never_twice(house: House) -> None:
    """Point 14: a clock set back by an hour: nothing is sent early, nothing twice, some of it later"""
    with_due_reminder(house)
    house.clock.jump(hours=-1)
    worker = house.process()
    worker.do("work")
    assert house.pushes(REMINDER) == []

    house.wait(hours=1)
    worker.do("work")
    house.clock.jump(hours=-1)
    for _ in range(3):
        worker.do("work")
        house.wait(minutes=40)

    assert [push.status for push in house.pushes(REMINDER)] == ["sent"]
    assert set(read(house).values()) == {1}


def test_a_clock_set_back_while_a_call_is_in_doubt_leads_to_no_repeat(house: House) -> None:
    """Point 14: a call in doubt when the clock is set back is not repeated, for nobody knows how old it is; the
    office sees it, and is told of the clock"""
    house.says(CONTACT, WORDS)
    house.wait(minutes=2)
    house.process().do("work")
    house.until("2026-09-28T14:30:00+08:00")
    house.process().do("work")
    house.until(AT)
    stopped(house, "after the call").kill()
    before = read(house)

    house.clock.jump(hours=-1)
    worker = house.process()
    worker.do("work")
    house.wait(minutes=63)
    worker.do("work")

    assert [push.status for push in house.pushes(REMINDER)] == ["unknown"]
    assert read(house) == before
    assert [push.status for push in house.pushes("clock_back")] == ["sent"]
    house.clock.jump(hours=1)
    assert OFFICER in house.says(COORDINATOR, "未送达")


def test_a_clock_a_week_ahead_turns_messages_away_and_doubles_nothing_when_it_is_right_again(begun: House) -> None:
    """Point 14: with a clock a week ahead messages are turned away as stale, reminders come early but once; set right
    again, the next delivery is taken, and nothing comes twice"""
    begun.until("2026-10-09T08:31:00+08:00")
    worker = begun.process()
    worker.do("work")
    before = read(begun)
    begun.web()
    letter = begun.letter(CONTACT, "什么时候能修好？")
    begun.clock.jump(weeks=1)

    assert begun.pusher.push(ME, letter).status == 403
    worker.do("work")
    early = read(begun) - before
    begun.clock.jump(weeks=-1)

    assert early.total() >= 1
    assert len(begun.inbox()) == 1
    assert begun.pusher.deliver(ME, letter).text
    assert len(begun.inbox()) == 2
    for _ in range(3):
        worker.do("work")
        begun.wait(hours=3)
    assert set(read(begun).values()) == {1}
