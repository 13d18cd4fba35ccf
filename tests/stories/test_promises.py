"""What officers promise: recognised, read back, shown, reminded of, kept or broken, counted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.told_at_once

ROOT = Path(__file__).parents[2]


@pytest.fixture
def held(desk: Desk) -> Desk:
    """Li Jianguo has signed for Zhang Wei's trip; its deadline is 13 October."""
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "签收 001")
    desk.later(minutes=1)
    desk.forget()
    return desk


def statuses(desk: Desk, number: str = "001") -> list[str]:
    return [one.status for one in desk.item(number).commitments]


# -- said, read back, shown


def test_a_promise_in_a_note_is_read_back_and_shown_to_the_enterprise(held: Desk) -> None:
    reply = held.says("李建国", "进展 001 已查过线路，周三下午前给答复") or ""
    held.later(seconds=1)

    assert "已记下承诺：9月30日 周三 17:30 前答复" in reply
    assert "承诺 001 取消" in reply
    assert "承诺：9月30日 周三 17:30 前答复" in held.bodies_to("张伟")[0]
    assert "承诺：9月30日 周三 17:30 前答复" in (held.says("张伟", "进度 001") or "")
    assert "承诺：9月30日 周三 17:30 前答复" in (held.says("林晓", "查 001") or "")
    assert held.actions()[-2:] == ["progress", "promise"]


@pytest.mark.parametrize(
    ("said", "read_back"),
    [
        ("签收 001 明天上午到现场", "9月29日 周二 12:00 前到现场"),
        ("已联系 001 国庆后上门看看", "10月8日 周四 17:30 前上门看看"),
        ("进展 001 10月5号前给您回话", "9月30日 周三 17:30 前回话"),
    ],
)
def test_a_promise_is_recognised_wherever_the_officer_writes_words(desk: Desk, said: str, read_back: str) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.forget()

    assert f"已记下承诺：{read_back}" in (desk.says("李建国", said) or "")
    desk.later(seconds=1)
    assert any(read_back in told for told in desk.bodies_to("张伟"))


def test_the_reason_for_more_time_may_promise_too(held: Desk) -> None:
    reply = held.says("李建国", "延期 001 3天 配件缺货，明天上门先处理") or ""
    held.later(seconds=1)

    assert "已记下承诺：9月29日 周二 17:30 前上门先处理" in reply
    held.forget()


def test_what_others_say_is_no_promise(held: Desk) -> None:
    reply = held.says("李建国", "进展 001 企业说周四前能把材料送来") or ""
    held.later(seconds=1)

    assert "承诺" not in reply
    assert "承诺" not in held.bodies_to("张伟")[0]
    assert statuses(held) == []


def test_nothing_later_than_the_deadline_is_promised_but_the_note_stands(held: Desk) -> None:
    reply = held.says("李建国", "进展 001 10月20号前换好变压器") or ""
    held.later(seconds=1)

    assert "没有记为承诺：10月20日 周二 17:30 晚于 20260928-001 的办结时限 10月13日 周二 17:30" in reply
    assert "延期 001 日期 理由" in reply
    assert "进展已记到 20260928-001" in reply
    assert "承诺：" not in held.bodies_to("张伟")[0]
    assert "晚于" in (held.says("李建国", "承诺 001 10月20号 换好变压器") or "")
    assert statuses(held) == []


def test_who_is_late_already_may_promise_what_he_still_can(held: Desk) -> None:
    held.until("2026-10-14T10:00:00+08:00")
    held.forget()

    reply = held.says("李建国", "进展 001 周五前换好变压器") or ""
    held.later(seconds=1)

    assert "已记下承诺：10月16日 周五 17:30 前换好变压器" in reply
    held.forget()


# -- said by command, put right, taken back


