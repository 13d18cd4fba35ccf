"""Reminders as rows: planned where everybody can see them, said once, void when the item moves on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from routing.ladder import tick
from store.tables import Item, Reminder
from tests.desk import Desk
from tests.test_configuration import copy


@pytest.fixture
def handled(desk: Desk) -> Desk:
    """Signed for and spoken about on the first morning; due on 13 October at 17:30."""
    return begun(desk)


def begun(desk: Desk) -> Desk:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "签收 001")
    desk.says("李建国", "已联系 001")
    desk.later(hours=1)
    desk.forget()
    return desk


def rows(desk: Desk, status: str | None = None, number: str = "001") -> list[tuple[str, str, str, str | None]]:
    """The reminders of an item: rung, when, status, why not."""
    with desk.store.read() as session:
        known = select(Reminder).join(Item).where(Item.short == number).order_by(Reminder.due_at, Reminder.id)
        when = desk.service.policy.calendar.local
        return [
            (row.rung, f"{when(row.due_at):%m-%d %H:%M}", row.status, row.why)
            for row in session.scalars(known)
            if status in (None, row.status)
        ]


def test_what_lies_ahead_is_planned_as_rows_inside_working_hours_and_shown(handled: Desk) -> None:
    planned = rows(handled, "planned")

    assert [row[:2] for row in planned] == [
        ("half", "10-09 08:45"),
        ("interim_ask", "10-10 09:02"),
        ("near_due", "10-12 08:37"),
        ("interim", "10-13 09:02"),
        ("due", "10-13 14:30"),
        ("overdue", "10-14 08:30"),
        ("overdue_daily", "10-15 08:30"),
        ("overdue_leader", "10-19 08:30"),
        ("criticised", "10-21 08:30"),
        ("escalate", "10-21 08:30"),
    ]
    foreseen = "下次提醒 10月9日 周五 08:45，责任人（时间过半提醒）；之后 10月10日 周六 09:02，责任人"
    assert foreseen in (handled.says("林晓", "查 001") or "")
    assert foreseen in (handled.says("林晓", "为什么 001") or "")


def test_an_idle_tick_touches_nothing(handled: Desk) -> None:
    before = handled.item().version, rows(handled)

    for _ in range(3):
        handled.later(minutes=5)

    assert (handled.item().version, rows(handled)) == before


def test_a_row_is_void_when_the_item_moves_on_and_says_why(handled: Desk) -> None:
    handled.says("李建国", "办结 001 换了变压器")
    handled.later(seconds=1)
    handled.forget()

    assert ("overdue", "10-14 08:30", "void", "the item moved on") in rows(handled)
    assert {rung for rung, *_ in rows(handled, "planned")} == {"rate", "lapse"}

    handled.says("张伟", "满意")
    handled.says("林晓", "核实 001 通过")
    handled.says("林晓", "销号 001")
    handled.later(seconds=1)
    handled.forget()
    assert rows(handled, "planned") == []


def test_a_reminder_that_is_dropped_on_its_way_was_not_said(handled: Desk) -> None:
    calendar, at = handled.service.policy.calendar, datetime.fromisoformat("2026-10-14T08:30:00+08:00")
    assert calendar.is_open(at)
    handled.until(at - timedelta(seconds=1))
    handled.forget()
    handled.clock.moment = at.astimezone(UTC)
    tick(handled.store, handled.service.policy, handled.clock.now())  # written, and not yet sent
    assert ("overdue", "10-14 08:30", "said", None) in rows(handled)

    handled.says("李建国", "办结 001 换了变压器")
    handled.later(seconds=1)

    assert ("overdue", "10-14 08:30", "void", "the item moved on before it was sent") in rows(handled)
    assert handled.pushes_to("李建国") == []
    handled.forget()


def test_a_notice_that_nobody_was_sent_was_not_given(handled: Desk) -> None:
    at = datetime.fromisoformat("2026-10-14T08:30:00+08:00")
    handled.until(at - timedelta(seconds=1))
    handled.clock.moment = at.astimezone(UTC)
    tick(handled.store, handled.service.policy, handled.clock.now())  # the yellow one, written and not yet sent
    handled.says("李建国", "办结 001 换了变压器")
    handled.later(seconds=1)
    assert handled.item().events[-1].data.get("notice") == "yellow"
    handled.says("张伟", "不满意 001 没好")
    handled.later(seconds=1)
    handled.forget()

    handled.until("2026-10-21T08:31:00+08:00")  # half of the time: due on 20 October

    assert handled.pushes_to("马志远") == []
    assert any("黄单" in body for body in handled.bodies_to("林晓"))
    levels = [event.data["notice"] for event in handled.item().events if event.action == "notice"]
    assert levels == ["blue", "yellow", "yellow"]
    handled.forget()


def test_nobody_looks_for_days_and_only_the_last_of_a_repeating_rung_is_said(handled: Desk) -> None:
    handled.until("2026-10-14T09:00:00+08:00")
    handled.forget()
    handled.clock.moment = handled.clock.moment.replace(day=17)  # the worker was down until Saturday

    handled.later(days=2)

    daily = [row[1:] for row in rows(handled) if row[0] == "overdue_daily" and row[2] != "planned"]
    assert daily == [
        ("10-15 08:30", "void", "nobody looked in time; a later one was said"),
        ("10-16 08:30", "said", None),
        ("10-19 08:30", "said", None),
    ]
    assert handled.pushes_to("李建国").count("remind_overdue") == 2
    handled.forget()


def test_each_level_of_supervision_comes_once_with_its_word(handled: Desk) -> None:
    handled.until("2026-10-20T09:00:00+08:00")

    said = "\n".join([*handled.bodies_to("李建国"), *handled.lists_to("李建国")])
    assert said.count("蓝单") == 1
    assert said.count("黄单") == 1
    assert "红单" in said
    leader = handled.bodies_to("马志远")
    assert len(leader) == 1
    assert "红单" in leader[0]
    assert "黄单" in "\n".join(handled.bodies_to("林晓"))
    assert "黄单" in "\n".join(handled.bodies_to("刘卫东"))
    told = handled.says("林晓", "为什么 001") or ""
    assert "督办单：【红单】" in told
    assert "ladder.toml: overdue_leader" in told
    handled.forget()


def test_a_second_yellow_notice_within_a_month_is_red_and_the_leader_hears(handled: Desk) -> None:
    handled.until("2026-10-14T09:00:00+08:00")
    handled.says("李建国", "办结 001 换了保险")
    handled.says("张伟", "不满意 001 没好")
    handled.later(seconds=1)
    handled.forget()

    handled.until("2026-10-21T08:31:00+08:00")  # half of the time: due on 20 October

    assert handled.pushes_to("马志远") == ["escalate_again"]
    assert "红单" in "\n".join([*handled.bodies_to("李建国"), *handled.lists_to("李建国")])
    levels = [event.data["notice"] for event in handled.item().events if event.action == "notice"]
    assert levels == ["blue", "yellow", "red"]
    handled.forget()


def test_later_rounds_are_reminded_without_a_notice_that_was_given_before(handled: Desk) -> None:
    handled.until("2026-10-13T12:00:00+08:00")
    handled.says("李建国", "办结 001 换了保险")
    handled.says("张伟", "不满意 001 没好")
    handled.later(seconds=1)
    handled.forget()

    handled.until("2026-10-16T17:00:00+08:00")

    assert "remind_near_due" in handled.pushes_to("李建国")
    assert [event.data["notice"] for event in handled.item().events if event.action == "notice"] == ["blue"]
    handled.forget()


def test_more_than_five_days_late_is_a_line_of_the_bulletin(handled: Desk) -> None:
    handled.until("2026-10-21T09:00:00+08:00")

    assert handled.actions().count("bulletin") == 1
    assert "列入通报批评" not in (handled.says("张伟", "进度 001") or "")
    handled.forget()


# -- nobody is left without a word (事事有回音)


def test_five_days_without_a_word_the_officer_is_asked_and_at_seven_the_service_says_where_it_stands(
    handled: Desk,
) -> None:
    handled.until("2026-10-12T10:00:00+08:00")
    assert "不客气" in (handled.says("张伟", "谢谢") or "")  # writes, but asks for nothing

    handled.until("2026-10-13T10:00:00+08:00")

    assert "remind_interim" in handled.pushes_to("李建国")
    (told,) = handled.bodies_to("张伟")
    assert "责任人 李建国（供电公司）" in told
    assert "时限 10月13日 周二 17:30" in told
    assert handled.pushes_to("林晓") == ["interim_coordinator"]


def test_a_word_to_the_enterprise_and_its_own_question_begin_the_count_anew(handled: Desk) -> None:
    handled.until("2026-10-09T10:00:00+08:00")
    handled.says("李建国", "进展 001 变压器已到货")
    handled.later(seconds=1)
    assert handled.pushes_to("张伟") == ["progress_contact"]
    handled.until("2026-10-12T10:00:00+08:00")
    handled.says("张伟", "进度 001")

    handled.until("2026-10-20T10:00:00+08:00")

    assert handled.pushes_to("张伟") == []
    handled.until("2026-10-22T10:00:00+08:00")
    assert handled.pushes_to("张伟") == ["interim_contact"]
    handled.forget()


def test_what_nobody_has_yet_and_what_is_checked_is_answered_too(desk: Desk) -> None:
    desk.says("陈晨", "支部换届想请党建指导员来一趟")
    desk.later(minutes=2)
    desk.forget()

    desk.until("2026-10-13T10:00:00+08:00")

    (told,) = desk.bodies_to("陈晨")
    assert "还在定承办单位" in told
    assert "interim_office" in desk.pushes_to("林晓")


@pytest.mark.parametrize(
    ("old", "new", "late"),
    [
        (
            "days = 7, repeat_days = 7, tell = { contact",
            "days = 2, repeat_days = 7, tell = { contact",
            "interim_contact",
        ),
        ("share = 0.5,", "share = 0.1,", "remind_half"),
    ],
)
def test_a_number_in_the_ladder_changes_when_people_hear(
    new_desk: object, tmp_path: Path, old: str, new: str, late: str
) -> None:
    copy(tmp_path, "routing", "ladder.toml", old, new)
    desk = begun(new_desk(config_dir=tmp_path))  # type: ignore[operator]

    desk.until("2026-09-30T12:00:00+08:00")

    assert late in [*desk.pushes_to("张伟"), *desk.pushes_to("李建国")]
    desk.forget()
