"""What would cost trust: leaks, lost reports, wrong endings, stale words, deadlines out of nowhere."""

from datetime import datetime

import pytest

from bot.senders import SendFailed, Trouble
from store import items, people, roster
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once

ACCUSATION = "供电公司有人办事要好处费，不给就拖着不办"


def due(desk: Desk, number: str = "001") -> str:
    moment = desk.item(number).due_at
    assert moment is not None
    return f"{desk.service.policy.calendar.local(moment):%m-%d %H:%M}"


# -- danger and misconduct go their own way


def test_an_accusation_behind_a_rating_never_reaches_the_accused(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 好了")
    open_item.later(seconds=1)
    open_item.forget()

    reply = open_item.says("张伟", f"不满意 001 {ACCUSATION}")
    open_item.later(minutes=1)

    assert "只转给专门受理人" in (reply or "")
    assert open_item.item("001").rating == 2
    for name in ("李建国", "刘卫东", "林晓"):
        assert not any("好处" in body for body in open_item.bodies_to(name))
    assert open_item.pushes_to("沈正") == ["dispatched_receiver"]
    open_item.forget()


def test_danger_behind_a_command_word_rings_the_duty_phone(open_item: Desk) -> None:
    assert "119" in (open_item.says("张伟", "补充 001 车间着火了，有人受伤") or "")
    open_item.work()

    assert open_item.pushes_to("方明") == ["alarm_duty"]
    open_item.forget()


def test_an_officer_who_sees_a_fire_is_not_asked_for_a_number(open_item: Desk) -> None:
    assert "119" in (open_item.says("李建国", "车间着火了，有人受伤") or "")
    open_item.work()

    assert open_item.pushes_to("方明") == ["alarm_duty"]
    open_item.forget()


def test_what_follows_an_accusation_stays_with_it(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(seconds=10)
    desk.says("张伟", ACCUSATION)
    desk.later(seconds=10)
    desk.says("张伟", "上周来厂里拿了两条烟，还要请吃饭")
    desk.says("张伟", MsgType="image", PicUrl="http://mmbiz.qpic.cn/x", MediaId="m1")
    desk.later(minutes=10)

    for name in ("李建国", "林晓", "陈立"):
        assert not any("烟" in body for body in desk.bodies_to(name))
    assert desk.pushes_to("沈正")[0] == "dispatched_receiver"
    assert desk.item("001").text == "我们厂又跳闸了"
    desk.forget()


def test_where_the_fire_is_reaches_the_duty_person(desk: Desk) -> None:
    desk.says("徐静", "车间着火了 快来人")
    desk.later(seconds=20)
    desk.says("徐静", "在龙源工业园3号车间二楼")
    desk.later(seconds=1)

    assert desk.pushes_to("方明") == ["alarm_duty", "supplement_officer"]
    with desk.store.read() as session:
        assert items.how_many(session) == 1
    desk.forget()


def test_a_restricted_item_is_checked_and_closed_among_its_receivers(desk: Desk) -> None:
    desk.says("陈晨", ACCUSATION)
    desk.later(minutes=1)
    desk.says("沈正", "签收 9001")
    desk.says("沈正", "办结 9001 已约谈当事人")
    assert "专门受理人核实" in (desk.says("陈晨", "满意 9001") or "")
    desk.later(seconds=1)
    desk.forget()

    assert "没有找到" in (desk.says("林晓", "核实 9001 通过") or "")
    assert "不能核实或销号自己办的事" in (desk.says("沈正", "核实 9001 通过") or "")


def test_without_a_receiver_the_office_learns_that_one_is_missing_and_nothing_else(desk: Desk) -> None:
    with desk.store.write() as session:
        people.with_role(session, "discipline")[0].active = False

    desk.says("陈晨", ACCUSATION)
    desk.later(minutes=1)

    assert desk.item("9001").state == "registered"
    assert desk.pushes_to("林晓") == ["no_receiver"]
    with desk.store.write() as session:
        roster.person(session, "沈正").active = True  # type: ignore[union-attr]
    desk.later(hours=2)
    assert desk.pushes_to("沈正") == ["dispatched_receiver"]
    desk.forget()


# -- nothing is lost or undone by a misread word


@pytest.mark.parametrize("said", ["不错", "不错不错", "不用谢", "算了吧不说了"])
def test_friendly_or_unclear_words_never_withdraw(open_item: Desk, said: str) -> None:
    open_item.says("张伟", said)

    assert open_item.item().state == "assigned"


@pytest.mark.parametrize("said", ["今天3台设备跳闸了", "本周2次停电，产线停了", "退回2次了，环评批不下来"])
def test_a_report_may_begin_with_any_word(desk: Desk, said: str) -> None:
    assert "已收到" in (desk.says("张伟", said) or "")
    desk.later(minutes=2)
    desk.forget()


@pytest.mark.parametrize(
    ("said", "rating"),
    [("满意 001 之前不满意，这次解决了", 4), ("解决了解决了 非常满意", 5), ("基本满意", 3), ("不满意，没解决", 2)],
)
def test_a_rating_is_the_word_it_begins_with(open_item: Desk, said: str, rating: int) -> None:
    open_item.says("李建国", "办结 001 好了")
    open_item.later(seconds=1)

    open_item.says("张伟", said)
    open_item.later(seconds=1)
    open_item.forget()

    assert open_item.item().rating == rating


@pytest.mark.parametrize("said", ["解决得不错", "还行吧"])
def test_a_rating_without_its_word_is_asked_about(open_item: Desk, said: str) -> None:
    open_item.says("李建国", "办结 001 好了")
    open_item.later(seconds=1)
    open_item.forget()

    open_item.says("张伟", said)

    assert open_item.item().rating is None


def test_the_open_question_lets_an_urgent_report_through_and_ends_with_its_round(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 好了")
    open_item.says("张伟", "不满意")
    assert "已收到" in (open_item.says("张伟", "停电两小时了，冷库里的货要坏了") or "")

    for who, said in (
        ("李建国", "办结 001 好了"),
        ("张伟", "满意 001"),
        ("林晓", "核实 001 通过"),
        ("林晓", "销号 001"),
    ):
        open_item.says(who, said)
    open_item.later(seconds=1)
    open_item.forget()

    open_item.says("张伟", "就打了个电话")

    assert open_item.item("001").rating == 4
    open_item.later(minutes=2)
    assert "objected_officer" not in open_item.pushes_to("李建国")
    open_item.forget()


def test_a_short_number_in_a_rating_is_asked_about_when_two_days_share_it(open_item: Desk) -> None:
    open_item.later(days=1)
    open_item.says("张伟", "我们厂又停电跳闸了")
    open_item.later(minutes=2)
    for number in ("20260928-001", "20260929-001"):
        open_item.says("李建国", f"办结 {number} 好了")
    open_item.later(seconds=1)
    open_item.forget()

    assert "请问评价哪一件" in (open_item.says("张伟", "不满意 001 没好") or "")


def test_a_slip_of_the_finger_is_no_report(desk: Desk) -> None:
    for said in ("123", "aaaa", "@@@"):
        desk.says("张伟", said)

    with desk.store.read() as session:
        assert items.how_many(session) == 0
    assert "帮助" in (desk.says("张伟", "HELP") or "")


# -- deadlines


def test_who_takes_over_an_item_takes_over_its_deadline(open_item: Desk) -> None:
    before = due(open_item)
    open_item.later(days=1)
    open_item.forget()

    open_item.says("林晓", "派单 001 赵刚")
    open_item.later(seconds=1)

    assert due(open_item) == before
    assert open_item.pushes_to("李建国") == ["taken_over"]
    open_item.forget()


def test_a_reopened_item_counts_from_its_reopening(open_item: Desk) -> None:
    open_item.says("张伟", "撤回 001")
    open_item.until("2026-10-28T10:00:00+08:00")
    open_item.forget()

    open_item.says("林晓", "重开 001 企业又要办")
    open_item.later(seconds=1)
    assert open_item.item().officer is None
    assert open_item.pushes_to("李建国") == []
    open_item.says("林晓", "派单 001 李建国")

    assert due(open_item) == "11-06 17:30"
    open_item.later(seconds=1)
    open_item.forget()


def test_an_extension_ends_with_the_deadline_it_was_about(open_item: Desk) -> None:
    open_item.says("李建国", "延期 001 3天 等货")
    open_item.says("李建国", "办结 001 好了")
    open_item.says("张伟", "不满意 001 没好")
    open_item.later(seconds=1)
    open_item.forget()
    before = due(open_item)

    assert "没有等待批准的延期申请" in (open_item.says("林晓", "同意延期 001") or "")
    assert due(open_item) == before


@pytest.mark.parametrize("when", ["2020年1月1日", "9999年1月1日", "999天", "3-5天", "13月40日"])
def test_times_that_make_no_sense_are_refused(open_item: Desk, when: str) -> None:
    assert "没看懂时间" in (open_item.says("林晓", f"派单 001 李建国 {when}") or "")
    assert "没看懂时间" in (open_item.says("李建国", f"延期 001 {when} 等批文") or "")
    assert due(open_item) == "10-13 17:30"


# -- stale and missing words


def test_a_push_held_overnight_is_not_said_when_the_item_has_gone_on(new_desk: object) -> None:
    evening = new_desk(start=datetime.fromisoformat("2026-09-28T19:00:00+08:00"))  # type: ignore[operator]
    evening.says("张伟", "我们厂又跳闸了")
    evening.later(minutes=5)
    evening.says("林晓", "派单 001 赵刚")

    evening.until("2026-09-29T09:00:00+08:00")

    assert evening.pushes_to("李建国") == ["taken_over"]
    assert evening.pushes_to("赵刚") == ["dispatched_officer"]
    evening.forget()


def test_two_items_cannot_swallow_each_other_and_the_merged_company_hears_the_end(open_item: Desk) -> None:
    open_item.says("陈晨", "园区停电，跳闸好几次了")
    open_item.later(minutes=2)
    open_item.says("林晓", "合并 002 001")
    assert "不能“合并”" in (open_item.says("林晓", "合并 001 002") or "")
    open_item.later(seconds=1)
    open_item.forget()

    assert "20260928-001" in (open_item.says("陈晨", "进度 001") or "")
    open_item.says("李建国", "办结 001 变压器已换")
    open_item.later(seconds=1)

    assert open_item.pushes_to("陈晨") == ["resolved_contact"]
    open_item.forget()


def test_urging_what_nobody_has_yet_reaches_the_office(desk: Desk) -> None:
    desk.says("陈晨", "支部换届想请党建指导员来一趟")
    assert "马上交办" in (desk.says("陈晨", "催办 001") or "")
    desk.later(minutes=2)
    desk.forget()

    assert "已提醒活动办" in (desk.says("陈晨", "催办 001") or "")
    assert "活动办会看到" in (desk.says("陈晨", "补充 001 最好这周") or "")
    desk.later(seconds=1)

    assert desk.pushes_to("林晓") == ["urged_coordinator", "supplement_officer"]


def test_the_satisfaction_rate_counts_the_dissatisfied(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 好了")
    open_item.says("张伟", "不满意 001 差")
    open_item.later(seconds=1)
    open_item.forget()

    assert "企业满意率 0/1" in (open_item.says("林晓", "统计") or "")


def test_a_very_long_report_leaves_room_for_deadline_and_command(desk: Desk) -> None:
    desk.says("李建国", "待办")
    desk.says("张伟", "我们厂又跳闸了，" + "线路老化负荷大，" * 50)
    desk.later(minutes=2)

    pushed = desk.bodies_to("李建国")[0]

    assert "办结时限" in pushed
    assert "签收" in pushed
    desk.forget()


def test_passing_on_a_report_names_who_did_and_registers_nothing_without_a_problem(desk: Desk) -> None:
    assert "没有登记" in (desk.says("王芳", "代报 鼎禾 谢谢你们") or "")
    assert "对应不止一个" in (desk.says("王芳", "代报 有限公司 缺人") or "")
    desk.says("王芳", "代报 鼎禾 缺二十名分拣工")
    desk.later(minutes=1)

    assert desk.item().events[0].actor.name == "王芳"
    desk.forget()


def test_a_stranger_takes_what_they_told_along_when_they_are_bound(desk: Desk) -> None:
    desk.says("路过的人", "我们厂又跳闸了")
    desk.later(minutes=2)

    desk.says("路过的人", "绑定 YQMJ2026")

    item = desk.item()
    assert item.enterprise.name == "云桥模具有限公司"
    assert item.follower.name == "李建国"
    desk.forget()


def test_an_attempt_of_a_doubtful_push_about_a_restricted_item_is_told_to_its_receivers_only(desk: Desk) -> None:
    desk.says("林晓", "今日")
    desk.says("陈晨", ACCUSATION)
    desk.phones.faults += [SendFailed(Trouble.UNCERTAIN, "ReadTimeout")] * 2
    desk.later(minutes=1)

    assert desk.pushes_to("林晓") == []
    assert "没有未送达" in (desk.says("林晓", "未送达") or "")
    desk.forget()


def test_a_number_once_given_never_turns_into_another_problem(desk: Desk) -> None:
    desk.says("刘洋", "我们厂又跳闸了")
    second = desk.says("刘洋", "银行抽贷，续贷批不下来")
    desk.later(minutes=6)
    desk.forget()

    assert "又记下 1 件" in (second or "")
    assert [desk.item(number).category for number in ("001", "002")] == ["UTILITY", "FINANCE"]
