"""Units merge and are renamed: what is open goes along, and nothing stays without owner."""

from pathlib import Path

import pytest

from bot.people_import import ImportFailed, bring_in
from routing.policy import Turn
from store import people, units
from tests.desk import Desk


def brings_in(desk: Desk, folder: Path, text: str) -> None:
    """What `lianxin import` does."""
    file = folder / "units.toml"
    file.write_text(text, encoding="utf-8")
    with desk.store.write() as session:
        bring_in(Turn(session, desk.service.policy, desk.clock.now()), [file])


def unit_of(desk: Desk, name: str) -> str:
    with desk.store.read() as session:
        unit = people.people_named(session, name, ("officer", "head"))[0].department
        assert unit is not None
        return unit.name


def nothing_hangs(desk: Desk) -> bool:
    with desk.store.read() as session:
        return not units.ended(session)


def test_a_merged_unit_takes_its_people_and_open_items_along_and_the_history_keeps_its_name(signed: Desk) -> None:
    reply = signed.says("林晓", "并入 供电公司 水务公司") or ""

    assert "在办 1 件、人员 2 名" in reply
    item = signed.item()
    assert (item.lead.name, item.officer.name, item.state) == ("水务公司", "李建国", "handling")
    assert (unit_of(signed, "李建国"), unit_of(signed, "刘卫东")) == ("水务公司", "水务公司")
    why = signed.says("林晓", "为什么 001") or ""
    assert "供电公司" in why
    assert "department: power merged into water" in why
    assert nothing_hangs(signed)


def test_a_merged_unit_named_in_the_rules_leads_to_its_successor(signed: Desk) -> None:
    signed.says("林晓", "并入 供电公司 水务公司")
    signed.says("林晓", "并入 水务公司 园区管委会")

    signed.says("刘洋", "我们厂停电了")
    signed.later(minutes=2)

    item = signed.item("002")
    assert (item.lead.name, item.officer.name) == ("园区管委会", "李建国")
    assert "园区管委会" in (signed.says("林晓", "派单 002 供电公司") or "")  # its old name is still understood
    signed.later(seconds=1)
    signed.forget()


def test_the_heads_above_still_hear_when_the_unit_in_between_is_gone(signed: Desk) -> None:
    signed.says("林晓", "并入 要素保障专班 审批服务专班")
    signed.says("林晓", "督办 001 请抓紧")
    signed.later(seconds=1)

    assert signed.pushes_to("刘卫东") == ["supervised_head"]
    assert unit_of(signed, "吴建平") == "审批服务专班"
    assert nothing_hangs(signed)
    signed.forget()


def test_a_unit_goes_into_one_below_it_without_a_circle(signed: Desk) -> None:
    signed.says("林晓", "并入 要素保障专班 供电公司")

    with signed.store.read() as session:
        power = people.departments_named(session, "供电公司")[0]
        assert power.parent_code == "office"
        water = people.departments_named(session, "水务公司")[0]
        assert water.parent_code == "power"
    assert nothing_hangs(signed)


def test_what_waits_beside_an_item_goes_along(signed: Desk) -> None:
    signed.says("林晓", "协办 001 税务局 何静")
    signed.says("李建国", "转办 001 周敏 要先落实贷款")
    signed.later(seconds=1)
    signed.forget()

    signed.says("林晓", "并入 税务局 教育局")
    signed.says("林晓", "并入 金融工作办公室 财政局")

    assert nothing_hangs(signed)
    assert "已签收" in (signed.says("周敏", "签收 001") or "")
    assert signed.item().lead.name == "财政局"
    signed.later(seconds=1)
    signed.forget()


def test_a_renamed_unit_is_the_same_unit(signed: Desk) -> None:
    reply = signed.says("林晓", "改名 供电公司 电网公司") or ""

    assert "供电公司已改名为电网公司，在办 1 件" in reply
    assert signed.item().lead.name == "电网公司"
    assert "供电公司" in (signed.says("林晓", "为什么 001") or "")
    assert signed.actions()[-1] == "unit_renamed"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("并入 供电公司", "请这样写：并入 旧单位 新单位"),
        ("并入 供电公司 供电公司", "不能并入自己"),
        ("并入 火星局 供电公司", "没有找到“火星局”"),
        ("改名 供电公司", "请这样写：改名 旧名 新名"),
        ("改名 供电公司 水务公司", "已经有一个单位叫水务公司"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do_instead(desk: Desk, said: str, answer: str) -> None:
    assert answer in (desk.says("林晓", said) or "")


def test_a_circle_cannot_be_said_in_chat_because_the_old_name_means_the_new_unit(desk: Desk) -> None:
    desk.says("林晓", "并入 供电公司 水务公司")

    assert "不能并入自己" in (desk.says("林晓", "并入 水务公司 供电公司") or "")


MERGED = """
[[department]]
code = "power"
name = "供电公司"
parent = "elements"
merged_into = "water"
valid_to = "2026-09-27"
"""


def test_an_import_merges_and_renames_and_doing_it_again_changes_nothing(signed: Desk, tmp_path: Path) -> None:
    renamed = '[[department]]\ncode = "water"\nname = "水电公司"\nparent = "elements"\n'
    for _ in range(2):
        brings_in(signed, tmp_path, MERGED + renamed)
        assert (signed.item().lead.name, signed.item().officer.name) == ("水电公司", "李建国")
        assert nothing_hangs(signed)

    assert signed.actions().count("unit_merged") == 1


def test_people_of_an_old_file_land_in_the_unit_that_took_over(signed: Desk, tmp_path: Path) -> None:
    signed.says("林晓", "并入 供电公司 水务公司")

    brings_in(signed, tmp_path, '[[person]]\nname = "李建国"\nrole = "officer"\ndepartment = "power"\n')

    assert unit_of(signed, "李建国") == "水务公司"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (MERGED.replace('"water"', '"mars"'), "merged_into: unknown department 'mars'"),
        (MERGED.replace('"water"', '"power"'), "goes round in a circle"),
        (
            MERGED + MERGED.replace("power", "waters").replace('"water"', '"power"').replace("waters", "water"),
            "goes round in a circle",
        ),
        (MERGED.replace('merged_into = "water"\n', ""), "valid_to needs merged_into"),
        (MERGED.replace("2026-09-27", "bald"), "valid_to must be a day"),
    ],
)
def test_an_import_that_would_leave_work_nowhere_is_refused(
    desk: Desk, tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(ImportFailed, match=reason):
        brings_in(desk, tmp_path, text)
