"""How often people are disturbed: an enterprise once an hour at most, everybody so many times a day, nothing lost."""

from pathlib import Path

import pytest

from routing.policy import Policy
from store.facts import FactError
from tests.desk import Desk
from tests.test_configuration import copy


def reported(desk: Desk) -> Desk:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    return desk


def test_two_pieces_of_news_within_an_hour_wait_and_travel_together(desk: Desk) -> None:
    reported(desk)
    assert desk.pushes_to("张伟") == ["dispatched_contact"]
    desk.says("李建国", "进展 001 已到现场")
    desk.later(minutes=10)
    desk.says("李建国", "办结 001 换了变压器")
    desk.later(minutes=10)
    assert desk.pushes_to("张伟") == []
    before = len(desk.phones.sent)

    desk.later(minutes=40)

    assert desk.pushes_to("张伟") == ["progress_contact", "resolved_contact"]
    (one,) = [body for body in desk.phones.sent[before:] if body["touser"] == "o_张伟"]
    text = one["msgmenu"]["head_content"]
    assert "有进展（李建国）：已到现场" in text
    assert "报告已办结：换了变压器" in text
    assert one["msgmenu"]["list"][0]["content"] == "非常满意"
    desk.forget()


def test_what_has_no_room_in_one_message_goes_with_the_next_and_nothing_is_lost(desk: Desk) -> None:
    reported(desk)
    for note in range(3):
        desk.says("李建国", f"进展 001 第{note}次，" + "已经查了变压器和线路，" * 26)
    desk.later(minutes=61)
    first = desk.bodies_to("张伟")

    desk.later(hours=2)

    told = "\n".join([*first, *desk.bodies_to("张伟")])
    assert all(f"第{note}次" in told for note in range(3))
    assert "…" not in told
    desk.forget()


def test_news_that_waited_says_who_did_it_then_not_who_has_it_now(open_item: Desk) -> None:
    open_item.says("李建国", "签收 001")
    open_item.says("李建国", "进展 001 已到现场看过")
    open_item.says("李建国", "转办 001 周敏 归金融办")
    open_item.says("周敏", "签收 001")
    open_item.later(hours=1)

    told = open_item.bodies_to("张伟")[0]
    assert "李建国（供电公司）已签收" in told
    assert "有进展（李建国）：已到现场看过" in told
    assert "已转由金融工作办公室 周敏办理" in told
    open_item.forget()


def test_what_the_office_reads_of_a_transfer_names_the_two_as_they_were(signed: Desk) -> None:
    signed.until("2026-09-28T20:00:00+08:00")  # nothing goes out before the morning
    signed.says("林晓", "今日")
    signed.forget()
    signed.says("李建国", "转办 001 周敏 归金融办")
    signed.says("周敏", "签收 001")

    signed.until("2026-09-29T09:00:00+08:00")

    told = signed.bodies_to("林晓")
    assert "供电公司 李建国 要把 20260928-001 转给金融工作办公室 周敏" in told[0]
    assert "已由金融工作办公室 周敏签收接手" in told[1]
    signed.forget()


def test_news_that_waited_and_is_no_longer_true_is_dropped(desk: Desk) -> None:
    reported(desk)
    desk.says("李建国", "办结 001 好了")
    desk.later(minutes=5)
    assert "已撤回" not in (desk.says("张伟", "不满意 001 没好") or "")

    desk.later(hours=2)

    assert desk.pushes_to("张伟") == ["dispatched_contact"]
    desk.forget()


def test_an_emergency_does_not_wait(desk: Desk) -> None:
    desk.says("徐静", "车间着火了 快来人")
    desk.later(seconds=5)
    desk.says(desk.item().officer.name, "进展 001 消防已到")
    desk.later(seconds=5)

    assert desk.pushes_to("徐静") == ["dispatched_contact", "progress_contact"]
    desk.forget()


def test_above_the_cap_of_a_day_the_rest_comes_in_one_message_the_next_morning(
    new_desk: object, tmp_path: Path
) -> None:
    copy(tmp_path, "routing", "pace.toml", "officer = 12", "officer = 2")
    desk = new_desk(config_dir=tmp_path)  # type: ignore[operator]
    for text in ("我们厂又跳闸了", "停电了好几次", "变压器带不动了", "厂里的电表走得不准，想换一块"):
        desk.says("张伟", text)
        desk.later(minutes=7)
    on_monday = [body for body in desk.phones.sent if body["touser"] == "o_李建国"]
    assert desk.pushes_to("李建国") == ["dispatched_officer"] * len(on_monday) == ["dispatched_officer"] * 2

    desk.until("2026-09-29T08:30:30+08:00")

    on_tuesday = [body for body in desk.phones.sent if body["touser"] == "o_李建国"][2:]
    assert len(on_tuesday) == 1
    assert desk.pushes_to("李建国").count("dispatched_officer") == 2
    desk.forget()


def test_urgent_items_go_out_above_the_cap(new_desk: object, tmp_path: Path) -> None:
    copy(tmp_path, "routing", "pace.toml", "officer = 12", "officer = 1")
    desk = new_desk(config_dir=tmp_path)  # type: ignore[operator]
    reported(desk)

    desk.says("刘洋", "停电两小时了，冷库里的货要坏了")
    desk.later(seconds=5)

    assert desk.pushes_to("李建国") == ["dispatched_officer"] * 2
    desk.forget()


def test_the_gap_is_a_number_in_the_file(new_desk: object, tmp_path: Path) -> None:
    copy(tmp_path, "routing", "pace.toml", "gap_minutes = 60", "gap_minutes = 5")
    desk = new_desk(config_dir=tmp_path)  # type: ignore[operator]
    reported(desk)
    desk.says("李建国", "进展 001 已到现场")

    desk.later(minutes=5)

    assert desk.pushes_to("张伟") == ["dispatched_contact", "progress_contact"]
    desk.forget()


def test_an_enterprise_is_told_nothing_outside_the_moments(tmp_path: Path) -> None:
    copy(tmp_path, "routing", "notices.toml", "[urge]\n", '[urge]\ncontact = "urged_officer"\n')

    with pytest.raises(FactError, match=r"notices\.toml: urge: 'urged_officer' is no moment of pace\.toml"):
        Policy.load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("officer = 12", "officer = 0", "officer must be a whole number of at least 1"),
        ("officer = 12", "officer = 12\nboss = 1", "unknown role 'boss'"),
        ("gap_minutes = 60", 'gap_minutes = "an hour"', "gap_minutes must be a whole number"),
    ],
)
def test_a_wrong_pace_stops_the_start(tmp_path: Path, old: str, new: str, said: str) -> None:
    copy(tmp_path, "routing", "pace.toml", old, new)

    with pytest.raises(FactError, match=said):
        Policy.load(tmp_path)
