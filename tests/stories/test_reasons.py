"""为什么 N and one thing: each answer names the rule as "file: entry" and what it looked at."""

from bot.reasons import TOPICS
from store import people
from store.tables import Person
from tests.desk import Desk


def told(desk: Desk, said: str, by: str = "林晓") -> str:
    return desk.says(by, said) or ""


def test_the_whole_answer_names_the_rule_of_the_flag_and_how_to_ask_for_more(open_item: Desk) -> None:
    said = told(open_item, "为什么 001")

    assert "旗：🟢绿旗（正常）｜规则 flags.toml: on_track" in said
    assert "规则 owners.toml: lead UTILITY; least loaded of 供电公司: 0 open" in said
    assert "看一项：为什么 001 加上" in said
    assert "旗、类别、等级、责任人、合并、提醒" in said
    assert "没有“天气”这一项" in told(open_item, "为什么 001 天气")


def test_a_long_history_leaves_room_for_what_comes_next_and_says_how_much_is_left_out(open_item: Desk) -> None:
    for step in range(30):
        open_item.says("李建国", f"进展 001 第{step}次到现场，换线路、查负荷、量电压，还在等配件到货")
    open_item.forget()

    said = told(open_item, "为什么 001")

    left_out = int(said.split("前面还有 ")[1].split(" 步")[0])
    assert left_out + said.count("｜规则 ") - 1 == len(open_item.item().events)
    assert "第29次到现场" in said
    assert "下次提醒 " in said
    assert said.splitlines()[-1].startswith("看一项：")
    assert len(said.encode()) <= 2047
    open_item.later(days=1)
    open_item.forget()


def test_why_this_flag(open_item: Desk) -> None:
    open_item.until("2026-10-15T09:30:00+08:00")
    open_item.forget()

    said = told(open_item, "为什么 001 旗")

    assert "⚫黑旗：超期\n规则 flags.toml: overdue" in said
    assert "时限 10月13日 周二 17:30，超期 （超 " in said
    assert "办结时超期过 否；评价 未评价；退回 0 次；第 1 轮；回头看 无；虚假办结 否" in said


def test_why_this_category_and_who_changed_it(open_item: Desk) -> None:
    said = told(open_item, "为什么 001 类别")
    assert "类别：水电气热" in said
    assert "依据的词：跳闸；把握 " in said
    assert "规则 " in said

    told(open_item, "改类 001 环保安全")
    open_item.later(seconds=1)
    open_item.forget()
    said = told(open_item, "为什么 001 类别")

    assert "规则 by hand" in said
    assert "林晓 改类" in said


def test_why_this_grade(open_item: Desk) -> None:
    said = told(open_item, "为什么 001 等级")

    assert "等级：B 部门办｜规则 grades.toml: one department" in said
    assert "性质：" in said
    assert "急件：否" in said


def test_why_this_owner_names_whose_load_was_looked_at(desk: Desk) -> None:
    with desk.store.write() as session:
        power = people.department(session, "power")
        session.add(Person(key="郑电", name="郑电", role="officer", department=power))
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("刘洋", "园区停电，冷库变压器带不动了，想增容")
    desk.later(minutes=2)

    assert "规则 least loaded of 供电公司: 0 open, against 郑电 0" in told(desk, "为什么 001 责任人")
    said = told(desk, "为什么 002 责任人")
    assert "责任人：供电公司 郑电" in said
    assert "规则 least loaded of 供电公司: 0 open, against 李建国 1" in said

    told(desk, "派单 002 赵刚")
    desk.later(seconds=1)
    assert "林晓 交办 赵刚" in told(desk, "为什么 002 责任人")
    desk.forget()


def test_why_these_were_merged(open_item: Desk) -> None:
    assert "没有合并过" in told(open_item, "为什么 001 合并")
    open_item.says("张伟", "我们厂又跳闸了，这周第三次了，还没人来")
    open_item.says("张伟", "同一件 002 001")
    open_item.later(minutes=2)
    open_item.forget()

    for number, action, other in (("002", "合并", "20260928-001"), ("001", "并入一件", "20260928-002")):
        said = told(open_item, f"为什么 {number} 合并")
        assert f"张伟 {action} {other}" in said
        assert "都说到：" in said
        assert "跳闸" in said
        assert "规则 by hand; twins.toml: same" in said


def test_what_the_office_merges_by_hand_says_so(open_item: Desk) -> None:
    open_item.says("刘洋", "缺二十名分拣工，订单赶不出来")
    open_item.later(minutes=2)
    told(open_item, "合并 002 001")
    open_item.later(seconds=1)
    open_item.forget()

    said = told(open_item, "为什么 002 合并")

    assert "林晓 合并 20260928-001" in said
    assert "都说到：无；相像 0.0" in said
    assert said.endswith("规则 by hand")


def test_which_reminders_were_said_and_by_which_rung(open_item: Desk) -> None:
    assert "已自动提醒 0 次" in told(open_item, "为什么 001 提醒")
    open_item.later(days=1, hours=3)
    open_item.forget()

    said = told(open_item, "为什么 001 提醒")

    assert "规则 ladder.toml: sign" in said
    assert "李建国" in said
    assert "下次提醒 " in said


def test_who_receives_a_report_of_misconduct_may_ask_why_and_nobody_else(desk: Desk) -> None:
    desk.says("陈晨", "供电公司有人办事要好处费，不给就拖着不办")
    desk.later(minutes=1)

    assert "规则 owners.toml: restricted discipline" in told(desk, "为什么 9001 责任人", by="沈正")
    for topic in ("", *TOPICS):
        assert "没有找到" in told(desk, f"为什么 9001 {topic}")
    desk.forget()
