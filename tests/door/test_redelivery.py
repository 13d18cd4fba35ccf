"""The platform delivers again what was not answered in five seconds, even while the first delivery is at work."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from werkzeug.test import TestResponse

from bot.clock import SystemClock
from store.db import Store
from tests.desk import SECRET
from tests.door.caller import Door, Letter, message, opened, sealed

PROBLEM = {"MsgType": "text", "Content": "我们厂又跳闸了，这周第三次"}
CLICK = {"MsgType": "event", "Event": "CLICK", "EventKey": "进度"}
PLACE = {"MsgType": "event", "Event": "LOCATION", "Latitude": "34.3", "Longitude": "107.2", "Precision": "9"}


@pytest.fixture
def other_door(door: Door, house_url: str) -> Iterator[Door]:
    """A second web process on the same database: nothing is shared but the rows."""
    store = Store(house_url, SECRET)
    yield Door(replace(door.service, store=store))
    store.close()


def at_once(posts: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Do all of these at the same moment; the answers in their order."""
    ready = threading.Barrier(len(posts))
    answers: dict[int, TestResponse] = {}

    def post(number: int) -> None:
        ready.wait()
        answers[number] = posts[number]()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(len(posts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(posts))]


def delivered_again(door: Door, inside: bytes, attempt: int) -> Letter:
    """The platform signs each attempt anew."""
    return sealed(inside, door.at + 5 * attempt, f"nonce-{attempt}")


def test_three_deliveries_in_turn_are_one_message(door: Door, somebody: str) -> None:
    """H: the same message at 0, 5 and 10 seconds is one row, handled once, with the same reply"""
    inside = message(somebody, door.at, **PROBLEM)

    replies = [opened(door.post(delivered_again(door, inside, attempt))) for attempt in range(3)]

    assert len(door.items(somebody)) == len(door.inbox(somebody)) == len(door.fragments(somebody)) == 1
    assert replies[0] == replies[1] == replies[2]


def test_the_very_same_request_again_gets_the_stored_reply_and_not_a_refusal(door: Door, somebody: str) -> None:
    """B: the same stamp, nonce and signature again gets the stored reply; it is handled once"""
    letter = sealed(message(somebody, door.at, **PROBLEM), door.at)

    first, again = door.post(letter), door.post(letter)

    assert opened(first) == opened(again)
    assert len(door.items(somebody)) == 1


def test_a_nonce_seen_before_under_another_signature_is_simply_a_new_message(door: Door, somebody: str) -> None:
    """B: a nonce seen before under another valid signature is a new message"""
    for text in ("我们厂停电了", "门口的路也坏了"):
        assert (
            door.post(sealed(message(somebody, door.at, MsgType="text", Content=text), door.at, "n")).status_code
            == 200
        )

    assert [row.text for row in door.fragments(somebody)] == ["我们厂停电了", "门口的路也坏了"]


def test_what_was_written_earlier_and_comes_later_is_taken_all_the_same(door: Door, somebody: str) -> None:
    """H: messages whose CreateTime is out of order, or days off, are all taken"""
    for text, written in (("我们厂停电了", 0), ("昨天也停过", -86400), ("明天还要停", 86400)):
        inside = message(somebody, door.at + written, MsgType="text", Content=text)
        assert door.post(sealed(inside, door.at, f"n{written}")).status_code == 200

    assert len(door.fragments(somebody)) == 3
    assert len({item.report_id for item in door.items(somebody)}) == 1


def test_deliveries_at_the_same_moment_to_two_processes_are_one_message(
    door: Door, other_door: Door, somebody: str
) -> None:
    """H: two workers that get the retry at once make one row, with the same reply"""
    inside = message(somebody, door.at, **PROBLEM)
    letters = [delivered_again(door, inside, attempt) for attempt in range(8)]

    answers = at_once(
        [
            lambda letter=letter, to=to: to.post(letter)
            for letter, to in zip(letters, [door, other_door] * 4, strict=True)
        ]
    )

    replies = [opened(answer) for answer in answers]
    assert all(reply == replies[0] for reply in replies)
    assert len(door.items(somebody)) == len(door.inbox(somebody)) == len(door.fragments(somebody)) == 1


def test_after_a_restart_a_redelivery_is_still_known(door: Door, other_door: Door, somebody: str) -> None:
    """H: after a restart a duplicate is still known"""
    inside = message(somebody, door.at, **PROBLEM)
    first = opened(door.post(delivered_again(door, inside, 0)))

    again = opened(other_door.post(delivered_again(door, inside, 1)))

    assert again == first


def test_one_number_given_to_two_people_is_two_messages(door: Door, somebody: str) -> None:
    """H: one MsgId from two people is two messages"""
    for person in (somebody, f"{somebody}x"):
        door.says(person, **PROBLEM, MsgId=7)

    assert len(door.items(somebody)) == len(door.items(f"{somebody}x")) == 1


def test_different_messages_at_the_same_moment_are_all_taken(door: Door, other_door: Door, somebody: str) -> None:
    people = [f"{somebody}-{number}" for number in range(8)]
    letters = [sealed(message(person, door.at, **PROBLEM), door.at) for person in people]

    answers = at_once(
        [
            lambda letter=letter, to=to: to.post(letter)
            for letter, to in zip(letters, [door, other_door] * 4, strict=True)
        ]
    )

    assert [answer.status_code for answer in answers] == [200] * 8
    numbers = {door.items(person)[0].number for person in people}
    assert len(numbers) == 8


def test_a_place_report_and_a_click_in_one_second_are_two_events(door: Door, somebody: str) -> None:
    """H: LOCATION and CLICK in one second are both handled"""
    place, click = door.says(somebody, **PLACE), door.says(somebody, **CLICK)

    assert place.data == b"success"
    assert opened(click)["Content"]
    assert [row.failed for row in door.inbox(somebody)] == [False, False]


def test_a_known_person_may_do_two_things_at_the_same_moment(door: Door, other_door: Door, somebody: str) -> None:
    door.says(somebody, "你好")

    answers = at_once([partial(door.says, somebody, **PLACE), partial(other_door.says, somebody, **CLICK)])

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [row.failed for row in door.inbox(somebody)] == [False] * 3


def test_somebody_new_may_do_two_things_at_the_same_moment(door: Door, other_door: Door, somebody: str) -> None:
    answers = at_once([partial(door.says, somebody, **PLACE), partial(other_door.says, somebody, **CLICK)])

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [row.failed for row in door.inbox(somebody)] == [False, False]


def test_two_problems_of_one_person_at_the_same_moment_become_one_report(
    door: Door, other_door: Door, somebody: str
) -> None:
    one, other = (Door(replace(each.service, clock=SystemClock())) for each in (door, other_door))
    one.says(somebody, "你好")

    at_once([partial(one.says, somebody, "我们厂停电了"), partial(other.says, somebody, "门口的路也坏了")])

    assert [row.failed for row in door.inbox(somebody)] == [False] * 3
    assert len({item.report_id for item in door.items(somebody)}) == 1
