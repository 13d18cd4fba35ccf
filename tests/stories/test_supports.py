"""Supporting departments: asked by rule or by hand, with dates of their own, heard by the owner."""

from datetime import datetime
from pathlib import Path

import pytest

from routing.limits import Limits
from store import people
from store.facts import FactError
from store.tables import Person
from tests.desk import Desk


def support(desk: Desk) -> list[tuple[str, str, str, str]]:
    calendar = desk.service.policy.calendar
    return [
        (
            one.department.name,
            one.officer.name if one.officer else "",
            one.status,
            f"{calendar.local(one.due_at):%m-%d}",
        )
        for one in desk.item().supports
        if one.due_at
    ]


def new_officer(desk: Desk, unit: str) -> None:
    with desk.store.write() as session:
        department = people.department(session, unit)
        officer = Person(key="苏青", name="苏青", role="officer", department=department)
        session.add(officer)
        people.add_account(session, officer, "oa", "o_苏青")


def test_the_office_asks_a_department_which_answers_to_the_owner(spoken_with: Desk) -> None:
    told = spoken_with.says("林晓", "协办 001 财政局 何静") or ""
    spoken_with.later(seconds=1)

    assert "已请财政局 何静协办，10月8日 周四 17:30前答复" in told  # 3 working days, National Day between
    assert spoken_with.pushes_to("何静") == ["support_asked_supporter"]
    assert "请您协办" in (spoken_with.says("何静", "待办") or "")
    assert "何静（待答复" in (spoken_with.says("林晓", "查 001") or "")

    assert "请这样写" in (spoken_with.says("何静", "协办答复 001") or "")
    assert "协办答复已记到 20260928-001" in (spoken_with.says("何静", "协办答复 电价补贴本月拨付") or "")
    spoken_with.later(seconds=1)

    assert support(spoken_with) == [("财政局", "何静", "answered", "10-08")]
    assert spoken_with.pushes_to("李建国") == ["support_answered_officer"]
    assert "已答复：电价补贴本月拨付" in (spoken_with.says("林晓", "查 001") or "")
    assert "limits.toml: support" in (spoken_with.says("林晓", "为什么 001") or "")
    assert "请您协办" not in (spoken_with.says("何静", "待办") or "")


def test_the_owner_asks_with_a_date_and_a_note_of_progress_is_an_answer_too(spoken_with: Desk) -> None:
    assert "9月30日 周三 17:30前" in (spoken_with.says("李建国", "协办 001 要素保障专班 赵刚 2天") or "")
    spoken_with.later(seconds=1)
    assert spoken_with.pushes_to("赵刚") == ["support_asked_supporter"]

    assert "协办答复已记到" in (spoken_with.says("赵刚", "进展 001 内线已查完") or "")
    spoken_with.later(seconds=1)

    assert spoken_with.pushes_to("李建国") == ["support_answered_officer"]
    assert spoken_with.pushes_to("张伟") == []  # the owner speaks with the enterprise
    assert "责任人是供电公司 李建国" in (spoken_with.says("赵刚", "办结 001 好了") or "")


@pytest.mark.parametrize(
    ("who", "said", "answer"),
    [
        ("林晓", "协办 001", "请这样写"),
        ("林晓", "协办 001 供电公司", "就是这件的主办单位"),
        ("林晓", "协办 001 火星局", "没有找到"),
        ("林晓", "协办 001 财政局 何静 下辈子", "没看懂时间"),
        ("周敏", "协办 001 财政局", "没有找到编号"),
        ("何静", "协办答复 001 已办", "没有找到编号"),
        ("李建国", "协办答复 001 已办", "没有请您协办"),
    ],
)
def test_what_makes_no_sense_is_refused_with_advice(spoken_with: Desk, who: str, said: str, answer: str) -> None:
    assert answer in (spoken_with.says(who, said) or "")
    assert spoken_with.item().supports == []


def test_a_department_is_asked_once_until_it_has_answered(spoken_with: Desk) -> None:
    spoken_with.says("林晓", "协办 001 财政局 何静")
    assert "已请财政局协办" in (spoken_with.says("林晓", "协办 001 财政局 何静 1天") or "")
    spoken_with.says("何静", "协办答复 001 没有欠费")
    assert "已请财政局 何静协办" in (spoken_with.says("林晓", "协办 001 财政局 何静 1天") or "")

    assert support(spoken_with) == [("财政局", "何静", "asked", "09-29")]
    spoken_with.later(seconds=1)
    spoken_with.forget()


def test_the_answer_is_never_due_later_than_the_item(spoken_with: Desk) -> None:
    spoken_with.says("林晓", "协办 001 财政局 何静 30天")
    assert support(spoken_with) == [("财政局", "何静", "asked", "10-13")]

    spoken_with.until("2026-10-12T10:00:00+08:00")
    spoken_with.says("林晓", "协办 001 金融工作办公室 周敏")

    assert ("金融工作办公室", "周敏", "asked", "10-13") in support(spoken_with)
    spoken_with.forget()


