"""A deadline explains itself day by day, and the office may find an item harder or easier than it was taken for."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.regrading import grade_named
from bot.texts import Texts
from routing import deadlines
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


def due(desk: Desk) -> str:
    return f"{desk.service.policy.calendar.local(desk.item().due_at):%m-%d %H:%M}"


# -- why this deadline


def test_a_deadline_over_national_day_is_told_day_by_day(open_item: Desk) -> None:
    assert open_item.says("林晓", "为什么 001 时限") == (
        "20260928-001 的时限是这样算的：\n"
        "登记起算：9月28日 周一 09:00\n"
        "给 7 个工作日\n"
        "9月28日 起算当天 不计\n"
        "9月29日—30日 第 1—2 天\n"
        "10月1日—7日 国庆节、休息日 不计\n"
        "10月8日—9日 第 3—4 天\n"
        "10月10日（调休上班） 第 5 天\n"
        "10月11日 周末 不计\n"
        "10月12日—13日 第 6—7 天\n"
        "数到：10月13日 周二 17:30\n"
        "现在的时限：10月13日 周二 17:30\n"
        "规则 deadlines.toml: grade 2"
    )


def test_the_officer_and_the_enterprise_may_ask_for_this_and_for_nothing_else(open_item: Desk) -> None:
    whole = open_item.says("林晓", "为什么 001 时限")

    assert open_item.says("李建国", "为什么 001 时限") == whole
    assert open_item.says("张伟", "为什么 时限") == whole
    assert open_item.says("李建国", "为什么 001") == whole
    assert "为什么 N 时限" in (open_item.says("李建国", "为什么 001 旗") or "")
    assert "没有找到编号" in (open_item.says("赵刚", "为什么 001 时限") or "")
    assert "没有找到编号" in (open_item.says("刘洋", "为什么 001 时限") or "")


def test_who_asks_why_nothing_happens_is_understood_as_before(open_item: Desk) -> None:
    assert "请这样写" not in (open_item.says("张伟", "为什么 还没有人来看") or "")
    open_item.forget()


def test_a_restricted_item_does_not_show_its_deadline(desk: Desk) -> None:
    desk.says("张伟", "我要举报，有人办事要好处费")
    desk.later(minutes=2)
    desk.forget()

    assert "没有找到编号" in (desk.says("林晓", "为什么 9001 时限") or "")
    assert "登记起算" in (desk.says("沈正", "为什么 9001 时限") or "")


def test_what_is_told_in_the_night_starts_in_the_morning(new_desk: object) -> None:
    late = new_desk(start=datetime.fromisoformat("2026-09-30T20:00:00+08:00"))  # type: ignore[operator]
    late.says("张伟", "我们厂又跳闸了，这周第三次")
    late.later(minutes=2)

    told = late.says("林晓", "为什么 001 时限") or ""

    assert "登记：9月30日 周三 20:00，不在上班时间，从 10月8日 周四 08:30 起算" in told
    assert "9月30日 已下班 不计" in told
    late.forget()


def test_thirty_working_days_fit_one_message(open_item: Desk) -> None:
    open_item.says("马志远", "改级 001 D 要市里定")
    open_item.later(seconds=1)
    open_item.forget()

    told = open_item.says("林晓", "为什么 001 时限") or ""

    assert "11月9日—13日 第 26—30 天" in told
    assert len(told.splitlines()) <= 25
    assert len(told.encode()) < 1200


def test_the_middle_of_a_very_long_walk_is_left_out(new_desk: object, tmp_path: Path) -> None:
    shipped = Path(deadlines.__file__).with_name("deadlines.toml").read_text(encoding="utf-8")
    (tmp_path / "deadlines.toml").write_text(shipped.replace("length = 7", "length = 150"), encoding="utf-8")
    slow = new_desk(config_dir=tmp_path)  # type: ignore[operator]
    slow.says("张伟", "我们厂又跳闸了，这周第三次")
    slow.later(minutes=2)

    told = slow.says("林晓", "为什么 001 时限") or ""

    assert "……（中间 " in told
    assert "—150 天" in told
    assert len(told.encode()) < 2048
    slow.forget()


def test_hours_are_told_as_hours(new_desk: object, tmp_path: Path) -> None:
    shipped = Path(deadlines.__file__).with_name("deadlines.toml").read_text(encoding="utf-8")
    (tmp_path / "deadlines.toml").write_text(
        shipped.replace("length = 7", 'length = 10\nunit = "hours"'), encoding="utf-8"
    )
    quick = new_desk(config_dir=tmp_path)  # type: ignore[operator]
    quick.says("张伟", "我们厂又跳闸了，这周第三次")
    quick.later(minutes=2)

    told = quick.says("林晓", "为什么 001 时限") or ""

    assert "给 10 小时（上班时间）\n9月28日—29日 计 10 小时\n数到：9月29日 周二 12:00" in told
    quick.forget()


def test_natural_days_say_that_they_moved_to_a_working_day(new_desk: object, tmp_path: Path) -> None:
    shipped = Path(deadlines.__file__).with_name("deadlines.toml").read_text(encoding="utf-8")
    (tmp_path / "deadlines.toml").write_text(
        shipped.replace("length = 7", 'length = 5\nunit = "natural_days"'), encoding="utf-8"
    )
    plain = new_desk(config_dir=tmp_path)  # type: ignore[operator]
    plain.says("张伟", "我们厂又跳闸了，这周第三次")
    plain.later(minutes=2)

    told = plain.says("林晓", "为什么 001 时限") or ""

    assert "给 5 个自然日\n9月28日 起算当天 不计\n9月29日—10月3日 第 1—5 天\n10月4日—7日" in told
    assert "10月8日 顺延到这个工作日 不计\n数到：10月8日 周四 17:30" in told
    plain.forget()


def test_pauses_and_an_extension_are_part_of_the_account(open_item: Desk) -> None:
    open_item.says("李建国", "签收 001")
    open_item.says("李建国", "延期 001 3天 等配件")
    open_item.says("林晓", "同意延期 001")
    open_item.says("林晓", "暂停 001 10月12日 等停电计划")
    open_item.until("2026-10-12T09:00:00+08:00")
    open_item.forget()

    told = open_item.says("林晓", "为什么 001 时限") or ""

    assert "批准延期到 10月16日 周五 17:30，时限 10月16日 周五 17:30" in told
    assert "暂停 9月28日 周一 09:02 至 10月12日 周一 08:30，顺延到" in told
    assert "照现行日历" not in told
    assert told.splitlines()[-2] == f"现在的时限：{last_moment(told)}"


def last_moment(told: str) -> str:
    return next(line for line in told.splitlines() if line.startswith("暂停")).partition("顺延到 ")[2]


def test_a_day_named_by_hand_says_so_and_days_by_hand_are_counted(open_item: Desk) -> None:
    open_item.says("林晓", "派单 001 供电公司 李建国 10月20日")
    told = open_item.says("林晓", "为什么 001 时限") or ""
    assert "不是数出来的：派单时指定了日期\n现在的时限：10月20日 周二 17:30\n规则 人工操作" in told

    open_item.says("林晓", "派单 001 供电公司 李建国 2天")
    told = open_item.says("林晓", "为什么 001 时限") or ""
    assert "派单起算：9月28日 周一 09:02\n给 2 个工作日" in told
    assert "现在的时限：9月30日 周三 17:30" in told
    open_item.later(seconds=1)
    open_item.forget()


def test_rework_is_counted_from_its_own_start(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 换了断路器")
    open_item.later(hours=1)
    open_item.says("张伟", "不满意 001 还跳")
    open_item.later(seconds=1)
    open_item.forget()

    told = open_item.says("林晓", "为什么 001 时限") or ""

    assert "重新办理起算：9月28日 周一 10:02" in told
    assert "给 4 个工作日" in told
    assert "规则 deadlines.toml: grade 2; rework 0.5" in told


def test_before_anybody_has_it_there_is_no_deadline_to_explain(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")

    assert "还没有时限" in (desk.says("林晓", "为什么 001 时限") or "")
    desk.later(minutes=2)
    desk.forget()


# -- change of grade


def test_another_grade_counts_the_deadline_anew_from_registration(open_item: Desk) -> None:
    open_item.later(days=1)
    open_item.forget()

    told = open_item.says("林晓", "改级 001 C 要三个部门会办") or ""
    open_item.later(seconds=1)

    assert "已由“B 部门办”改为“C 多部门办”" in told
    assert "10月13日 周二 17:30 → 10月23日 周五 17:30" in told
    assert (open_item.item().grade, open_item.item().mode, due(open_item)) == (3, "joint", "10-23 17:30")
    assert open_item.pushes_to("李建国") == ["regraded_officer"]
    told = open_item.bodies_to("张伟")[0]
    assert open_item.item().events[-1].rule == "deadlines.toml: grade 3"
    assert "由 10月13日 周二 17:30 改为 10月23日 周五 17:30" in told or "时限有变" in told
    assert "要三个部门会办" in (open_item.says("林晓", "为什么 001 等级") or "")


def test_the_second_change_is_noted_and_does_not_move_the_deadline(open_item: Desk) -> None:
    open_item.says("林晓", "改级 001 3 要三个部门会办")
    open_item.later(hours=2)
    open_item.forget()

    told = open_item.says("林晓", "改级 001 B 住建局退出了") or ""
    open_item.later(seconds=1)

    assert "时限 10月23日 周五 17:30 不变" in told
    assert (open_item.item().grade, due(open_item)) == (2, "10-23 17:30")
    assert open_item.item().events[-1].rule == "the deadline stays"
    assert open_item.pushes_to("李建国") == ["regraded_kept_officer"]
    assert open_item.pushes_to("张伟") == []


def test_a_new_round_may_be_counted_anew_from_its_start(open_item: Desk) -> None:
    open_item.says("林晓", "改级 001 C 要三个部门会办")
    open_item.says("李建国", "办结 001 换了断路器")
    open_item.later(hours=1)
    open_item.says("张伟", "不满意 001 还跳")
    assert due(open_item) == "10-14 17:30"

    open_item.says("林晓", "改级 001 B 只要供电公司")

    assert due(open_item) == "10-09 17:30"  # half of seven days, from the round's start
    open_item.later(seconds=1)
    open_item.forget()


def test_an_item_never_becomes_overdue_without_a_word(open_item: Desk) -> None:
    open_item.until("2026-10-09T10:00:00+08:00")
    open_item.forget()

    told = open_item.says("马志远", "改级 001 A 一个电话的事") or ""
    open_item.later(hours=2)

    assert "它已经超期" in told
    assert due(open_item) == "09-29 17:30"
    assert "regraded_late_officer" in open_item.pushes_to("李建国")
    assert "regraded_late_contact" in open_item.pushes_to("张伟")
    assert "regraded_late_officer" in open_item.pushes_to("林晓")
    open_item.forget()


def test_what_was_granted_and_paused_still_counts(open_item: Desk) -> None:
    open_item.says("李建国", "签收 001")
    open_item.says("林晓", "暂停 001 9月30日 等停电计划")
    before = due(open_item)

    open_item.says("林晓", "改级 001 A 一个电话的事")

    assert before > due(open_item) > "09-30"
    assert "暂停" in (open_item.says("林晓", "为什么 001 时限") or "")
    open_item.later(seconds=1)
    open_item.forget()

    open_item.says("林晓", "恢复 001")
    open_item.later(seconds=1)
    open_item.forget()


def test_a_granted_day_is_not_taken_back(open_item: Desk) -> None:
    open_item.says("李建国", "延期 001 3天 等配件")
    open_item.says("林晓", "同意延期 001")
    open_item.says("林晓", "改级 001 A 一个电话的事")

    assert due(open_item) == "10-16 17:30"
    open_item.later(seconds=1)
    open_item.forget()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("改级 001", "请这样写"),
        ("改级 001 C", "请这样写"),
        ("改级 001 E 太难", "没有“E”这个等级。可以是：A 当场办"),
        ("改级 001 B级 本来就是", "本来就是这个等级"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_with_advice(open_item: Desk, said: str, told: str) -> None:
    assert told in (open_item.says("林晓", said) or "")
    assert open_item.item().grade == 2


def test_neither_the_officer_nor_the_enterprise_changes_a_grade(open_item: Desk) -> None:
    for name in ("李建国", "张伟", "刘卫东"):
        open_item.says(name, "改级 001 A 太难")
    open_item.later(minutes=1)

    assert open_item.item().grade == 2
    open_item.forget()


def test_an_item_that_waits_gets_its_deadline_by_the_new_grade(desk: Desk) -> None:
    desk.says("陈晨", "支部换届想请党建指导员来一趟")
    desk.later(minutes=2)
    desk.forget()
    assert (desk.item().state, desk.item().due_at) == ("triage", None)

    assert "还没派单的派单时再定" in (desk.says("林晓", "改级 001 D 要市里定") or "")
    desk.says("林晓", "派单 001 李建国")
    desk.later(seconds=1)

    assert (desk.item().grade, desk.item().mode, due(desk)) == (4, "escalated", "11-13 17:30")
    desk.forget()


def test_what_a_grade_is_called_is_a_setting(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "bot" / "texts.toml").read_text(encoding="utf-8")
    easy, hard = '1 = "A 当场办"', '4 = "D 领导办"'
    (tmp_path / "texts.toml").write_text(
        shipped.replace(easy, '1 = "C 一般"')
        .replace('3 = "C 多部门办"', '3 = "B 复杂"')
        .replace(hard, '4 = "A 疑难"'),
        encoding="utf-8",
    )
    theirs = Texts.load(tmp_path)

    assert [grade_named(theirs, said) for said in ("A", "c级", "疑难", "一般级", "2", "Ｂ")] == [4, 1, 4, 1, 2, 2]
    assert [grade_named(Texts.load(), said) for said in ("A", "c级", "领导办", "4", "5", "")] == [
        1,
        3,
        4,
        4,
        None,
        None,
    ]
