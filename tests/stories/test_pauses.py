"""A pause: with a reason, a day on which it ends and a limit; the deadline stands still and everybody knows."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import calendar_file
from routing.limits import Limits
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once

CALENDAR = calendar_file.load()


@pytest.fixture
def open_item(desk: Desk) -> Desk:
    """Zhang Wei's trip is in Li Jianguo's hands, who has spoken with him; due on 13 October, 17:30."""
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "进展 001 变压器要从厂家调货")
    desk.later(seconds=1)
    desk.forget()
    return desk


def due(desk: Desk) -> str:
    moment = desk.item().due_at
    assert moment is not None
    return f"{CALENDAR.local(moment):%m-%d %H:%M}"


def test_the_owner_asks_the_office_decides_and_the_enterprise_hears(open_item: Desk) -> None:
    assert "批准前时限照走，仍是 10月13日" in (open_item.says("李建国", "暂停 001 10月20日 等变压器到货") or "")
    open_item.later(seconds=1)
    assert open_item.pushes_to("林晓") == ["pause_coordinator"]
    assert due(open_item) == "10-13 17:30"

    told = open_item.says("林晓", "同意暂停") or ""
    open_item.later(seconds=1)

    # Almost eight working days were left: they go on when the 20th opens.
    assert "10月20日 周二 08:30 自动恢复，时限顺延到 10月29日 周四 16:57" in told
    assert due(open_item) == "10-29 16:57"
    assert open_item.pushes_to("李建国") == ["paused_officer"]
    assert open_item.pushes_to("张伟") == ["paused_contact"]
    assert "暂停到" in (open_item.says("李建国", "待办") or "")
    assert "暂停到 10月20日 周二 08:30：等变压器到货" in (open_item.says("林晓", "查 001") or "")
    assert "等变压器到货" in (open_item.says("林晓", "为什么 001") or "")


def test_while_it_stands_still_nobody_is_pressed_and_it_wakes_by_itself(open_item: Desk) -> None:
    open_item.says("林晓", "暂停 001 10月20日 等变压器到货")
    open_item.later(seconds=1)
    open_item.forget()

    open_item.until("2026-10-20T08:29:00+08:00")  # the old deadline has long passed
    pressed = {"remind_near_due", "remind_due", "remind_overdue", "escalate_overdue", "escalate_leader"}
    assert not pressed & {
        *open_item.pushes_to("李建国"),
        *open_item.pushes_to("刘卫东"),
        *open_item.pushes_to("马志远"),
    }
    assert "超期 0/1" in (open_item.says("林晓", "超期") or "")
    open_item.forget()

    open_item.until("2026-10-20T08:31:00+08:00")

    assert open_item.pushes_to("李建国") == ["resumed_officer"]
    assert open_item.pushes_to("张伟") == ["resumed_contact"]
    assert open_item.pushes_to("林晓") == ["resumed_coordinator"]
    assert open_item.item().paused_until is None
    assert due(open_item) == "10-29 16:57"
    resumed_by = [(event.actor, event.rule) for event in open_item.item().events if event.action == "resume"]
    assert resumed_by == [(None, "limits.toml: pause")]

    open_item.until("2026-10-29T16:56:00+08:00")
    told = open_item.pushes_to("李建国")
    assert "remind_near_due" in told
    assert "remind_due" in told
    open_item.until("2026-10-29T16:58:00+08:00")
    assert "remind_overdue" in open_item.pushes_to("李建国")
    open_item.forget()


def test_near_due_is_said_when_a_quarter_of_the_working_time_is_left_and_waiting_is_no_work(open_item: Desk) -> None:
    open_item.says("林晓", "暂停 001 10月20日 等变压器到货")
    open_item.until("2026-10-27T16:50:00+08:00")  # two of the eight working days are left
    open_item.forget()

    open_item.until("2026-10-27T17:10:00+08:00")

    assert open_item.pushes_to("李建国") == ["remind_near_due"]
    open_item.forget()


def test_what_was_not_used_of_a_pause_is_given_back(open_item: Desk) -> None:
    open_item.says("林晓", "暂停 001 10月20日 等变压器到货")
    open_item.until("2026-10-09T09:02:00+08:00")
    open_item.forget()

    assert "已恢复办理" in (open_item.says("李建国", "恢复 001") or "")
    open_item.later(seconds=1)

    # It stood still from 28 September, 9:02, to 9 October, 9:02: four working days.
    assert due(open_item) == "10-19 17:29"
    assert open_item.pushes_to("张伟") == ["resumed_contact"]
    assert open_item.pushes_to("林晓") == ["resumed_coordinator"]
    assert "没有暂停" in (open_item.says("李建国", "恢复 001") or "")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("暂停 001", "请这样写"),
        ("暂停 001 等货", "没看懂时间"),
        ("暂停 001 10月20日", "请这样写"),
        ("暂停 001 9月28日 等货", "已经过了"),
        ("暂停 001 12月20日 等货", "一次最多暂停 30 个工作日"),
        ("恢复 001", "没有暂停"),
    ],
)
def test_a_pause_without_reason_end_or_measure_is_refused_with_advice(
    open_item: Desk, said: str, answer: str
) -> None:
    assert answer in (open_item.says("李建国", said) or "")
    assert open_item.item().pauses == []


def test_an_unsigned_item_and_an_overdue_one_cannot_be_paused(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    assert "只有签收后" in (desk.says("李建国", "暂停 001 10月20日 等货") or "")
    desk.says("李建国", "进展 001 看过了")
    desk.until("2026-10-14T10:00:00+08:00")
    desk.forget()

    assert "不能再暂停" in (desk.says("李建国", "暂停 001 10月20日 等货") or "")


def test_once_a_round_unless_a_leader_decides(open_item: Desk) -> None:
    open_item.says("林晓", "暂停 001 2天 等货")
    assert "已经暂停，到" in (open_item.says("林晓", "暂停 001 3天 等货") or "")
    open_item.says("林晓", "恢复 001")

    assert "已经暂停过 1 次" in (open_item.says("李建国", "暂停 001 2天 还没到货") or "")
    assert "已经暂停过 1 次" in (open_item.says("林晓", "暂停 001 2天 还没到货") or "")
    assert "已暂停" in (open_item.says("马志远", "暂停 001 2天 厂家停产检修") or "")

    open_item.says("李建国", "办结 001 已换新变压器")
    open_item.says("张伟", "不满意 001 又跳了")  # a new round
    assert "已报活动办" in (open_item.says("李建国", "暂停 001 2天 等新断路器") or "")
    open_item.later(seconds=1)
    open_item.forget()


def test_the_office_may_refuse_and_the_clock_has_run_on(open_item: Desk) -> None:
    open_item.says("李建国", "暂停 001 10月20日 等货")
    assert "正等活动办批准" in (open_item.says("李建国", "暂停 001 10月21日 等货") or "")

    assert "没有同意暂停" in (open_item.says("林晓", "不同意暂停 001 可先借用备用变压器") or "")
    open_item.later(seconds=1)

    assert open_item.pushes_to("李建国") == ["pause_refused_officer"]
    assert due(open_item) == "10-13 17:30"
    assert "没有等待批准的暂停申请" in (open_item.says("林晓", "同意暂停 001") or "")
    open_item.forget()


def test_resolving_ends_a_pause_and_so_does_a_new_owner(open_item: Desk) -> None:
    open_item.says("林晓", "暂停 001 10月20日 等货")
    open_item.says("李建国", "办结 001 货提前到了，已换好")
    item = open_item.item()
    assert (item.paused_until, [pause.status for pause in item.pauses]) == (None, ["over"])

    open_item.says("张伟", "不满意 001 没换")
    open_item.says("林晓", "暂停 001 10月9日 等货")
    assert open_item.item().paused_until is not None
    open_item.says("林晓", "派单 001 赵刚")

    assert open_item.item().paused_until is None
    assert due(open_item) == "10-09 17:30"  # half the time, as if there had been no pause
    open_item.later(seconds=1)
    open_item.forget()


def test_a_pause_from_friday_afternoon_over_the_weekend_costs_no_time(new_desk: object) -> None:
    friday = new_desk(start=datetime.fromisoformat("2026-10-16T14:00:00+08:00"))  # type: ignore[operator]
    friday.says("张伟", "我们厂又跳闸了")
    friday.later(minutes=2)
    friday.says("李建国", "进展 001 看过了")
    friday.until("2026-10-16T17:30:00+08:00")
    before = due(friday)

    friday.says("林晓", "暂停 001 10月19日 周末等回话")
    friday.until("2026-10-19T09:00:00+08:00")

    assert due(friday) == before
    assert "resumed_officer" in friday.pushes_to("李建国")
    friday.forget()


def test_the_limits_are_settings(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "routing" / "limits.toml").read_text(encoding="utf-8")
    changed = shipped.replace("days = 30 ", "days = 5 ").replace("times = 1 ", "times = 2 ")
    (tmp_path / "limits.toml").write_text(changed, encoding="utf-8")

    assert (Limits.load().pause_days, Limits.load().pause_times) == (30, 1)
    assert (Limits.load(tmp_path).pause_days, Limits.load(tmp_path).pause_times) == (5, 2)


START = datetime.fromisoformat("2026-09-01T00:00:00+08:00")
MOMENTS = st.integers(0, 90 * 86400).map(lambda seconds: START + timedelta(seconds=seconds))


@given(MOMENTS, st.integers(0, 30 * 3600), st.integers(0, 20 * 86400))
def test_a_pause_never_shortens_and_leaves_what_was_left(stop: datetime, left: int, length: int) -> None:
    due_at = CALENDAR.add(stop, left)
    goes_on = stop + timedelta(seconds=length)

    later = CALENDAR.resume(due_at, stop, goes_on)

    assert CALENDAR.between(goes_on, later) == left
    assert later >= due_at
