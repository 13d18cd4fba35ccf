"""Where items come from and where they go: source, campaign, a superior's number; what is not in the remit is handed
on, told to the enterprise and never lost."""

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


def told(desk: Desk, said: str, by: str = "林晓") -> str:
    return desk.says(by, said) or ""


# -- source, campaign, number


def test_the_office_says_where_an_item_came_from_and_figures_can_be_asked_by_it(open_item: Desk) -> None:
    assert "没有“火星”这个来源。可选：聊天、走访、窗口、热线" in told(open_item, "来源 001 火星")
    assert "20260928-001 的来源记为：热线" in told(open_item, "来源 001 热线")

    assert "来源：热线" in told(open_item, "查 001")
    assert "登记 1 = 在办 1" in told(open_item, "统计 热线")
    assert "登记 0" in told(open_item, "统计 聊天")
    assert "林晓 来源：热线" in told(open_item, "为什么 001")


def test_what_an_enterprise_says_at_the_window_or_by_telephone_is_registered_for_it(desk: Desk) -> None:
    assert "已代 鼎禾食品有限公司 登记" in told(desk, "代报 鼎禾 缺二十名分拣工")
    assert "已代 鼎禾食品有限公司 登记" in told(desk, "代报 热线 鼎禾 厂门口的路灯坏了三个")
    assert "已代 鼎禾食品有限公司 登记" in told(desk, "代报 鼎禾 贷款到期续不上", by="王芳")
    desk.later(minutes=1)

    assert [desk.item(number).source for number in ("001", "002", "003")] == ["window", "hotline", "visit"]
    assert desk.item("001").contact.name == "刘洋"
    assert desk.item("001").events[0].actor.name == "林晓"  # type: ignore[union-attr]
    desk.forget()


def test_what_is_registered_while_a_campaign_runs_carries_its_name(open_item: Desk) -> None:
    assert "现在没有进行中的活动" in told(open_item, "活动")
    assert "请这样写" in told(open_item, "活动 开始")
    told(open_item, "活动 开始 百日攻坚")
    assert "进行中的活动：百日攻坚（9月28日 周一" in told(open_item, "活动")
    open_item.says("刘洋", "缺二十名分拣工，订单赶不出来")
    open_item.later(minutes=2)
    told(open_item, "活动 开始 冬季行动")
    open_item.says("陈晨", "贷款到期，银行不给续")
    open_item.later(minutes=2)
    assert "“冬季行动”已结束" in told(open_item, "活动 结束")
    open_item.says("杨帆", "技改补贴一直没到账")
    open_item.later(minutes=2)

    assert [open_item.item(number).campaign for number in ("001", "002", "003", "004")] == [
        None,
        "百日攻坚",
        "冬季行动",
        None,
    ]
    assert "已记入活动“百日攻坚”" in told(open_item, "活动 001 百日攻坚")
    assert "统计（活动：百日攻坚" in told(open_item, "统计 百日攻坚")
    assert "登记 2 = 在办 2" in told(open_item, "统计 百日攻坚")
    assert "登记 1 = 在办 1" in told(open_item, "统计 冬季行动")
    open_item.forget()


@pytest.mark.parametrize("number", ["WQ20230412-003", "20260401-117", "豫督〔2026〕8号"])
def test_an_item_is_found_by_the_number_its_superior_gave_it(open_item: Desk, number: str) -> None:
    assert f"上级编号记为 {number}" in told(open_item, f"上级 001 {number}")

    assert told(open_item, f"查 {number}").startswith("20260928-001")
    assert number in told(open_item, "查 001")
    assert "请这样写" in told(open_item, "上级 001")


# -- not in the remit


def test_what_is_not_in_the_remit_is_handed_on_and_the_enterprise_is_told_to_whom(open_item: Desk) -> None:
    assert "请这样写" in told(open_item, "不属职责 001 省电力公司")
    said = told(open_item, "不属职责 001 省电力公司 主网改造由省公司负责")
    open_item.later(seconds=1)

    assert "已转省电力公司并告知企业" in said
    assert open_item.bodies_to("张伟") == [
        "20260928-001 不属我们的职责，已转省电力公司：主网改造由省公司负责。"
        "请与省电力公司联系；没有着落请直接说，我们再想办法。"
    ]
    assert open_item.pushes_to("李建国") == ["passed_on_officer"]
    assert "不属职责，已转出" in (open_item.says("张伟", "进度 001") or "")
    assert "不属职责，已转出" in told(open_item, "查 001")


def test_what_was_handed_on_is_listed_and_counted_apart_and_can_be_taken_back(open_item: Desk) -> None:
    open_item.says("刘洋", "缺二十名分拣工，订单赶不出来")
    open_item.later(minutes=2)
    told(open_item, "不属职责 001 省电力公司 主网改造由省公司负责")

    assert "不属职责 1 件，其中在办 0" in told(open_item, "不属职责")
    assert "20260928-001 龙源精密机械有限公司｜已转省电力公司｜不属职责，已转出" in told(open_item, "不属职责")
    said = told(open_item, "统计")
    assert "登记 2 = 在办 1 + 销号 0 + 撤回/不予受理/合并 1" in said
    assert "不属职责 1/2" in said
    assert "问题解决率 0/1" in said

    told(open_item, "重开 001 省公司退回来了")

    assert open_item.item().state == "triage"
    assert "没有不属职责的事项" in told(open_item, "不属职责")
    open_item.later(seconds=1)
    open_item.forget()


def test_a_unit_of_the_tree_that_takes_it_gets_it_with_a_deadline(open_item: Desk) -> None:
    said = told(open_item, "不属职责 001 要素保障专班 园区内线，不在本活动范围")
    open_item.later(seconds=1)

    assert "不属职责，已转要素保障专班 赵刚，时限 10月13日" in said
    item = open_item.item()
    assert (item.state, item.scope) == ("assigned", "not_in_remit")
    assert "不属职责 1 件，其中在办 1" in told(open_item, "不属职责")
    assert open_item.pushes_to("赵刚") == ["dispatched_officer"]
    assert "问题解决率 0/0" in told(open_item, "统计")
    open_item.forget()


def test_an_ended_item_cannot_be_handed_on(open_item: Desk) -> None:
    open_item.says("张伟", "撤回 001")

    assert "现在是“已撤回”，不能“不属职责”" in told(open_item, "不属职责 001 省电力公司 主网改造")
    assert open_item.item().scope == "ours"
    open_item.later(seconds=1)
    open_item.forget()
