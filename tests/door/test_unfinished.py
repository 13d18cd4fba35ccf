"""A button that needs words behind it: what its presser writes next is taken as that, once, while nothing else has
happened."""

from collections.abc import Callable

import pytest

from tests.desk import Desk
from tests.door.test_cards import Room


@pytest.fixture
def room(new_desk: Callable[..., Desk]) -> Room:
    return Room(new_desk())


def test_the_reason_of_a_return_is_what_is_written_next(room: Room) -> None:
    assert room.click("lijianguo", room.reported(), "退回") == ""
    assert "我接在“退回 001”后面" in room.said_to("lijianguo")

    room.corp.says("lijianguo", "这条线不归供电公司管")

    room.desk.later(seconds=1)
    assert room.desk.item().state == "triage"
    assert "这条线不归供电公司管" in str(room.desk.item().events[-1].data)
    room.desk.forget()


def test_an_item_is_worked_through_with_buttons_and_plain_words(room: Room) -> None:
    room.click("lijianguo", room.reported(), "签收")
    following = room.card("lijianguo")
    room.click("lijianguo", following, "记进展")
    assert "已记" in room.corp.says("lijianguo", "已到现场，变压器烧了")
    room.click("lijianguo", following, "办结")

    assert "已报办结" in room.corp.says("lijianguo", "变压器已更换，送电正常")

    assert room.desk.item().result == "变压器已更换，送电正常"
    room.desk.later(seconds=1)
    room.desk.forget()


@pytest.mark.parametrize("word", ["收到", "好的", "谢谢"])
def test_a_polite_word_is_no_reason(room: Room, word: str) -> None:
    room.click("lijianguo", room.reported(), "退回")

    room.corp.says("lijianguo", word)

    assert room.desk.item().state == "assigned"
    room.desk.forget()


def test_whoever_gives_another_command_first_does_not_mean_the_button_any_more(room: Room) -> None:
    room.click("lijianguo", room.reported(), "退回")
    room.corp.says("lijianguo", "待办")

    room.corp.says("lijianguo", "这条线不归供电公司管")

    assert room.desk.item().state == "assigned"
    room.desk.forget()


def test_after_ten_minutes_words_are_words(room: Room) -> None:
    room.click("lijianguo", room.reported(), "退回")
    room.desk.later(minutes=11)

    room.corp.says("lijianguo", "这条线不归供电公司管")

    assert room.desk.item().state == "assigned"
    room.desk.forget()


def test_an_item_that_has_moved_on_takes_no_words(room: Room) -> None:
    room.click("lijianguo", room.reported(), "退回")
    room.corp.says("linxiao", "派单 001 周敏")

    room.corp.says("lijianguo", "这条线不归供电公司管")

    assert room.desk.item().state == "assigned"
    assert room.desk.item().officer.name == "周敏"  # type: ignore[union-attr]
    room.desk.forget()


def test_danger_is_never_taken_for_a_reason(room: Room) -> None:
    room.click("lijianguo", room.reported(), "退回")

    room.corp.says("lijianguo", "车间着火了，有人困在里面")

    assert room.desk.item("001").state == "assigned"
    assert room.desk.item("002").kind == "emergency"
    room.desk.forget()


def test_words_typed_without_a_button_are_not_waited_for(room: Room) -> None:
    room.reported()
    assert "请这样写" in room.corp.says("lijianguo", "退回 001")

    room.corp.says("lijianguo", "这条线不归供电公司管")

    assert room.desk.item().state == "assigned"
    room.desk.forget()