def test_a_promise_said_by_command_is_told_to_the_enterprise(held: Desk) -> None:
    reply = held.says("李建国", "承诺 001 9月30日 到厂里测电压") or ""
    held.later(seconds=1)

    assert "已记下承诺：9月30日 周三 17:30 前到厂里测电压" in reply
    assert held.bodies_to("张伟") == ["20260928-001 李建国承诺：9月30日 周三 17:30 前到厂里测电压。"]


def test_a_new_word_right_away_takes_the_place_of_the_old_one(held: Desk) -> None:
    held.says("李建国", "进展 001 周三前给答复")
    held.later(minutes=5)
    held.says("李建国", "承诺 001 明天 给答复")
    held.later(seconds=1)

    assert statuses(held) == ["void", "open"]
    assert held.pushes_to("张伟") == ["progress_contact", "promised_contact"]


def test_a_new_word_much_later_leaves_the_old_one_to_be_kept(held: Desk) -> None:
    held.says("李建国", "进展 001 周三前给答复")
    held.later(hours=1)
    held.says("李建国", "承诺 001 10月9日 给书面答复")
    held.later(seconds=1)

    assert statuses(held) == ["open", "open"]
    held.forget()


def test_taken_back_it_is_told_and_counted_as_that(held: Desk) -> None:
    held.says("李建国", "进展 001 周三前给答复")
    held.later(seconds=1)
    held.forget()

    reply = held.says("李建国", "承诺 001 取消") or ""
    held.later(seconds=1)

    assert "已取消承诺：9月30日 周三 17:30 前答复" in reply
    assert held.pushes_to("张伟") == ["promise_void_contact"]
    assert "取消 1" in (held.says("李建国", "承诺") or "")
    assert "没有您还没兑现的承诺" in (held.says("李建国", "承诺 001 取消") or "")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("承诺 001 尽快答复", "请这样写：承诺 [N 日期 内容]"),
        ("承诺 001 今天上午 答复", "的日期已经过了"),
        ("承诺 099 周四前 答复", "没有找到编号"),
    ],
)
def test_what_cannot_be_understood_says_how_to_write_it(held: Desk, said: str, answer: str) -> None:
    held.until("2026-09-28T13:00:00+08:00")
    held.forget()

    assert answer in (held.says("李建国", said) or "")
    assert statuses(held) == []


def test_nobody_promises_for_another(held: Desk) -> None:
    assert "由责任人办理" in (held.says("周敏", "承诺 001 周三前 答复") or "") or statuses(held) == []
    assert statuses(held) == []


# -- reminded, kept, broken


def test_he_is_reminded_once_on_the_morning_of_the_day(held: Desk) -> None:
    held.says("李建国", "进展 001 周三前给答复")
    held.until("2026-09-30T08:29:00+08:00")
    held.forget()

    held.until("2026-09-30T17:00:00+08:00")

    assert held.pushes_to("李建国") == ["remind_promise"]
    assert held.pushes_to("张伟") == []
    assert held.item().events[-1].rule == "commitments.toml: remind_hours"
    held.forget()


def test_of_what_is_promised_for_a_morning_he_is_reminded_the_working_day_before(held: Desk) -> None:
    held.says("李建国", "进展 001 10月8号上午到现场")
    held.until("2026-09-30T08:29:00+08:00")
    held.forget()

    held.until("2026-09-30T12:00:00+08:00")

    assert "remind_promise" in held.pushes_to("李建国")
    held.forget()


@pytest.mark.parametrize("word", ["进展 001 线路查清了，是变压器的事", "办结 001 换了变压器"])
def test_a_note_or_the_result_in_time_keeps_it(held: Desk, word: str) -> None:
    held.says("李建国", "进展 001 周三前给答复")
    held.later(hours=2)
    held.says("李建国", word)
    held.later(seconds=1)

    assert statuses(held) == ["kept"]
    held.until("2026-10-08T10:00:00+08:00")
    assert "promise_broken_officer" not in held.pushes_to("李建国")
    assert "兑现 1/1" in (held.says("李建国", "承诺") or "")
    held.forget()


