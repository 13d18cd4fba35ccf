"""The main job: from "our plant has tripped again" to struck off."""

from tests.desk import Desk


def reported(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)


def test_a_report_gets_a_number_a_category_and_an_owner(desk: Desk) -> None:
    receipt = desk.says("张伟", "我们厂又跳闸了，这周第三次")

    desk.later(minutes=2)

    assert receipt is not None
    assert "20260928-001" in receipt
    assert "水电气热" in receipt
    assert "供电公司" in receipt
    item = desk.item()
    assert (item.state, item.lead.name, item.officer.name) == ("assigned", "供电公司", "李建国")
    assert item.mode == "department"
    assert item.due_at is not None
    assert desk.pushes_to("李建国") == ["dispatched_officer"]
    assert desk.pushes_to("张伟") == ["dispatched_contact"]
    assert desk.pushes_to("陈立") == ["dispatched_follower"]


def test_nobody_works_and_reminders_climb_to_the_head_the_office_and_the_leader(desk: Desk) -> None:
    reported(desk)
    desk.says("李建国", "签收 001")
    desk.says("李建国", "已联系 001")
    desk.later(hours=1)
    desk.forget()

    desk.until("2026-10-14T09:00:00+08:00")  # due on 13 October, the seventh working day over National Day

    climbed = ["remind_half", "remind_interim", "remind_near_due", "remind_due", "remind_overdue"]
    assert desk.pushes_to("李建国") == climbed
    assert desk.pushes_to("张伟") == ["interim_contact"]  # seven working days without a word
    assert desk.pushes_to("刘卫东") == ["escalate_overdue"]
    assert desk.pushes_to("林晓") == ["interim_coordinator", "escalate_overdue"]

    desk.until("2026-10-16T18:00:00+08:00")

    assert desk.pushes_to("李建国") == ["remind_overdue"] * 2
    assert desk.pushes_to("刘卫东") == ["escalate_overdue"] * 2
    assert desk.pushes_to("林晓") == []

    desk.until("2026-10-19T09:00:00+08:00")

    assert desk.pushes_to("马志远") == ["escalate_leader"]
    desk.forget()


def test_from_report_to_struck_off_with_one_objection_on_the_way(desk: Desk) -> None:
    reported(desk)
    desk.says("李建国", "签收 001")
    desk.says("李建国", "办结 001 换了保险")
    desk.later(seconds=1)
    desk.forget()

    desk.says("张伟", "不满意 001 就换了个保险")
    desk.later(seconds=1)

    item = desk.item()
    assert (item.state, item.round, item.rating, item.rating_reason) == ("handling", 2, 2, "就换了个保险")
    assert desk.pushes_to("李建国") == ["objected_officer"]
    assert desk.pushes_to("刘卫东") == ["objected_head"]
    assert desk.pushes_to("林晓") == ["objected_coordinator"]

    desk.says("李建国", "办结 001 变压器已增容")
    desk.says("张伟", "满意")
    desk.later(seconds=1)
    assert desk.pushes_to("林晓") == ["verify_coordinator"]
    desk.says("林晓", "核实 001 通过")
    assert "已销号" in (desk.says("林晓", "销号 001") or "")
    desk.later(seconds=1)

    item = desk.item()
    assert (item.state, item.rating, item.next_check_at) == ("closed", 4, None)
    desk.later(hours=1)
    desk.forget()
    desk.later(days=60)  # and then there is silence: nobody's phone says another word


def test_silence_is_never_satisfaction(desk: Desk) -> None:
    reported(desk)
    desk.says("李建国", "办结 001 好了")
    desk.later(hours=1)
    desk.forget()

    desk.until("2026-10-15T18:00:00+08:00")

    item = desk.item()
    assert (item.state, item.rating) == ("rated", None)
    assert desk.pushes_to("张伟") == ["remind_rate", "interim_checking"]
    assert desk.pushes_to("林晓")[0] == "lapsed_coordinator"
    desk.forget("林晓")
