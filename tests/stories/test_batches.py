"""Batches: several enterprises' like matters under one topic, one answer for all, each closed on its own."""

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.told_at_once

TRIPS = {"张伟": "我们厂又跳闸了", "刘洋": "车间老是跳闸，变压器不够用", "陈晨": "今天又跳闸了三回，产线停了半天"}


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Three enterprises' trips, 001 to 003, all in Li Jianguo's hands; 003 has been given to Zhou Min."""
    for name, told in TRIPS.items():
        desk.says(name, told)
        desk.later(minutes=2)
    for number in ("001", "002", "003"):
        desk.says("林晓", f"派单 {number} 供电公司 李建国")
    desk.says("林晓", "派单 003 周敏")
    desk.later(minutes=5)
    desk.forget()
    return desk


@pytest.fixture
def batch(three: Desk) -> Desk:
    three.says("林晓", "批办 跳闸 001 002 003")
    for name in ("李建国", "周敏"):
        three.says(name, "待办")  # their chat windows are open: they see buttons
    three.later(seconds=1)
    three.forget()
    return three


# -- linking


def test_items_are_linked_under_one_topic_and_those_who_have_them_hear_it_once(three: Desk) -> None:
    reply = three.says("林晓", "批办 跳闸 001 002 003") or ""
    three.later(seconds=1)

    assert "“跳闸”下一起办 3 件（新加 3，在办 3/3，3 家企业）" in reply
    assert "批答 跳闸 内容" in reply
    assert three.pushes_to("李建国") == ["batched_officer"]
    assert three.pushes_to("周敏") == ["batched_officer"]
    assert three.item("001").events[-1].data["topic"] == "跳闸"
    three.forget()


@pytest.mark.parametrize("said", ["批办 001、002 003 跳闸", "批办 跳闸 001 002 003", "批办 跳闸 20260928-001 2 3"])
def test_numbers_and_topic_may_stand_in_any_order(three: Desk, said: str) -> None:
    assert "一起办 3 件" in (three.says("林晓", said) or "")
    three.later(seconds=1)
    three.forget()


def test_an_item_may_be_added_and_taken_out_again(three: Desk) -> None:
    three.says("林晓", "批办 跳闸 001 002")

    assert "新加 1，在办 3/3" in (three.says("林晓", "批办 跳闸 加 003") or "")
    assert "还剩（在办 2/2" in (three.says("林晓", "批办 跳闸 去 003") or "")
    assert "不在“跳闸”这一批" in (three.says("林晓", "批办 跳闸 去 003") or "")
    assert three.actions("003")[-2:] == ["batch", "unbatch"]
    three.later(seconds=1)
    three.forget()


def test_linked_twice_it_is_linked_once(batch: Desk) -> None:
    assert "新加 0，在办 3/3" in (batch.says("林晓", "批办 跳闸 001 002") or "")
    assert batch.actions("001").count("batch") == 1


def test_an_item_is_in_one_batch_only(batch: Desk) -> None:
    batch.says("徐静", "厂门口停电了")
    batch.later(minutes=2)
    number = batch.item("004").number
    reply = batch.says("林晓", f"批办 停电 001 {number}") or ""

    assert "20260928-001 已在“跳闸”那一批" in reply
    assert "没有“停电”这一批" in (batch.says("林晓", "批办 停电") or "")
    batch.forget()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("批办 001 002", "请这样写：批办"),
        ("批办 跳闸 001", "请这样写：批办"),
        ("批办 跳闸 001 099", "没有找到编号 099"),
        ("批办 漏水", "没有“漏水”这一批"),
        ("批办 漏水 去 001", "没有“漏水”这一批"),
        ("批答 漏水 正在修", "没有“漏水”这一批"),
        ("批办", "现在没有放在一起办的事项"),
    ],
)
def test_what_cannot_be_linked_says_what_to_write(three: Desk, said: str, answer: str) -> None:
    assert answer in (three.says("林晓", said) or "")
    assert "batch" not in three.actions("001")


def test_a_report_of_misconduct_never_joins(three: Desk) -> None:
    three.says("徐静", "我要举报，供电公司的人收了红包才给办")
    three.later(minutes=2)
    three.forget()

    assert "没有找到编号 9001" in (three.says("林晓", "批办 跳闸 001 9001") or "")
    assert "batch" not in three.actions("9001")


def test_what_has_ended_does_not_join(three: Desk) -> None:
    three.says("张伟", "撤回 001")
    three.later(seconds=1)
    three.forget()

    assert "已撤回" in (three.says("林晓", "批办 跳闸 001 002") or "")
    assert "batch" not in three.actions("002")


# -- seeing


def test_batches_are_listed_with_how_many_are_open(batch: Desk) -> None:
    batch.says("张伟", "撤回 001")
    batch.later(seconds=1)
    batch.forget()

    assert "跳闸 2/3" in (batch.says("林晓", "批办") or "")
    assert "“跳闸”在办 2/3，3 家企业" in (batch.says("林晓", "批办 跳闸") or "")
    assert "批办：跳闸（在办 2/3）" in (batch.says("林晓", "查 002") or "")
    assert "｜批办：跳闸" in (batch.says("李建国", "待办") or "")


def test_three_enterprises_with_one_category_are_noted_as_a_matter_for_several(batch: Desk) -> None:
    assert "3 家企业都是“水电气热”，够 C 多部门办 的标准" in (batch.says("林晓", "批办 跳闸") or "")


def test_the_offer_makes_the_batch_with_one_tap(desk: Desk) -> None:
    desk.says("林晓", "今日")
    for name, told in {
        "张伟": "三号车间变压器带不动，一开注塑机就跳闸",
        "刘洋": "变压器容量不够，开两台注塑机就跳闸",
        "陈晨": "注塑机一开变压器就带不动，跳闸好几回了",
    }.items():
        desk.says(name, told)
        desk.later(minutes=2)
    words = _taps(desk, "林晓")[-1]

    assert words.startswith("批办 ")
    assert "一起办 3 件" in (desk.says("林晓", words) or "")
    desk.later(seconds=1)
    desk.forget()


def _taps(desk: Desk, name: str) -> list[str]:
    """What the first button of each message says that this person was sent."""
    sent = [body for body in desk.phones.sent if body.get("touser") == f"o_{name}" and "msgmenu" in body]
    return [body["msgmenu"]["list"][0]["id"] for body in sent]


# -- one answer


def test_one_answer_reaches_each_enterprise_once_and_each_owner(batch: Desk) -> None:
    reply = batch.says("林晓", "批答 跳闸 园区变电站正在增容") or ""
    batch.later(seconds=1)

    assert "统一答复 3/3 件" in reply
    for name in TRIPS:
        assert batch.pushes_to(name) == ["batch_answer_contact"]
    assert batch.bodies_to("李建国")[0].startswith("林晓 就“跳闸”统一答复了企业，含您的 20260928-001、20260928-002")
    assert batch.pushes_to("周敏") == ["batch_answer_officer"]
    assert [batch.item(number).state for number in ("001", "002", "003")] == ["assigned"] * 3
    assert batch.item("003").events[-1].data["note"] == "园区变电站正在增容"


def test_an_enterprise_with_two_of_the_items_hears_the_answer_once(three: Desk) -> None:
    three.says("张伟", "门口那条路坏得大车过不去")
    three.later(minutes=2)
    three.says("林晓", "批办 园区配套 001 004")
    three.later(seconds=1)
    three.forget()

    three.says("林晓", "批答 园区配套 下周一起查看")
    three.later(seconds=1)

    told = three.bodies_to("张伟")
    assert len(told) == 1
    assert told[0].startswith("20260928-001、20260928-004 的答复（林晓）")
    three.forget()


def test_for_an_owner_the_answer_is_a_note_of_progress_on_his_own_items(batch: Desk) -> None:
    batch.says("李建国", "批答 跳闸 变电站正在增容")
    batch.later(seconds=1)

    assert [batch.actions(number)[-1] for number in ("001", "002", "003")] == ["progress", "progress", "batch_answer"]
    assert batch.item("001").contacted_at is not None
    assert batch.item("003").contacted_at is None
    assert batch.item("003").state == "assigned"
    batch.forget()


def test_who_has_nothing_in_it_does_not_answer_for_the_others(batch: Desk) -> None:
    assert "没有您在办的事项" in (batch.says("何静", "批答 跳闸 已处理") or "")
    assert "batch_answer" not in batch.actions("001")


def test_what_was_withdrawn_or_declared_done_does_not_hear_the_answer(batch: Desk) -> None:
    batch.says("张伟", "撤回 001")
    batch.says("李建国", "办结 002 换了断路器")
    batch.later(seconds=1)
    batch.forget()

    assert "统一答复 1/3 件" in (batch.says("林晓", "批答 跳闸 正在增容") or "")
    batch.later(seconds=1)
    assert (batch.pushes_to("张伟"), batch.pushes_to("刘洋")) == ([], [])
    assert batch.pushes_to("陈晨") == ["batch_answer_contact"]
    batch.forget()


# -- one end, each declared, rated and closed on its own


def test_the_end_is_declared_by_each_owner_and_each_is_rated_and_closed_alone(batch: Desk) -> None:
    reply = batch.says("李建国", "批答 跳闸 办结 变电站增容完成") or ""
    batch.later(seconds=1)

    assert "您名下 2 件已报办结；其他责任人的 1 件已请本人确认" in reply
    assert [batch.item(number).state for number in ("001", "002", "003")] == ["resolved", "resolved", "assigned"]
    assert batch.pushes_to("陈晨") == []
    confirm = _taps(batch, "周敏")[-1]
    assert confirm == "办结 20260928-003 变电站增容完成"

    batch.says("周敏", confirm)
    batch.says("张伟", "满意 001")
    batch.says("刘洋", "不满意 002 还在跳")
    batch.later(seconds=1)

    assert [batch.item(number).state for number in ("001", "002", "003")] == ["rated", "handling", "resolved"]
    assert batch.item("003").handler_id == batch.item("003").officer_id
    batch.says("林晓", "核实 001 通过")
    batch.says("林晓", "销号 001")
    assert "跳闸 2/3" in (batch.says("林晓", "批办") or "")
    batch.later(seconds=1)
    batch.forget()


def test_the_office_declares_nothing_done_it_asks_the_owners(batch: Desk) -> None:
    reply = batch.says("林晓", "批答 跳闸 办结 变电站增容完成") or ""
    batch.later(seconds=1)

    assert "您名下 0 件已报办结；其他责任人的 3 件" in reply
    assert [batch.item(number).state for number in ("001", "002", "003")] == ["assigned"] * 3
    assert all(batch.pushes_to(name) == [] for name in TRIPS)
    batch.forget()


@pytest.mark.parametrize("words", ["列入明年计划", "正在协调", "不属职责 已转发改委"])
def test_an_end_that_needs_more_than_words_is_declared_item_by_item(batch: Desk, words: str) -> None:
    assert "一件一件报" in (batch.says("李建国", f"批答 跳闸 办结 {words}") or "")
    assert "resolve" not in batch.actions("001")


def test_when_all_is_done_nobody_is_told(batch: Desk) -> None:
    for number in ("001", "002"):
        batch.says("李建国", f"办结 {number} 换了断路器")
    batch.says("周敏", "办结 003 换了断路器")
    batch.later(seconds=1)
    batch.forget()

    assert "没有还在办的事项了" in (batch.says("林晓", "批答 跳闸 正在增容") or "")
    assert "没有还在办的事项了" in (batch.says("林晓", "批答 跳闸 办结 增容完成") or "")
    batch.later(seconds=1)
