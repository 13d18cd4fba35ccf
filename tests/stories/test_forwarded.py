"""A coordinator or an officer passes on what was said in a group: one report, the lines kept, who said which."""

import pytest
from sqlalchemy import select

from store.tables import Fragment
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once

CHAT = """\
张伟：各位领导好
张伟：我们厂又跳闸了，这周第三次
李工：收到
王师傅：两台空压机都停了，我电话13812345678
李工：好的"""
COPIED = """\
张伟
2026-11-27 10:02
我们厂又跳闸了，这周第三次

李工
2026-11-27 10:03
收到"""


def says(desk: Desk, text: str, by: str = "林晓") -> str:
    return desk.says(by, text) or ""


def settled(desk: Desk) -> None:
    desk.later(minutes=2)
    desk.forget()


def test_a_pasted_chat_is_one_item_with_its_lines(desk: Desk) -> None:
    reply = says(desk, f"代报 龙源精密\n{CHAT}")

    assert "已代 龙源精密机械有限公司 登记（聊天记录 5 句" in reply
    settled(desk)
    item = desk.item()
    assert item.text == "〔张伟〕我们厂又跳闸了，这周第三次\n〔王师傅〕两台空压机都停了，我电话13812345678"
    assert (item.category, item.source) == ("UTILITY", "chat")
    assert item.enterprise is not None
    assert item.enterprise.name == "龙源精密机械有限公司"
    assert item.contact.name == "张伟"
    assert item.events[0].actor is not None
    assert item.events[0].actor.name == "林晓"
    assert "跳闸" in item.because


def test_the_chat_itself_is_kept_word_for_word(desk: Desk) -> None:
    says(desk, f"代报 龙源精密\n{CHAT}")

    with desk.store.read() as session:
        [kept] = session.scalars(select(Fragment)).all()
        assert kept.text == CHAT
    settled(desk)


def test_who_handles_it_reads_names_and_numbers_and_others_do_not(desk: Desk) -> None:
    says(desk, f"代报 龙源精密\n{CHAT}")
    desk.later(minutes=2)

    own = says(desk, "待办 001", "李建国")
    assert "〔王师傅〕两台空压机都停了，我电话13812345678" in own
    shown = says(desk, "查 001")
    assert "〔张*〕" in shown
    assert "〔王**〕" in shown
    assert "138****5678" in shown
    assert "王师傅" not in shown
    desk.forget()


def test_the_form_that_a_phone_copies_is_read_too(desk: Desk) -> None:
    assert "聊天记录 2 句" in says(desk, f"代报 热线 龙源精密\n{COPIED}")

    settled(desk)
    assert desk.item().text == "〔张伟〕我们厂又跳闸了，这周第三次"
    assert desk.item().source == "hotline"


@pytest.mark.parametrize(
    "chat",
    [
        "张伟：我们厂又跳闸了\n李工：收到",
        "龙源精密-小赵：我们厂又跳闸了\n李工：收到",
        "小赵：龙源精密机械有限公司又跳闸了\n李工：收到",
    ],
    ids=["its contact speaks", "in a name", "said"],
)
def test_whose_it_is_may_be_told_by_the_chat_itself(desk: Desk, chat: str) -> None:
    assert "已代 龙源精密机械有限公司 登记" in says(desk, f"代报\n{chat}")

    settled(desk)


def test_a_chat_that_does_not_say_whose_it_is_waits_for_the_name(desk: Desk) -> None:
    asked = says(desk, "代报\n老王：我们厂又跳闸了\n小李：收到")
    assert "聊天记录收到了，2 句，没认准是哪家企业" in asked
    assert "可能是" not in asked

    assert "已代 鼎禾食品有限公司 登记（聊天记录 2 句" in says(desk, "代报 鼎禾")

    settled(desk)
    assert desk.item().text == "〔老王〕我们厂又跳闸了"
    assert "请这样写" in says(desk, "代报 鼎禾")  # it is used once


def test_a_chat_of_two_enterprises_is_asked_about(desk: Desk) -> None:
    asked = says(desk, "代报\n张伟：我们厂又跳闸了\n刘洋：我们也是")

    assert "可能是：龙源精密机械有限公司、鼎禾食品有限公司" in asked
    assert "登记" in says(desk, "代报 龙源精密机械有限公司")
    settled(desk)


def test_a_chat_waits_for_an_hour_and_for_nobody_else(desk: Desk) -> None:
    says(desk, "代报\n老王：我们厂又跳闸了\n小李：收到")

    assert "请这样写" in says(desk, "代报 鼎禾", "王芳")
    desk.later(minutes=61)
    assert "请这样写" in says(desk, "代报 鼎禾")
    desk.forget()


def test_a_waiting_chat_is_no_evidence_of_something_else(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    settled(desk)
    desk.says("李建国", "签收 001")
    says(desk, "代报\n老王：缺二十名分拣工\n小李：收到", "李建国")
    desk.says("李建国", "办结 001 变压器已更换，送电正常")

    assert "evidence" not in desk.actions()
    desk.later(seconds=1)
    desk.forget()


def test_several_problems_in_one_chat_are_several_items_of_one_report(desk: Desk) -> None:
    says(desk, "代报 龙源精密\n张伟：我们厂又跳闸了，这周第三次\n李工：收到\n张伟：另外还缺二十名焊工，订单赶不出来")

    settled(desk)
    first, second = desk.item("001"), desk.item("002")
    assert first.report_id == second.report_id
    assert (first.category, second.category) == ("UTILITY", "LABOR")
    assert first.text == "〔张伟〕我们厂又跳闸了，这周第三次"
    assert second.text == "〔张伟〕另外还缺二十名焊工，订单赶不出来"


def test_a_chat_of_greetings_registers_nothing(desk: Desk) -> None:
    assert "没有登记" in says(desk, "代报 龙源精密\n张伟：谢谢各位领导\n李工：收到")


def test_danger_in_one_line_is_told_at_once(desk: Desk) -> None:
    says(desk, "代报 龙源精密\n张伟：早上好\n张伟：车间着火了，有人困在里面\n李工：收到")

    assert desk.item().kind == "emergency"
    assert "〔张伟〕车间着火了，有人困在里面" in desk.item().text
    desk.later(seconds=1)
    assert any("紧急" in body for body in desk.bodies_to("方明"))
    desk.forget()


def test_an_officer_passes_a_chat_on_and_it_is_no_visit(desk: Desk) -> None:
    assert "已代 鼎禾食品有限公司 登记" in says(desk, "代报 鼎禾 刘洋：缺二十名分拣工\n小李：收到", "王芳")

    settled(desk)
    assert desk.item().source == "chat"
    assert desk.item().contact.name == "刘洋"


def test_words_with_a_colon_are_what_they_were(desk: Desk) -> None:
    assert "已代 鼎禾食品有限公司 登记：" in says(desk, "代报 鼎禾 缺二十名分拣工\n地址：滨河路3号")

    settled(desk)
    assert desk.item().text.startswith("缺二十名分拣工")
    assert desk.item().source == "window"


def test_an_enterprise_nobody_knows_is_asked_for_again(desk: Desk) -> None:
    assert "没认准是哪家企业" in says(desk, "代报 火星机械\n老王：我们厂又跳闸了\n小李：收到")
    assert "没有找到" in says(desk, "代报 火星机械") or "没找到" in says(desk, "代报 火星机械")
    assert "登记" in says(desk, "代报 鼎禾")
    settled(desk)
