"""Cards with buttons: a click works once, for the right person, while the item is as the card says."""

from collections.abc import Callable
from typing import Any

import pytest

from bot import overtaken, privacy, xml
from bot.delivery import drain
from bot.senders import SendFailed, Trouble
from store import outbox, people
from store.tables import LiveCard
from tests.desk import Desk
from tests.door.caller import document
from tests.door.test_wecom import Corp, in_directory, only_in_directory


class Room:
    """An officer and the coordinator who live in WeCom, and the cards on their phones."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.corp = desk, Corp(desk)
        desk.phones.ways = ("custom", "template", "wecom")
        for name, user in (("李建国", "lijianguo"), ("林晓", "linxiao")):
            only_in_directory(desk, name, user)

    def reported(self) -> dict[str, Any]:
        self.desk.says("张伟", "我们厂又跳闸了，这周第三次")
        self.desk.later(minutes=2)
        return self.card("lijianguo")

    def messages(self, user: str) -> list[dict[str, Any]]:
        return [body for body in self.desk.phones.sent if body.get("touser") == user]

    def card(self, user: str) -> dict[str, Any]:
        """The newest card on this phone."""
        return [body["template_card"] for body in self.messages(user) if "template_card" in body][-1]

    def click(self, user: str, card: dict[str, Any], label: str) -> str:
        """Press a button; what it is replaced by, "" when the card stays as it is."""
        self.desk.later(seconds=1)
        key = next(one["key"] for one in card["button_list"] if one["text"] == label)
        answer = self.corp.event(
            user, "template_card_event", EventKey=key, TaskId=card["task_id"], CardType=card["card_type"]
        )
        self.desk.work()
        return self.replaced(answer)

    def replaced(self, answer: Any) -> str:
        assert answer.status_code == 200
        if not answer.data:
            return ""
        inside = self.corp.inside(answer)
        assert "<![CDATA[update_button]]>" in inside
        return inside.partition("<ReplaceName><![CDATA[")[2].partition("]]>")[0]

    def said_to(self, user: str) -> str:
        """The newest words on this phone, card or text."""
        body = self.messages(user)[-1]
        if "template_card" in body:
            return f"{body['template_card']['main_title']['title']}\n{body['template_card']['sub_title_text']}"
        return str(body["text"]["content"])


@pytest.fixture
def room(new_desk: Callable[..., Desk]) -> Room:
    return Room(new_desk())


def test_an_officer_works_with_buttons_alone(room: Room) -> None:
    card = room.reported()
    assert [one["text"] for one in card["button_list"]] == ["签收", "退回", "看全部待办"]

    assert room.click("lijianguo", card, "签收") == "✓ 签收"

    assert room.desk.item().state == "handling"
    following = room.card("lijianguo")
    assert {"记进展", "办结", "申请延期"} <= {one["text"] for one in following["button_list"]}
    room.desk.forget()


def test_a_second_click_changes_nothing_and_says_how_it_stands(room: Room) -> None:
    """J: a second click changes nothing and says how it stands"""
    card = room.reported()
    room.click("lijianguo", card, "签收")

    assert room.click("lijianguo", card, "签收") == "✓ 签收"  # greyed, should the first answer have been lost

    assert room.desk.actions().count("sign") == 1
    assert "已经点过" in room.said_to("lijianguo")
    room.desk.forget()


def test_the_same_click_delivered_three_times_is_one_click(room: Room) -> None:
    """J: the same click delivered three times is one click with one answer"""
    card = room.reported()
    click = room.corp.message(
        "lijianguo",
        MsgType="event",
        Event="template_card_event",
        EventKey="签收 20260928-001",
        TaskId=card["task_id"],
    )

    replaced = {room.replaced(room.corp.post(click)) for _ in range(3)}

    room.desk.work()
    assert replaced == {"✓ 签收"}
    assert room.desk.actions().count("sign") == 1
    room.desk.forget()


def test_a_card_of_somebody_else_opens_nothing(room: Room) -> None:
    """J: a click by somebody the card was not sent to opens nothing"""
    card = room.reported()

    assert room.click("linxiao", card, "签收") == ""

    assert room.desk.item().state == "assigned"
    assert "不是发给您的" in room.said_to("linxiao")
    room.desk.forget()


def test_a_card_of_an_item_that_has_moved_on_is_stale(room: Room) -> None:
    """J: a card of an item that has moved on is stale and says so"""
    card = room.reported()
    room.corp.says("linxiao", "派单 001 周敏")

    assert room.click("lijianguo", card, "签收") == "已由他人承办"

    assert room.desk.item().state == "assigned"
    assert "已经过期" in room.said_to("lijianguo")
    assert "周敏" in room.said_to("lijianguo")
    room.desk.forget()


@pytest.mark.parametrize("options", [1, 3])
def test_what_was_ticked_beside_a_button_does_not_disturb_the_click(room: Room, options: int) -> None:
    """J: SelectedItems with one or with many do not disturb the click"""
    card = room.reported()
    ticked = "".join(f"<OptionId>o{n}</OptionId>" for n in range(options))
    one = f"<SelectedItem><QuestionKey>q</QuestionKey><OptionIds>{ticked}</OptionIds></SelectedItem>"
    click = room.corp.message("lijianguo", MsgType="event", Event="template_card_event", TaskId=card["task_id"])
    inside = document({**click, "EventKey": card["button_list"][0]["key"], "ResponseCode": "RC"})
    full = inside.replace(b"</xml>", f"<SelectedItems>{one * options}</SelectedItems></xml>".encode())

    answer = room.corp.deliver(full)

    assert room.replaced(answer) == "✓ 签收"
    room.desk.work()
    assert room.desk.item().state == "handling"
    room.desk.forget()


def test_a_code_for_changing_a_card_that_comes_twice_is_no_second_click(room: Room) -> None:
    """J: a ResponseCode that comes twice is no second click"""
    card = room.reported()
    key = card["button_list"][0]["key"]

    def click() -> str:
        room.desk.later(seconds=1)
        given = {"EventKey": key, "TaskId": card["task_id"], "ResponseCode": "the same"}
        return room.replaced(room.corp.event("lijianguo", "template_card_event", **given))

    assert [click(), click()] == ["✓ 签收", "✓ 签收"]

    room.desk.work()
    assert room.desk.actions().count("sign") == 1
    room.desk.forget()


@pytest.mark.parametrize("days", [3, 4, 30])
def test_a_click_after_72_hours_is_answered_and_never_lost(room: Room, days: int) -> None:
    """J: a click after 72 hours works if the item still stands, else it is stale; it is answered in any case"""
    card = room.reported()
    stood = room.desk.item().state, room.desk.item().officer_id
    room.desk.later(days=days, seconds=1)
    moved = (room.desk.item().state, room.desk.item().officer_id) != stood

    replaced = room.click("lijianguo", card, "签收")

    assert (replaced == "✓ 签收") == (room.desk.actions().count("sign") == 1) != moved
    assert replaced or "已经过期" in room.said_to("lijianguo")
    room.desk.forget()


def test_a_button_that_needs_words_says_which_and_can_be_pressed_again(room: Room) -> None:
    card = room.reported()

    assert room.click("lijianguo", card, "退回") == ""
    assert "退回 N 理由" in room.said_to("lijianguo")

    assert room.click("lijianguo", card, "签收") == "✓ 签收"
    room.desk.forget()


def test_looking_does_not_use_a_card_up(room: Room) -> None:
    card = room.reported()

    assert room.click("lijianguo", card, "看全部待办") == ""

    assert room.click("lijianguo", card, "签收") == "✓ 签收"
    room.desk.forget()


def test_the_card_that_follows_a_click_works_once_too_and_only_while_the_item_is_as_it_says(room: Room) -> None:
    room.click("lijianguo", room.reported(), "签收")
    following = room.card("lijianguo")

    assert room.click("lijianguo", following, "记进展") == ""  # it needs words, and can still be pressed
    assert room.click("lijianguo", following, "已联系企业") == "✓ 已联系企业"
    room.click("lijianguo", following, "已联系企业")
    assert "已经点过" in room.said_to("lijianguo")

    assert room.desk.actions().count("progress") == 1
    room.desk.forget()


def test_a_card_about_no_single_item_works_once_as_well(room: Room) -> None:
    for name in ("张伟", "刘洋", "陈晨"):
        room.desk.says(name, "滨河路封着，货车进不来，原料断了")
        room.desk.later(minutes=2)
    offered = room.card("linxiao")
    [label] = [one["text"] for one in offered["button_list"]][:1]

    assert room.click("linxiao", offered, label) == f"✓ {label}"[:10]
    assert room.click("linxiao", offered, label) == f"✓ {label}"[:10]

    assert "这张卡片已经点过了" in room.said_to("linxiao")
    room.desk.forget()


def test_a_long_first_line_is_broken_where_it_pauses_and_not_said_twice(room: Room) -> None:
    room.reported()
    room.desk.later(hours=6)

    reminder = room.card("lijianguo")

    assert reminder["main_title"]["title"] == "20260928-001 还没有签收：龙源精密机械有限公司，"
    assert reminder["sub_title_text"].startswith("我们厂又跳闸了，这周第三次。\n请签收")
    room.desk.forget()


def test_a_click_on_a_card_nobody_sent_is_answered_and_changes_nothing(room: Room) -> None:
    """J: an unknown TaskId is answered and changes nothing"""
    room.reported()

    answer = room.corp.event("lijianguo", "template_card_event", EventKey="签收 001", TaskId="push-99999")

    room.desk.work()
    assert room.replaced(answer) == ""
    assert room.desk.item().state == "assigned"
    assert "已经失效" in room.said_to("lijianguo")
    room.desk.forget()


def test_the_coordinator_checks_and_strikes_off_with_buttons(room: Room) -> None:
    room.click("lijianguo", room.reported(), "签收")
    room.corp.says("lijianguo", "已联系 001")
    room.corp.says("lijianguo", "办结 001 变压器已更换，送电正常")
    room.desk.later(seconds=1)
    room.desk.says("张伟", "满意")
    room.desk.later(seconds=1)

    assert room.click("linxiao", room.card("linxiao"), "核实通过") == "✓ 核实通过"
    while "销号" not in {one["text"] for one in room.card("linxiao")["button_list"]}:
        label = room.card("linxiao")["button_list"][0]["text"]
        assert room.click("linxiao", room.card("linxiao"), label) == f"✓ {label}"[:10]
    assert room.click("linxiao", room.card("linxiao"), "销号") == "✓ 销号"

    assert room.desk.item().state == "closed"
    room.desk.forget()


def test_who_reads_wecom_where_cards_are_not_shown_gets_the_words_instead(room: Room) -> None:
    assert "纯文字" in room.corp.says("lijianguo", "卡片 关")
    room.desk.says("张伟", "我们厂又跳闸了，这周第三次")
    room.desk.later(minutes=2)

    assert "可以回：签收 001" in room.said_to("lijianguo")

    assert "卡片" in room.corp.says("lijianguo", "卡片 开")
    assert "卡片 开|关" in room.corp.says("lijianguo", "卡片 也许")
    room.desk.forget()


def test_a_card_keeps_to_what_the_platform_takes(room: Room) -> None:
    room.desk.says("张伟", "我们厂又跳闸了，" + "这周第三次，整条线都停了，订单赶不出来，" * 30)
    room.desk.later(minutes=2)

    card = room.card("lijianguo")

    assert len(card["main_title"]["title"]) <= 36
    assert len(card["sub_title_text"]) == 160
    assert card["sub_title_text"].endswith("…")  # who wants the rest presses 看全部待办
    assert len(card["button_list"]) <= 6
    assert all(len(one["text"]) <= 10 and len(one["key"].encode()) <= 1024 for one in card["button_list"])
    assert xml.fit(card["task_id"], 128) == card["task_id"]
    room.desk.forget()


def test_what_a_title_has_no_room_for_is_read_below_it(room: Room) -> None:
    card = room.reported()
    room.click("lijianguo", card, "签收")

    following = room.card("lijianguo")
    assert following["main_title"]["title"] == "已签收 20260928-001（龙源精密机械有限公司）。"
    assert following["sub_title_text"].startswith("办结时限 10月13日 周二 17:30。\n有进展发")
    room.desk.forget()


def test_somebody_with_both_accounts_is_reached_on_wecom(desk: Desk) -> None:
    desk.phones.ways = ("custom", "template", "wecom")
    in_directory(desk, "李建国", "lijianguo")
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)

    assert [body["channel"] for body in desk.phones.sent if body.get("touser") == "lijianguo"] == ["wecom"]
    desk.forget()


def test_the_same_words_to_the_same_person_are_not_dropped_as_a_repeat(room: Room) -> None:
    """WeCom drops a message that is the same as one it took within four hours, whoever meant it anew."""
    desk = room.desk
    for hour in range(3):
        with desk.store.write() as session:
            officer = next(person for person in people.everybody(session) if person.name == "李建国")
            outbox.put(
                session,
                officer,
                "said",
                once_key=f"again:{hour}",
                now=desk.clock.now(),
                not_before=desk.clock.now(),
                urgent=True,
                facts={"text": "不用您协办了"},
            )
        desk.later(hours=1)

    told = [body["text"]["content"] for body in room.messages("lijianguo")]

    assert told == ["不用您协办了", "（第 2 次通知）不用您协办了", "（第 3 次通知）不用您协办了"]
    desk.forget()


# ---------------------------------------------------------------- cards that events have overtaken


def changed(room: Room) -> list[tuple[str, str]]:
    """Whose cards were changed since somebody last asked, and what their buttons say now."""
    found = [(member, label) for member, _, label in room.desk.phones.changed]
    room.desk.phones.changed.clear()
    return found


def test_a_card_whose_step_was_taken_by_words_shows_how_the_item_stands(room: Room) -> None:
    """J: a card that events have overtaken is changed once by its code and says how the item stands"""
    card = room.reported()
    room.corp.says("lijianguo", "签收 001")
    room.desk.work()

    assert room.desk.phones.changed == [("lijianguo", f"code of {card['task_id']}", "现为：办理中")]
    room.desk.later(hours=1)
    assert len(room.desk.phones.changed) == 1  # a code is good once
    room.desk.forget()


def test_a_card_that_was_clicked_is_changed_by_the_answer_to_the_click_alone(room: Room) -> None:
    room.click("lijianguo", room.reported(), "签收")

    room.desk.later(minutes=10)

    assert changed(room) == []
    room.desk.forget()


def test_the_card_of_who_handed_an_item_on_says_that_somebody_else_has_it(room: Room) -> None:
    room.reported()
    room.corp.says("linxiao", "派单 001 周敏")
    room.desk.work()

    assert ("lijianguo", "已由他人承办") in changed(room)
    room.desk.forget()


def test_what_the_enterprise_withdraws_leaves_no_button_behind(room: Room) -> None:
    card = room.reported()
    room.desk.says("张伟", "撤回 001")
    room.desk.work()

    assert ("lijianguo", "现为：已撤回") in changed(room)
    assert room.click("lijianguo", card, "签收") == "现为：已撤回"
    room.desk.forget()


def test_after_72_hours_a_card_stays_as_it_is(room: Room) -> None:
    """J: a code is not used after 72 hours"""
    card = room.reported()
    room.desk.later(hours=72)

    room.corp.says("lijianguo", "签收 001")
    room.desk.work()
    privacy.prune(room.desk.service)

    assert f"code of {card['task_id']}" not in [code for _, code, _ in room.desk.phones.changed]
    with room.desk.store.read() as session:
        known = [row.code for row in session.query(LiveCard)]
    assert f"code of {card['task_id']}" not in known
    room.desk.forget()


def test_a_card_that_cannot_be_changed_hurts_no_message(room: Room) -> None:
    """J: a card that cannot be changed is tried a few times, then let be, and no message suffers from it"""
    room.reported()
    room.corp.says("lijianguo", "签收 001")
    drain(room.desk.service, room.desk.phones, "", "desk")
    room.desk.phones.faults = [SendFailed(Trouble.LATER, "errcode -1")]
    assert overtaken.refresh(room.desk.service, room.desk.phones) == 1
    assert changed(room) == []

    room.desk.clock.moment += overtaken.LEASE
    assert overtaken.refresh(room.desk.service, room.desk.phones) == 1
    assert changed(room) == [("lijianguo", "现为：办理中")]

    room.desk.says("刘洋", "厂里老是跳闸")
    room.desk.later(minutes=2)
    room.corp.says("lijianguo", "签收 002")
    drain(room.desk.service, room.desk.phones, "", "desk")
    room.desk.phones.faults = [SendFailed(Trouble.PAYLOAD, "errcode 40058")]
    assert overtaken.refresh(room.desk.service, room.desk.phones) == 1
    room.desk.clock.moment += overtaken.LEASE
    assert overtaken.refresh(room.desk.service, room.desk.phones) == 0
    room.desk.forget()
