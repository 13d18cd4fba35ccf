"""Somebody goes away: the work goes to a deputy, nobody loses sight of it, and it comes back."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.periods import take_period
from routing import calendar_file
from tests.desk import Desk, hands

pytestmark = pytest.mark.told_at_once

MONDAY = date(2026, 9, 28)


def test_the_work_goes_over_when_the_leave_begins_and_comes_back_with_a_summary(signed: Desk) -> None:
    reply = signed.says("李建国", "请假 明天-周三 代理 赵刚") or ""
    signed.later(seconds=1)

    assert "9月29日 周二 – 9月30日 周三，由赵刚代理" in reply
    assert "请您代理" in signed.bodies_to("赵刚")[0]
    assert hands(signed) == ("李建国", None)

    signed.until("2026-09-29T08:31:00+08:00")

    assert hands(signed) == ("赵刚", "李建国")
    assert signed.item().state == "handling"
    told = signed.bodies_to("赵刚")[0]
    assert "代理李建国，1件" in told
    assert "20260928-001 龙源精密机械" in told
    assert signed.pushes_to("李建国") == ["leave_taken"]
    assert "您不在时由赵刚（代李建国）代办" in (signed.says("李建国", "进展 001 我再看看") or "")
    assert "（代李建国）" in (signed.says("赵刚", "待办") or "")
    signed.says("赵刚", "进展 001 已到现场")
    assert "赵刚（代李建国）" in (signed.says("张伟", "进度") or "")
    signed.later(seconds=1)
    signed.forget("张伟")

    signed.until("2026-10-08T08:31:00+08:00")

    assert hands(signed) == ("李建国", None)
    assert "代理结束，交还1件" in signed.bodies_to("赵刚")[0]
    assert "交还1件，超期0" in signed.bodies_to("李建国")[0]
    assert [(event.action, event.rule) for event in signed.item().events if event.actor is None][-2:] == [
        ("stand_in", "leave: 李建国 is away, deputy 赵刚"),
        ("hand_back", "leave: 李建国 is back"),
    ]
    assert "leave: 李建国 is away, deputy 赵刚" in (signed.says("林晓", "为什么 001") or "")


def test_who_cannot_act_says_so_and_another_is_named(signed: Desk) -> None:
    assert "没有请您代理" in (signed.says("赵刚", "不代理") or "")
    signed.says("李建国", "请假 明天-周三 代理 赵刚")
    signed.later(seconds=1)
    assert "不代理 李建国" in signed.bodies_to("赵刚")[0]

    assert "已告诉李建国和活动办" in (signed.says("赵刚", "不代理 李建国") or "")
    signed.later(seconds=1)

    assert "赵刚不能代理李建国9月29日 周二 – 9月30日 周三" in signed.bodies_to("李建国")[0]
    assert signed.pushes_to("林晓") == ["leave_declined"]
    assert "现在没有请假" in (signed.says("李建国", "请假") or "")
    assert "由周敏代理" in (signed.says("李建国", "请假 明天-周三 代理 周敏") or "")
    signed.later(seconds=1)
    signed.forget()


def test_who_can_no_longer_act_keeps_the_work_until_the_office_has_named_another(signed: Desk) -> None:
    signed.says("李建国", "请假 今天-周三 代理 赵刚")
    signed.later(seconds=1)
    signed.forget()

    assert "仍在您这里" in (signed.says("赵刚", "不代理") or "")
    signed.later(seconds=1)

    assert hands(signed) == ("赵刚", "李建国")
    assert signed.pushes_to("林晓") == ["leave_declined_running"]
    signed.says("林晓", "销假 李建国")
    signed.says("林晓", "代请 李建国 今天-周三 代理 周敏")
    assert hands(signed) == ("周敏", "李建国")
    signed.later(seconds=1)
    signed.forget()


def test_what_the_deputy_has_finished_stays_his_deed(signed: Desk) -> None:
    signed.says("李建国", "请假 今天 代理 赵刚")
    signed.says("赵刚", "办结 001 换了断路器")
    signed.later(seconds=1)
    signed.forget()

    signed.says("李建国", "销假")
    item = signed.item()

    assert hands(signed) == ("李建国", None)
    with signed.store.read() as session:
        assert item.handler_id is not None
        assert session.get(type(item.officer), item.handler_id).name == "赵刚"
    signed.later(seconds=1)
    assert "办结 1 件，交还 1 件" in signed.bodies_to("赵刚")[0]
    assert signed.pushes_to("李建国") == []
    signed.says("张伟", "不满意 今天又跳了")
    signed.later(seconds=1)
    assert signed.pushes_to("李建国") == ["objected_officer"]
    signed.forget()


def test_a_leave_from_noon_begins_at_noon_and_back_early_returns_the_work(signed: Desk) -> None:
    reply = signed.says("李建国", "请假 今天下午-周三 出差 代理人：赵刚") or ""

    assert "9月28日 周一 12:00 – 9月30日 周三，由赵刚代理" in reply
    assert hands(signed) == ("李建国", None)
    signed.later(hours=4)
    assert hands(signed) == ("赵刚", "李建国")
    assert signed.pushes_to("赵刚") == ["leave_deputy", "leave_acting"]
    signed.forget("李建国", "张伟")

    reply = signed.says("李建国", "销假") or ""
    assert "已销假。代理期间办结 0 件，交还 1 件：\n20260928-001 龙源精密机械有限公司" in reply
    assert hands(signed) == ("李建国", None)
    signed.later(seconds=1)
    assert signed.pushes_to("赵刚") == ["leave_over"]


def test_new_items_go_to_the_deputy_and_to_those_who_are_there(signed: Desk) -> None:
    signed.says("李建国", "请假 今天-周三 代理 赵刚")
    signed.says("刘洋", "我们厂停电了")
    signed.later(minutes=2)

    assert hands(signed, "002") == ("赵刚", "李建国")
    assert signed.pushes_to("赵刚") == ["leave_acting", "dispatched_officer"]
    signed.forget()

    assert "赵刚（代李建国）" in (signed.says("林晓", "派单 002 李建国") or "")
    assert "本来就是责任人" in (signed.says("赵刚", "转办 002 李建国") or "")
    signed.later(seconds=1)
    signed.forget()


def test_a_transfer_offered_to_somebody_who_is_away_waits_for_the_deputys_signature(signed: Desk) -> None:
    signed.says("周敏", "请假 今天-周三 代理 孙梅")
    signed.says("李建国", "转办 001 周敏 要先落实贷款")
    signed.later(seconds=1)

    assert signed.pushes_to("孙梅") == ["leave_deputy", "offered_officer"]
    assert "等您签收" in (signed.says("孙梅", "待办") or "")
    assert "已签收" in (signed.says("孙梅", "签收 001") or "")
    assert hands(signed) == ("孙梅", "周敏")
    signed.says("周敏", "销假")
    assert hands(signed) == ("周敏", None)
    signed.later(seconds=1)
    signed.forget()


def test_the_deputy_of_the_deputy_acts_and_what_was_agreed_says_so(signed: Desk) -> None:
    signed.says("赵刚", "请假 今天-明天 代理 孙梅")
    reply = signed.says("李建国", "请假 今天-周三 代理 赵刚") or ""

    assert "由孙梅代理" in reply
    assert hands(signed) == ("孙梅", "李建国")

    signed.until("2026-09-30T08:31:00+08:00")
    assert hands(signed) == ("赵刚", "李建国")
    signed.later(seconds=1)
    assert "李建国请假" in signed.bodies_to("赵刚")[-1]
    told = signed.pushes_to("孙梅")
    assert (told[:2], told[-1]) == (["leave_deputy", "leave_acting"], "leave_over")

    signed.until("2026-10-08T08:31:00+08:00")
    assert hands(signed) == ("李建国", None)
    signed.forget()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("请假 明天", "请写明代理人"),
        ("请假 明天 代理 李建国", "自己不能代理自己"),
        ("请假 明天 代理 刘卫东", "同一岗位"),
        ("请假 明天 代理 无此人", "没有找到“无此人”"),
        ("请假 某天 代理 赵刚", "没看懂从哪天到哪天"),
        ("请假 周三-明天 代理 赵刚", ""),
        ("销假", "没有要销的假"),
        ("请假", "现在没有请假"),
    ],
)
def test_what_cannot_be_agreed_is_said_with_what_to_do_instead(desk: Desk, said: str, answer: str) -> None:
    assert answer in (desk.says("李建国", said) or "")
    desk.later(seconds=1)
    desk.forget()


def test_loops_and_a_second_deputy_for_the_same_days_are_refused(desk: Desk) -> None:
    desk.says("赵刚", "请假 明天-周三 代理 孙梅")
    desk.says("孙梅", "请假 周三 代理 李建国")

    assert "绕回来就没人办了" in (desk.says("李建国", "请假 今天-周三 代理 赵刚") or "")
    assert "由赵刚代理" in (desk.says("李建国", "请假 今天-明天 代理 赵刚") or "")
    assert "已请过假，代理人是赵刚" in (desk.says("李建国", "请假 明天-周三 代理 周敏") or "")
    desk.later(seconds=1)
    desk.forget()


def test_the_same_deputy_for_days_that_touch_makes_one_longer_leave(desk: Desk) -> None:
    desk.says("李建国", "请假 明天 代理 赵刚")
    desk.says("李建国", "请假 周三 代理 赵刚")

    assert "请假 1 人次：\n李建国 9月29日 周二 – 9月30日 周三，代理：赵刚（已定）" in (
        desk.says("林晓", "请假") or ""
    )
    assert "的请假已取消" in (desk.says("李建国", "销假") or "")
    desk.later(seconds=1)
    assert desk.pushes_to("赵刚") == ["leave_deputy", "leave_deputy", "leave_void"]


def test_the_office_says_it_for_somebody_and_ends_it(signed: Desk) -> None:
    assert "已记下李建国请假" in (signed.says("林晓", "代请 李建国 今天-周五 代理 赵刚") or "")
    signed.later(seconds=1)

    assert signed.pushes_to("李建国") == ["leave_for_you"]
    assert hands(signed) == ("赵刚", "李建国")
    assert "李建国已销假" in (signed.says("林晓", "销假 李建国") or "")
    assert hands(signed) == ("李建国", None)
    signed.later(seconds=1)
    signed.forget()


def test_the_enterprise_is_told_once_and_only_where_its_matter_falls_due_meanwhile(signed: Desk) -> None:
    signed.says("张伟", "另外，变压器带不动了，想增容")
    signed.later(minutes=2)
    signed.forget()

    signed.says("李建国", "请假 明天-周三 代理 赵刚")
    signed.until("2026-09-30T12:00:00+08:00")
    assert "leave_contact" not in signed.pushes_to("张伟")
    signed.says("李建国", "请假 10.8-10.20 代理 赵刚")
    signed.until("2026-10-08T12:00:00+08:00")

    assert signed.pushes_to("张伟").count("leave_contact") == 1
    signed.forget()


def test_a_head_on_leave_is_stood_in_for_by_another_head(signed: Desk) -> None:
    signed.says("刘卫东", "请假 今天-10.30 代理 吴建平")
    signed.later(days=20)

    assert "escalate_overdue" in signed.pushes_to("吴建平")
    assert signed.pushes_to("刘卫东") == []
    signed.forget()


def test_the_contact_sees_who_acts(desk: Desk) -> None:
    desk.says("陈立", "请假 今天-周三 代理 赵刚")

    assert "陈立出差，代理：赵刚" in (desk.says("张伟", "我的专员") or "")
    desk.later(seconds=1)
    desk.forget()


def test_the_receiver_of_restricted_reports_is_stood_in_for_by_another_receiver_only(desk: Desk) -> None:
    assert "同一岗位" in (desk.says("沈正", "请假 明天 代理 李建国") or "")


def test_a_leave_survives_a_restart_and_one_that_was_slept_through_moves_nothing_twice(
    new_desk: Callable[..., Desk],
) -> None:
    first = new_desk()
    first.says("张伟", "我们厂又跳闸了，这周第三次")
    first.later(minutes=2)
    first.says("李建国", "请假 明天-周三 代理 赵刚")
    first.later(seconds=1)
    first.forget()

    second = new_desk()
    second.clock.moment = second.clock.now().replace(month=10, day=9)
    second.work()
    second.work()

    assert [event.action for event in second.item().events].count("stand_in") == 0
    assert hands(second) == ("李建国", None)
    assert "leave_returned" not in second.pushes_to("李建国")
    first.forget()
    second.forget()


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("10.8-10.12", ("2026-10-08", "2026-10-12")),
        ("10月8日至12日", ("2026-10-08", "2026-10-12")),
        ("10月8-12日", ("2026-10-08", "2026-10-12")),
        ("8号到12号", ("2026-10-08", "2026-10-12")),
        ("明天-周五", ("2026-09-29", "2026-10-02")),
        ("周四到周三", ("2026-10-01", "2026-10-07")),
        ("下周一-下周五", ("2026-10-05", "2026-10-09")),
        ("9月30日-10月9日", ("2026-09-30", "2026-10-09")),
        ("12月30日-1月3日", ("2026-12-30", "2027-01-03")),
        ("后天", ("2026-09-30", "2026-09-30")),
        ("明天起3天", ("2026-09-29", "2026-10-01")),
        ("今天下午-周三", ("2026-09-28", "2026-09-30")),
        ("１０．８－１０．１２", ("2026-10-08", "2026-10-12")),
    ],
)
def test_days_are_read_as_people_type_them(said: str, days: tuple[str, str]) -> None:
    period, rest = take_period(f"{said} 代理 赵刚", MONDAY)

    assert period is not None
    assert (period.first.isoformat(), period.last.isoformat()) == days
    assert rest == "代理 赵刚"


def test_half_days_begin_and_end_at_noon() -> None:
    period, _ = take_period("今天下午-周三上午", MONDAY)
    assert period is not None

    begins, ends = period.moments(calendar_file.load())

    assert (begins.isoformat(), ends.isoformat()) == ("2026-09-28T12:00:00+08:00", "2026-09-30T12:00:00+08:00")


@given(st.text("0123456789一三五十月日号天周星期下上午明今后-起至到年. 代", max_size=20))
def test_any_text_is_a_period_that_does_not_end_before_it_begins_or_none(said: str) -> None:
    period, rest = take_period(said, MONDAY)

    assert period is None or period.first <= period.last
    assert period is not None or rest == rest.strip()
