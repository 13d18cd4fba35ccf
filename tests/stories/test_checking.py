"""Rated, checked by four questions, and what happens when something was declared done that was not."""

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


@pytest.fixture
def resolved(desk: Desk) -> Desk:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "签收 001")
    desk.says("李建国", "进展 001 已电话联系企业")
    desk.says("李建国", "办结 001 换了断路器")
    desk.later(seconds=1)
    desk.forget()
    return desk


def checked(desk: Desk) -> dict[str, str]:
    return next(event.data["answers"] for event in reversed(desk.item().events) if event.action == "verify")


# -- reply and outcome are rated apart


@pytest.mark.parametrize(
    ("said", "outcome", "reply", "state"),
    [
        ("满意 001", 4, None, "rated"),
        ("答复满意 结果基本满意 001", 3, 4, "rated"),
        ("结果非常满意，答复不满意", 5, 2, "rated"),
        ("答复满意 结果不满意 001 又跳了", 2, 4, "handling"),
        ("答复非常满意 001", None, 5, "resolved"),
    ],
)
def test_the_reply_and_the_outcome_are_rated_apart(
    resolved: Desk, said: str, outcome: int | None, reply: int | None, state: str
) -> None:
    resolved.says("张伟", said)
    resolved.later(seconds=1)
    resolved.forget()

    item = resolved.item()
    assert (item.rating, item.reply_rating, item.state) == (outcome, reply, state)


def test_the_reason_of_what_was_rated_apart_reaches_the_owner(resolved: Desk) -> None:
    assert "又跳了" in (resolved.says("张伟", "答复满意 结果不满意 001 又跳了") or "")
    resolved.later(seconds=1)

    assert "又跳了" in resolved.bodies_to("李建国")[0]
    resolved.forget()


def test_the_reply_is_rated_after_the_outcome_and_shown_to_the_office(resolved: Desk) -> None:
    resolved.says("张伟", "满意 001")
    assert "答复不满意，结果满意" in (resolved.says("张伟", "答复不满意 001") or "")
    resolved.later(seconds=1)

    assert "结果满意，答复不满意" in (resolved.says("林晓", "查 001") or "")
    assert resolved.item().state == "rated"
    resolved.forget()


# -- each time the enterprise is not satisfied, the item comes one level higher


def test_every_objection_brings_it_one_level_higher_with_half_the_time(resolved: Desk) -> None:
    resolved.says("张伟", "不满意 001 就打了个电话")
    resolved.later(seconds=1)
    item = resolved.item()
    assert (item.attention, item.officer.name, item.round) == (1, "李建国", 2)
    assert resolved.pushes_to("刘卫东") == ["objected_head"]
    assert resolved.pushes_to("林晓") == ["objected_coordinator"]
    assert f"{resolved.service.policy.calendar.local(item.due_at):%m-%d}" == "10-09"  # 4 of 7 days

    resolved.says("李建国", "办结 001 换了开关")
    resolved.later(seconds=1)
    assert resolved.pushes_to("刘卫东") == ["watched_result"]
    resolved.says("张伟", "不满意 001 还是跳")
    resolved.later(seconds=1)
    assert resolved.item().attention == 2
    assert resolved.pushes_to("林晓") == ["objected_again_coordinator"]

    resolved.says("李建国", "办结 001 又换了开关")
    resolved.later(seconds=1)
    assert resolved.pushes_to("林晓") == ["watched_result"]
    resolved.says("张伟", "非常不满意 001 没用")
    resolved.later(seconds=1)
    assert resolved.item().attention == 3
    assert resolved.pushes_to("马志远") == ["objected_leader"]
    assert "领导盯办" in (resolved.says("林晓", "查 001") or "")
    resolved.forget()


# -- four questions


def test_what_the_data_say_is_filled_in_and_one_line_is_enough(resolved: Desk) -> None:
    resolved.says("张伟", "满意 001")

    told = resolved.says("林晓", "核实 001 通过") or ""
    resolved.later(seconds=1)

    assert checked(resolved) == {"solved": "yes", "answered": "yes", "contacted": "yes", "satisfied": "yes"}
    assert "解决：是 答复：是 联系：是 满意：是" in told
    assert "林晓｜解决：是" in (resolved.says("林晓", "查 001") or "")
    assert "解决：是 答复：是" in (resolved.says("林晓", "为什么 001") or "")
    resolved.forget()