def test_who_does_not_answer_is_reminded_then_his_head_hears_of_it(new_desk: object) -> None:
    friday = new_desk(start=datetime.fromisoformat("2026-10-16T14:00:00+08:00"))  # type: ignore[operator]
    friday.says("张伟", "我们厂又跳闸了")
    friday.later(minutes=2)
    friday.says("李建国", "进展 001 看过了")
    friday.says("李建国", "协办 001 金融工作办公室 周敏 1天")  # until Monday, closing time
    friday.later(seconds=1)
    friday.forget()

    friday.until("2026-10-20T08:31:00+08:00")
    assert friday.pushes_to("周敏") == ["remind_support"]
    assert friday.pushes_to("高峰") == []
    friday.until("2026-10-21T08:31:00+08:00")

    assert friday.pushes_to("周敏") == ["remind_support"]
    assert friday.pushes_to("高峰") == ["escalate_support"]
    assert friday.pushes_to("李建国") == ["remind_support_owner"]
    friday.says("周敏", "协办答复 001 已查")
    friday.later(seconds=1)
    friday.forget()
    friday.until("2026-10-23T18:00:00+08:00")
    assert "remind_support" not in friday.pushes_to("周敏")
    friday.forget()


def test_when_the_owner_is_done_nobody_waits_for_the_others(spoken_with: Desk) -> None:
    spoken_with.says("林晓", "协办 001 财政局 何静")
    spoken_with.says("李建国", "办结 001 已换断路器")
    spoken_with.later(seconds=1)

    assert spoken_with.pushes_to("何静") == ["support_asked_supporter", "support_void"]
    assert "没有找到" in (spoken_with.says("何静", "协办答复 001 已查") or "")
    spoken_with.forget()


def test_a_rule_that_names_supporters_asks_them_at_dispatch_and_a_new_owner_lets_them_go(desk: Desk) -> None:
    new_officer(desk, "approval")
    desk.says("黄磊", "施工许可证卡一个多月了，楼盖不了")
    desk.later(minutes=2)

    assert [(one.department.name, one.status) for one in desk.item().supports] == [("行政审批局", "asked")]
    assert desk.pushes_to("苏青") == ["support_asked_supporter"]
    assert "owners.toml: permit-construction" in (desk.says("林晓", "为什么 001") or "")

    desk.says("林晓", "派单 001 财政局 何静")
    assert [one.status for one in desk.item().supports] == ["void"]
    desk.later(seconds=1)
    desk.forget()


def test_a_department_without_an_officer_is_asked_through_the_one_above_it_who_can_answer(desk: Desk) -> None:
    new_officer(desk, "construction")
    desk.says("黄磊", "施工许可证卡一个多月了，楼盖不了")
    desk.later(minutes=2)

    assert [(one.department.name, one.officer.name) for one in desk.item().supports] == [("行政审批局", "孙梅")]
    assert desk.pushes_to("孙梅") == ["support_asked_supporter", "dispatched_follower"]
    assert "协办答复已记到" in (desk.says("孙梅", "协办答复 材料齐了就批") or "")
    assert "已请财政局 何静协办" in (desk.says("林晓", "协办 001 财政局") or "")
    assert "已请水务公司 赵刚协办" in (desk.says("林晓", "协办 001 水务公司 1天") or "")
    desk.later(seconds=1)
    desk.forget()


def test_whoever_has_the_item_is_not_asked_to_support_himself(desk: Desk) -> None:
    desk.says("黄磊", "施工许可证卡一个多月了，楼盖不了")
    desk.later(minutes=2)

    assert desk.item().officer.name == "孙梅"  # type: ignore[union-attr]
    assert desk.item().supports == []
    desk.forget()


def test_the_days_are_a_setting_and_a_wrong_one_stops_the_start(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "routing" / "limits.toml").read_text(encoding="utf-8")
    file = tmp_path / "limits.toml"
    file.write_text(shipped.replace("days = 3 ", "days = 5 "), encoding="utf-8")
    assert (Limits.load().support_days, Limits.load(tmp_path).support_days) == (3, 5)

    file.write_text(shipped.replace("days = 3 ", "days = 0 "), encoding="utf-8")
    with pytest.raises(FactError, match=r"limits\.toml: support: days must be"):
        Limits.load(tmp_path)
    file.write_text(shipped.replace("grades = [4]", "grades = [9]"), encoding="utf-8")
    with pytest.raises(FactError, match=r"limits\.toml: escalation: there is no grade 9"):
        Limits.load(tmp_path)