def test_what_is_broken_is_told_to_him_and_his_head_and_counted_by_unit(held: Desk) -> None:
    held.says("李建国", "进展 001 周二前给答复")
    held.until("2026-09-29T17:00:00+08:00")
    held.forget()

    held.until("2026-09-30T08:31:00+08:00")

    assert statuses(held) == ["broken"]
    assert "promise_broken_officer" in held.pushes_to("李建国")
    assert "promise_broken_head" in held.pushes_to("刘卫东")
    assert held.pushes_to("张伟") == []
    assert "commitments.toml: kept_by" in (held.says("林晓", "为什么 001") or "")
    office = held.says("林晓", "承诺") or ""
    assert "供电公司 没兑现 1/1" in office
    assert "20260928-001 李建国｜9月29日 周二 17:30 前答复" in office
    assert "兑现 0/1" in (held.says("李建国", "承诺") or "")
    held.forget()


def test_the_day_after_is_too_late_and_to_promise_again_keeps_nothing(held: Desk) -> None:
    held.says("李建国", "进展 001 周二前给答复")
    held.later(hours=3)
    held.says("李建国", "进展 001 还在等，10月9号前给答复")
    held.until("2026-09-30T09:00:00+08:00")
    assert statuses(held) == ["broken", "open"]

    held.says("李建国", "进展 001 变压器要换大的")
    held.later(seconds=1)

    assert statuses(held) == ["broken", "kept"]
    held.forget()


# -- when the item goes


def test_who_no_longer_has_the_item_is_held_to_nothing(held: Desk) -> None:
    held.says("李建国", "进展 001 周三前给答复")
    held.later(hours=1)
    held.says("林晓", "派单 001 发展改革局 周敏")
    held.until("2026-10-08T10:00:00+08:00")

    assert statuses(held) == ["void"]
    assert not {"promise_broken_officer", "remind_promise"} & set(held.pushes_to("李建国"))
    held.forget()


def test_what_was_withdrawn_ends_the_promise(held: Desk) -> None:
    held.says("李建国", "进展 001 周三前给答复")
    held.later(minutes=1)
    held.says("张伟", "撤回 001")
    held.later(seconds=1)

    assert statuses(held) == ["void"]
    held.forget()


def test_of_a_restricted_item_the_office_counts_no_promise(desk: Desk) -> None:
    desk.says("张伟", "我要举报，供电公司的人收了红包才给办")
    desk.later(minutes=2)
    desk.forget()
    desk.says("沈正", "签收 9001 周二前给您答复")
    desk.until("2026-09-30T09:00:00+08:00")

    assert statuses(desk, "9001") == ["broken"]
    assert "0/0" in (desk.says("林晓", "承诺") or "")
    assert "promise_broken_officer" in desk.pushes_to("沈正")
    assert not {"promise_broken_head"} & set(desk.pushes_to("刘卫东") + desk.pushes_to("林晓"))
    desk.forget()


# -- settings


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("correct_minutes = 30", "correct_minutes = 1", ["open", "open"]),
        ('kept_by = ["progress", "resolve"]', 'kept_by = ["resolve"]', ["void", "broken"]),
    ],
)
def test_each_setting_changes_the_result(
    new_desk: Callable[..., Desk], tmp_path: Path, old: str, new: str, expected: list[str]
) -> None:
    folder = tmp_path / "conf"
    folder.mkdir()
    text = (ROOT / "routing" / "commitments.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "commitments.toml").write_text(text.replace(old, new), encoding="utf-8")
    desk = new_desk(config_dir=folder)
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "签收 001 周三前给答复")
    desk.later(minutes=5)
    desk.says("李建国", "承诺 001 9月29日 给答复")
    desk.later(minutes=5)
    if "broken" in expected:
        desk.says("李建国", "进展 001 是变压器的事")
        desk.until("2026-09-30T08:00:00+08:00")

    assert statuses(desk) == expected
    desk.forget()
