"""What the platforms allow is never exceeded: windows are counted as the platform counts them, turn by turn."""

from datetime import timedelta

import pytest

from bot.delivery import drain
from bot.senders import SendFailed, Trouble
from store import outbox, people
from tests.desk import Desk
from tests.stories.test_reaching import member
from tests.test_delivery import sent_to

TO = "李建国"


@pytest.fixture
def told() -> list[int]:
    """The numbers of what was told so far."""
    return []


def tell(desk: Desk, count: int, told: list[int]) -> list[str]:
    """So many things are said to Li Jianguo, one by one; the ways they went."""
    before = len(desk.phones.sent)
    for _ in range(count):
        told.append(len(told))
        now = desk.clock.now()
        with desk.store.write() as session:
            person = next(person for person in people.everybody(session) if person.name == TO)
            facts = {"text": f"第{len(told)}条", "buttons": ()}
            key = f"told:{len(told)}"
            outbox.put(session, person, "said", once_key=key, now=now, not_before=now, urgent=True, facts=facts)
        desk.work()
    return [body["channel"] for body in desk.phones.sent[before:]]


def test_what_was_held_back_past_the_end_of_its_window_goes_another_way(desk: Desk, told: list[int]) -> None:
    """L: what was made ready inside the window is not sent after its end; another way is chosen"""
    desk.says(TO, "待办")
    desk.clock.moment += timedelta(days=2, seconds=-40)
    desk.phones.fail(Trouble.LATER)
    assert tell(desk, 1, told) == []

    desk.later(minutes=2)

    assert sent_to(desk, TO) == ["template"]
    desk.forget()


def test_a_window_is_counted_from_when_the_platform_took_the_message(desk: Desk, told: list[int]) -> None:
    """L: a window is counted from the time in the message, not from when it reaches us"""
    written = desk.message(TO, "待办")
    desk.clock.moment += timedelta(minutes=5)
    desk.delivers(written)

    desk.clock.moment += timedelta(days=2, minutes=-1)

    assert tell(desk, 1, told) == ["template"]
    desk.forget()


@pytest.mark.parametrize("off", [timedelta(hours=-2), timedelta(days=-900), timedelta(minutes=10)])
def test_a_time_that_cannot_be_true_is_not_counted_from(desk: Desk, told: list[int], off: timedelta) -> None:
    """The platform gives up delivering after seconds, and nobody has written in the future."""
    at = int((desk.clock.now() + off).timestamp())
    desk.says(TO, "待办", CreateTime=str(at))

    assert tell(desk, 6, told) == ["custom"] * 5 + ["template"]
    desk.forget()


def test_a_window_is_not_used_in_its_last_seconds(desk: Desk, told: list[int]) -> None:
    """A call takes a while, and the platform looks when it arrives."""
    desk.says(TO, "待办")
    desk.clock.moment += timedelta(days=2, seconds=-9)

    assert tell(desk, 1, told) == ["template"]
    desk.forget()


def test_a_message_that_comes_late_brings_no_turns_that_are_used_already(desk: Desk, told: list[int]) -> None:
    """L: what was sent after a message was written counts among its five, though it reached us later"""
    desk.says(TO, "待办")
    assert tell(desk, 2, told) == ["custom"] * 2
    desk.clock.moment += timedelta(seconds=10)
    written = desk.message(TO, "待办")
    desk.clock.moment += timedelta(seconds=10)
    assert tell(desk, 3, told) == ["custom"] * 3

    desk.delivers(written)

    assert tell(desk, 3, told) == ["custom", "custom", "template"]
    desk.forget()


def test_an_older_message_that_comes_after_a_newer_one_brings_nothing(desk: Desk, told: list[int]) -> None:
    older = desk.message(TO, "待办")
    desk.clock.moment += timedelta(seconds=10)
    desk.says(TO, "待办")
    assert tell(desk, 5, told) == ["custom"] * 5

    desk.delivers(older)

    assert tell(desk, 1, told) == ["template"]
    desk.forget()


def test_what_was_refused_for_now_takes_its_turn_when_it_is_sent(desk: Desk, told: list[int]) -> None:
    """L: what was refused for now counts in the window in which it is sent at last"""
    desk.says(TO, "待办")
    desk.phones.fail(Trouble.LATER)
    assert tell(desk, 1, told) == []
    desk.clock.moment += timedelta(seconds=10)
    desk.says(TO, "待办")
    assert tell(desk, 4, told) == ["custom"] * 4

    desk.later(minutes=2)

    assert sent_to(desk, TO) == ["custom"] * 5
    assert tell(desk, 1, told) == ["template"]
    desk.forget()


def test_a_definite_no_uses_up_nothing(desk: Desk, told: list[int]) -> None:
    desk.says(TO, "待办")
    desk.phones.fail(Trouble.LATER, 3)
    tell(desk, 1, told)
    desk.later(minutes=40)
    assert sent_to(desk, TO) == ["custom"]

    assert tell(desk, 5, told) == ["custom"] * 4 + ["template"]
    desk.forget()


def test_what_was_never_answered_may_have_been_counted(desk: Desk, told: list[int]) -> None:
    """L: a message that was never answered counts as one of the five"""
    desk.says(TO, "待办")
    desk.phones.faults.append(SendFailed(Trouble.UNCERTAIN, "ReadTimeout"))
    tell(desk, 1, told)
    desk.forget()

    assert tell(desk, 5, told) == ["custom"] * 4 + ["template"]
    desk.forget()


def test_a_press_and_a_message_are_counted_each_by_itself(desk: Desk, told: list[int]) -> None:
    """Three for the press, first, for its window closes first; and five for the message."""
    desk.says(TO, "待办")
    desk.says(TO, "待办", bizmsgmenuid="待办")

    assert tell(desk, 9, told) == ["custom"] * 8 + ["template"]
    desk.forget()


def test_what_is_tried_again_at_a_member_keeps_the_pace_too(desk: Desk, told: list[int]) -> None:
    """L: what is tried again at a member waits for its turn as well"""
    desk.phones.ways = ("wecom",)
    member(desk, TO, "lijianguo", only=True)
    desk.phones.fail(Trouble.LATER)
    tell(desk, 1, told)
    desk.clock.moment += timedelta(seconds=50)
    assert len(tell(desk, 30, told)) == 30

    desk.clock.moment += timedelta(seconds=15)
    drain(desk.service, desk.phones, "", "desk")
    assert len(desk.phones.sent) == 30

    desk.later(minutes=1)
    assert len(desk.phones.sent) == 31
    desk.forget()
