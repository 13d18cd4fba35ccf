"""What people really type in place of the exact word: it is understood, or they are told what to type."""

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


def due(desk: Desk) -> str:
    moment = desk.item().due_at
    assert moment is not None
    return f"{desk.service.policy.calendar.local(moment):%m-%d %H:%M}"


@pytest.mark.parametrize("said", ["同意", "同意 001", "同意001", "批准 001"])
def test_the_office_just_agrees_and_the_request_that_waits_is_meant(spoken_with: Desk, said: str) -> None:
    spoken_with.says("李建国", "延期 001 3天 等变压器")

    assert "延期申请已同意" in (spoken_with.says("林晓", said) or "")
    assert due(spoken_with) == "10-16 17:30"
    spoken_with.later(seconds=1)
    spoken_with.forget()


def test_it_disagrees_with_a_pause_and_says_why(spoken_with: Desk) -> None:
    spoken_with.says("李建国", "暂停 001 10月20日 等变压器")

    spoken_with.says("林晓", "不同意 001 先借一台顶上")
    spoken_with.later(seconds=1)

    assert any("先借一台顶上" in body for body in spoken_with.bodies_to("李建国"))
    assert due(spoken_with) == "10-13 17:30"
    spoken_with.forget()


def test_of_two_requests_it_is_asked_which_and_of_none_it_is_told_so(spoken_with: Desk) -> None:
    assert "没有等您定的申请" in (spoken_with.says("林晓", "同意 001") or "")
    assert "没有可以“同意”的事项" in (spoken_with.says("林晓", "同意") or "")

    spoken_with.says("李建国", "延期 001 3天 等变压器")
    spoken_with.says("李建国", "暂停 001 10月20日 等变压器")

    assert "既有延期申请，又有暂停申请" in (spoken_with.says("林晓", "同意 001") or "")
    assert due(spoken_with) == "10-13 17:30"
    spoken_with.later(seconds=1)
    spoken_with.forget()


@pytest.mark.parametrize("said", ["同意延期", "同意"])
def test_among_several_items_the_one_whose_owner_asks_for_more_time_is_meant(spoken_with: Desk, said: str) -> None:
    spoken_with.says("刘洋", "缺二十名分拣工，订单赶不出来")
    spoken_with.later(minutes=2)
    spoken_with.says("李建国", "延期 001 3天 等变压器")

    assert "001 的延期申请已同意" in (spoken_with.says("林晓", said) or "")
    assert "没有可以" in (spoken_with.says("林晓", said) or "")
    spoken_with.later(seconds=1)
    spoken_with.forget()


def test_a_request_that_was_decided_waits_no_more(spoken_with: Desk) -> None:
    spoken_with.says("李建国", "延期 001 3天 等变压器")
    spoken_with.says("林晓", "不同意延期 001")

    assert "没有等您定的申请" in (spoken_with.says("林晓", "同意 001") or "")
    spoken_with.later(seconds=1)
    spoken_with.forget()


@pytest.mark.parametrize(
    "said",
    ["延到10月16日 等变压器", "延 3天 等变压器", "到10月16日前 等变压器", "3天内 等变压器", "再延3天，等变压器"],
)
def test_a_day_may_be_told_as_one_speaks(spoken_with: Desk, said: str) -> None:
    assert "10月16日 周五 17:30" in (spoken_with.says("李建国", f"延期 001 {said}") or "")
    spoken_with.later(seconds=1)

    (told,) = spoken_with.bodies_to("林晓")
    assert "\n等变压器\n" in told
    spoken_with.forget()


def test_a_rating_without_a_reason_says_so_and_is_kept_as_one_word(signed: Desk) -> None:
    signed.says("李建国", "办结 001 换好了")
    signed.later(seconds=1)
    signed.forget()

    signed.says("张伟", "不满意")
    signed.later(seconds=1)

    (told,) = signed.bodies_to("李建国")
    assert "不满意：原因还没说" in told
    signed.says("张伟", "还是跳闸")
    signed.later(seconds=1)
    assert any("不满意：还是跳闸" in body for body in signed.bodies_to("李建国"))
    assert "张伟 评价：不满意｜" in (signed.says("林晓", "为什么 001") or "")
    signed.forget()


def test_a_bare_number_shows_that_line_of_the_list(signed: Desk) -> None:
    assert "没有第 1 行" in (signed.says("李建国", "1") or "")

    signed.says("李建国", "待办")

    assert signed.says("李建国", "1") == signed.says("李建国", "待办 001")


def test_whoever_acts_on_what_others_hold_is_shown_a_word_that_works_for_him(signed: Desk) -> None:
    signed.says("李建国", "请假 明天-后天 代理 孙梅")
    signed.until("2026-09-29T10:00:00+08:00")

    away = signed.says("李建国", "进展 001 变压器周四到货") or ""
    follower = signed.says("陈立", "办结 001 好了") or ""

    assert "由孙梅（代李建国）代办" in away
    assert "“销假”" in away
    assert "发“待办 001”" in follower
    for name in ("李建国", "陈立"):
        assert "办理中" in (signed.says(name, "待办 001") or "")
    signed.forget()


@pytest.mark.parametrize("asked", ["延期 001 3天 等变压器", "暂停 001 10月20日 等变压器"])
def test_a_refusal_tells_the_reason_of_the_one_who_refused_and_no_other(spoken_with: Desk, asked: str) -> None:
    for refusal, told in (("不同意 001", "没有"), ("不同意 001 先借一台", "（理由：先借一台），时限仍是")):
        spoken_with.says("李建国", asked)
        spoken_with.says("林晓", refusal)
        spoken_with.later(seconds=1)
        (body,) = spoken_with.bodies_to("李建国")
        assert told in body
        assert "等变压器" not in body
    spoken_with.forget()


def test_a_bare_why_is_answered_and_is_no_new_matter(signed: Desk) -> None:
    assert "时限是这样算的" in (signed.says("张伟", "为什么") or "")
    assert "时限是这样算的" in (signed.says("张伟", "为什么？") or "")
    assert "现在没有可以“为什么”的事项" in (signed.says("王丽", "为什么") or "")

    with pytest.raises(IndexError):
        signed.item("002")


def test_who_presses_again_and_again_is_counted_and_the_owner_is_told_once(signed: Desk) -> None:
    first = signed.says("张伟", "催办") or ""
    again = signed.says("张伟", "催办 001 到底管不管") or ""
    signed.later(minutes=50)

    assert "第 1 次" in first
    assert "第 2 次催办" in again
    assert "9月28日 周一 09:02已收到提醒" in again
    assert signed.pushes_to("李建国") == ["urged_officer"]
    assert "到底管不管" in (signed.says("林晓", "为什么 001") or "")

    signed.later(minutes=20)
    signed.says("张伟", "催一下")
    signed.later(seconds=1)
    (told,) = signed.bodies_to("李建国")
    assert "第 3 次" in told
    signed.forget()


def test_an_urgent_matter_is_pressed_for_each_time(desk: Desk) -> None:
    desk.says("张伟", "全厂停电了，生产线全停，客户明天就要货，急")
    desk.later(minutes=2)
    desk.forget()
    assert desk.item().urgent

    for _ in range(2):
        desk.says("张伟", "催办")
    desk.later(seconds=1)

    assert desk.pushes_to("李建国") == ["urged_officer", "urged_officer"]
    desk.forget()