def test_of_a_silent_enterprise_the_verifier_must_say_that_it_is_solved(resolved: Desk) -> None:
    resolved.until("2026-10-13T18:00:00+08:00")
    resolved.forget()
    assert resolved.item().state == "rated"

    asked = resolved.says("林晓", "核实 001 通过") or ""
    assert "要问清：解决" in asked
    assert "答复、" not in asked  # that the result arrived is known
    assert resolved.item().state == "rated"

    resolved.says("林晓", "核实 001 通过 是 是 是 未 打过电话")
    assert checked(resolved) == {"solved": "yes", "answered": "yes", "contacted": "yes", "satisfied": "unknown"}
    assert resolved.item().rating is None
    resolved.forget()


@pytest.mark.parametrize("answers", ["否 是 是 是", "是 否 是 是", "是，否"])
def test_what_is_not_solved_or_not_answered_does_not_pass(resolved: Desk, answers: str) -> None:
    resolved.says("张伟", "满意 001")

    assert "不能通过" in (resolved.says("林晓", f"核实 001 通过 {answers}") or "")

    assert resolved.item().state == "rated"
    resolved.later(seconds=1)
    resolved.forget()


def test_a_department_that_never_called_passes_and_it_is_kept(resolved: Desk) -> None:
    resolved.says("张伟", "满意 001")

    resolved.says("林晓", "核实 001 通过 是 是 否 是 企业说没人打过电话")
    resolved.later(seconds=1)

    assert checked(resolved)["contacted"] == "no"
    assert resolved.item().events[-1].data["note"] == "企业说没人打过电话"
    resolved.forget()


def test_the_office_need_not_wait_for_a_rating_to_send_it_back(resolved: Desk) -> None:
    assert "已退回" in (resolved.says("林晓", "核实 001 退回 现场没有人去过") or "")
    resolved.later(seconds=1)

    assert (resolved.item().state, resolved.item().round) == ("handling", 2)
    resolved.forget()


# -- declared done and was not


def test_a_false_closing_goes_back_and_the_leader_hears_of_it(resolved: Desk) -> None:
    resolved.says("张伟", "满意 001")
    resolved.later(seconds=1)
    resolved.forget()
    assert "请这样写" in (resolved.says("林晓", "核实 001 虚假") or "")

    assert "虚假办结" in (resolved.says("林晓", "核实 001 虚假 现场没有换断路器") or "")
    resolved.later(seconds=1)

    item = resolved.item()
    assert (item.state, item.round, item.attention, item.officer.name) == ("handling", 2, 3, "李建国")
    assert "false_closing" in resolved.actions()
    assert resolved.pushes_to("李建国") == ["false_officer"]
    [told] = resolved.bodies_to("马志远")
    for part in ("20260928-001", "换了断路器", "现场没有换断路器"):
        assert part in told or part in (resolved.says("林晓", "为什么 001") or "")
    assert resolved.pushes_to("刘卫东") == ["false_head"]
    assert resolved.pushes_to("张伟") == ["sent_back_contact"]


def test_it_is_marked_even_after_the_enterprise_has_sent_it_back_itself(resolved: Desk) -> None:
    resolved.says("张伟", "不满意 001 根本没来人")
    resolved.later(seconds=1)
    due = resolved.item().due_at

    resolved.says("林晓", "核实 001 虚假 企业证实没有人来过")
    resolved.later(seconds=1)

    item = resolved.item()
    assert (item.state, item.round, item.attention, item.due_at) == ("handling", 2, 3, due)
    assert resolved.actions().count("false_closing") == 1
    resolved.forget()


def test_nothing_is_false_that_was_never_declared_done(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.forget()

    assert "现在是" in (desk.says("林晓", "核实 001 虚假 没来过") or "")
    assert "false_closing" not in desk.actions()


def test_who_watches_hears_before_the_time_is_over(resolved: Desk) -> None:
    resolved.says("张伟", "不满意 001 就打了个电话")
    resolved.later(seconds=1)
    resolved.forget()
    assert "责任人、盯办人" in (resolved.says("林晓", "查 001") or "")

    resolved.until("2026-10-09T12:00:00+08:00")

    assert "watched_due" in resolved.pushes_to("刘卫东")
    assert "watched_due" not in resolved.pushes_to("林晓")  # one objection: not yet the office's
    resolved.forget()


def test_the_office_corrects_an_end_too(resolved: Desk) -> None:
    resolved.says("张伟", "满意 001")

    assert "改为：政策不允许，已解释" in (resolved.says("林晓", "结果 001 已解释") or "")
    resolved.later(seconds=1)

    assert resolved.item().result_code == "explained"
    assert "resolved_explained_contact" in resolved.pushes_to("张伟")
    resolved.forget()
