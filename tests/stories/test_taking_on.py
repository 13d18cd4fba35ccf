"""Taking an item on: complete dispatch, signing, one objection, the first word with the enterprise."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from routing.calendar import Unit
from routing.deadlines import Deadline, Deadlines
from routing.dispatch import Assignment, assign
from routing.policy import Refused, Turn
from store import items, people
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


def local(desk: Desk, moment: datetime | None) -> str:
    assert moment is not None
    return f"{desk.service.policy.calendar.local(moment):%m-%d %H:%M}"


# -- dispatch


@pytest.mark.parametrize("missing", ["unit", "person", "mode", "deadline"])
def test_without_unit_person_mode_or_deadline_nothing_is_dispatched(open_item: Desk, missing: str) -> None:
    with open_item.store.write() as session:
        item = items.by_short_number(session, "main", "001", 1)[0]
        officer = people.people_named(session, "赵刚", ("officer",))[0]
        now = open_item.clock.now()
        officer.active = missing != "person"
        due = now - timedelta(hours=1) if missing == "deadline" else now + timedelta(days=3)
        deadline = Deadline(due, now, 3, Unit.WORKING_DAYS, "" if missing == "mode" else "department", "by hand")
        lead = None if missing == "unit" else officer.department

        with pytest.raises(Refused) as refusal:
            assign(
                Turn(session, open_item.service.policy, now), item, Assignment(lead, officer, deadline, "", ""), None
            )

        assert refusal.value.key == ("dispatch_past" if missing == "deadline" else "dispatch_incomplete")
        assert item.officer is not None
        assert item.officer.name == "李建国"
        session.rollback()


def test_a_deadline_of_today_after_closing_time_is_refused_with_advice(open_item: Desk) -> None:
    open_item.until("2026-09-28T19:00:00+08:00")
    open_item.forget()

    assert "已经过了" in (open_item.says("林晓", "派单 001 供电公司 李建国 9月28日") or "")


def test_the_time_to_sign_is_a_setting_and_the_item_keeps_when_it_was_given_and_signed(
    open_item: Desk, tmp_path: Path
) -> None:
    assert local(open_item, open_item.item().assigned_at) == "09-28 09:01"
    assert local(open_item, open_item.item().sign_due_at) == "09-29 09:01"
    assert open_item.item().signed_at is None

    open_item.later(hours=1)
    open_item.says("李建国", "签收 001")
    open_item.later(seconds=1)
    assert local(open_item, open_item.item().signed_at) == "09-28 10:02"
    open_item.forget()

    shipped = Path(__file__).parents[2] / "routing" / "deadlines.toml"
    (tmp_path / "deadlines.toml").write_text(
        shipped.read_text(encoding="utf-8").replace("[sign]\ndays = 1 ", "[sign]\ndays = 2 "), encoding="utf-8"
    )
    calendar, friday = open_item.service.policy.calendar, datetime.fromisoformat("2026-10-16T15:00:00+08:00")
    assert local(open_item, Deadlines.load(tmp_path).sign_by(friday, calendar)) == "10-20 15:00"
    assert local(open_item, Deadlines.load().sign_by(friday, calendar)) == "10-19 15:00"


# -- objection


def test_an_objection_keeps_reason_and_proposal_and_is_decided_the_same_day(open_item: Desk) -> None:
    open_item.says("林晓", "今日")  # within 48 hours of her last message the full text comes
    open_item.says("李建国", "退回 001 厂区内部线路，应由住房和城乡建设局办理")
    open_item.later(seconds=1)

    event = open_item.item().events[-1]
    assert (event.data["reason"], event.data["proposed"]) == (
        "厂区内部线路，应由住房和城乡建设局办理",
        "住房和城乡建设局",
    )
    assert "建议交：住房和城乡建设局" in open_item.bodies_to("林晓")[0]
    assert "住房和城乡建设局" in (open_item.says("林晓", "为什么 001") or "")

    open_item.until("2026-09-28T16:29:00+08:00")
    open_item.forget("林晓")
    open_item.until("2026-09-28T16:31:00+08:00")
    assert open_item.pushes_to("林晓") == ["remind_objection"]


def test_what_comes_back_after_closing_is_decided_on_the_next_working_day(new_desk: object) -> None:
    late = new_desk(start=datetime.fromisoformat("2026-09-30T16:00:00+08:00"))  # type: ignore[operator]
    late.says("张伟", "我们厂又跳闸了")
    late.until("2026-09-30T20:00:00+08:00")
    late.says("李建国", "退回 001 不归供电")
    late.until("2026-10-08T08:31:00+08:00")
    late.forget()

    late.until("2026-10-08T16:31:00+08:00")  # National Day is over

    assert "remind_objection" in late.pushes_to("林晓")
    late.forget()


def test_what_the_coordinator_decides_is_final_for_that_unit_but_not_for_another(open_item: Desk) -> None:
    open_item.says("李建国", "退回 001 不归供电")
    open_item.says("林晓", "派单 001 供电公司 李建国")
    open_item.later(seconds=1)
    assert open_item.pushes_to("李建国") == ["dispatched_final"]
    open_item.forget()

    refused = open_item.says("李建国", "退回 001 真的不归供电") or ""
    assert "不能再退回" in refused
    assert "提级" in refused
    assert "转办" in refused
    assert open_item.item().state == "assigned"

    open_item.says("林晓", "派单 001 赵刚")
    open_item.later(seconds=1)
    assert open_item.pushes_to("赵刚") == ["dispatched_officer"]
    assert "已退回活动办" in (open_item.says("赵刚", "退回 001 不归专班") or "")
    open_item.later(seconds=1)
    open_item.forget()


def test_a_new_round_may_be_objected_to_again(open_item: Desk) -> None:
    open_item.says("李建国", "退回 001 不归供电")
    open_item.says("林晓", "派单 001 供电公司 李建国")
    for who, said in (
        ("李建国", "办结 001 好了"),
        ("张伟", "满意"),
        ("林晓", "核实 001 通过"),
        ("林晓", "销号 001"),
        ("林晓", "重开 001 又坏了"),
    ):
        open_item.says(who, said)

    assert "已退回活动办" in (open_item.says("李建国", "退回 001 这次是厂里的线路") or "")
    open_item.later(seconds=1)
    open_item.forget()


def test_after_the_time_to_sign_it_is_too_late_to_object(new_desk: object) -> None:
    friday = new_desk(start=datetime.fromisoformat("2026-10-16T16:00:00+08:00"))  # type: ignore[operator]
    friday.says("张伟", "我们厂又跳闸了")
    friday.until("2026-10-19T15:30:00+08:00")  # the weekend does not count
    assert friday.item().state == "assigned"
    friday.until("2026-10-19T16:30:00+08:00")
    assert friday.pushes_to("刘卫东") == ["escalate_sign"]
    friday.forget()

    refused = friday.says("李建国", "退回 001 不归供电") or ""

    assert "签收期限内" in refused
    assert "转办" in refused


# -- first contact


def test_whoever_signed_and_stays_silent_is_reminded_to_speak_with_the_enterprise(open_item: Desk) -> None:
    open_item.says("李建国", "签收 001")
    open_item.later(seconds=1)
    open_item.forget()

    open_item.until("2026-09-29T09:03:00+08:00")
    assert open_item.pushes_to("李建国") == ["remind_contact"]
    open_item.until("2026-09-30T09:03:00+08:00")
    assert open_item.pushes_to("李建国") == ["remind_contact"]
    assert open_item.pushes_to("刘卫东") == ["escalate_contact"]

    assert "已联系企业" in (open_item.says("李建国", "已联系 001") or "")
    open_item.later(seconds=1)
    assert open_item.pushes_to("张伟") == ["progress_contact"]
    assert local(open_item, open_item.item().contacted_at) == "09-30 09:03"
    open_item.until("2026-10-09T18:00:00+08:00")
    assert "remind_contact" not in open_item.pushes_to("李建国")


def test_the_first_note_of_progress_is_the_first_contact_and_a_new_owner_begins_anew(open_item: Desk) -> None:
    open_item.says("李建国", "进展 001 已约好明天到厂")
    assert open_item.item().contacted_at == open_item.item().signed_at

    open_item.says("林晓", "派单 001 赵刚")
    open_item.later(seconds=1)
    open_item.forget()

    assert (open_item.item().signed_at, open_item.item().contacted_at) == (None, None)


def test_an_urgent_item_is_spoken_about_within_two_hours_at_any_hour(new_desk: object) -> None:
    night = new_desk(start=datetime.fromisoformat("2026-09-30T22:40:00+08:00"))  # type: ignore[operator]
    night.says("刘洋", "昨晚停电到现在，冷库里的货要坏了")
    night.work()
    night.says("李建国", "签收 001")
    night.forget()

    night.until("2026-10-01T00:41:00+08:00")

    assert "remind_contact" in night.pushes_to("李建国")
    night.forget()
