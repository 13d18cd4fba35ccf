"""Somebody leaves the service: what was theirs has another owner, or waits for the office; nothing is left behind."""

from pathlib import Path

import pytest

from bot.gaps import gaps
from bot.people_import import ImportFailed, bring_in
from routing import departure
from routing.policy import Turn
from store import departures, people
from store.tables import Commitment
from tests.desk import Desk, hands

pytestmark = pytest.mark.told_at_once


def bound(desk: Desk, enterprise: str) -> str | None:
    with desk.store.read() as session:
        officer = people.enterprise_named(session, enterprise)[0].bound_officer
        return officer.name if officer else None


def brings_in(desk: Desk, folder: Path, text: str) -> None:
    """What `lianxin import` does."""
    file = folder / "people.toml"
    file.write_text(text, encoding="utf-8")
    with desk.store.write() as session:
        bring_in(Turn(session, desk.service.policy, desk.clock.now()), [file])


def nothing_is_left_behind(desk: Desk) -> bool:
    with desk.store.read() as session:
        turn = Turn(session, desk.service.policy, desk.clock.now())
        return not departure.leftovers(turn) and not departures.with_rights(session)


def test_a_successor_takes_over_items_and_enterprises_and_everybody_concerned_is_told(signed: Desk) -> None:
    reply = signed.says("林晓", "离岗 李建国 接手 赵刚") or ""
    signed.later(seconds=1)

    assert "赵刚接手 1 件：\n20260928-001 龙源精密机械有限公司" in reply
    assert "挂点企业 1 家改由接手人联系：云桥模具有限公司" in reply
    item = signed.item()
    assert (hands(signed), item.state, item.lead.name) == (("赵刚", None), "assigned", "要素保障专班")
    assert bound(signed, "云桥模具有限公司") == "赵刚"
    assert signed.pushes_to("赵刚") == ["departed_successor"]
    assert signed.pushes_to("张伟") == ["transferred_contact"]
    assert "departure: 李建国 left, successor named" in (signed.says("林晓", "为什么 001") or "")
    assert "已签收" in (signed.says("赵刚", "签收 001") or "")
    assert nothing_is_left_behind(signed)
    signed.later(seconds=1)
    signed.forget()


def test_without_a_successor_the_work_waits_for_the_coordinator(signed: Desk) -> None:
    reply = signed.says("林晓", "离岗 李建国") or ""

    assert "1 件回到待分办，请派单" in reply
    assert "挂点企业 1 家没有专员了，请重新安排：云桥模具有限公司" in reply
    assert (signed.item().state, hands(signed)) == ("triage", (None, None))
    assert "20260928-001" in (signed.says("林晓", "待分办") or "")
    assert nothing_is_left_behind(signed)
    assert "没有找到" in (signed.says("林晓", "派单 001 李建国") or "")


def test_whoever_has_left_has_no_rights_any_more(signed: Desk) -> None:
    signed.says("林晓", "离岗 刘卫东")

    assert "超期" not in (signed.says("刘卫东", "帮助") or "")
    assert "绑定" in (signed.says("刘卫东", "帮助") or "")


def test_what_waits_for_a_rating_goes_to_a_colleague_by_rule_and_comes_back_to_him(signed: Desk) -> None:
    signed.says("李建国", "办结 001 换了断路器")
    signed.says("林晓", "离岗 李建国")
    signed.later(seconds=1)
    signed.forget()

    assert (signed.item().state, hands(signed)) == ("resolved", ("赵刚", None))
    signed.says("张伟", "不满意 今天又跳了")
    assert (signed.item().state, hands(signed)) == ("handling", ("赵刚", None))
    signed.later(seconds=1)
    signed.forget()


def test_a_closed_item_of_somebody_who_left_is_reopened_to_the_successor(signed: Desk) -> None:
    signed.says("李建国", "办结 001 换了断路器")
    signed.says("张伟", "满意")
    signed.says("林晓", "核实 001 通过")
    signed.says("林晓", "销号 001")
    signed.says("林晓", "离岗 李建国 接手 赵刚")

    assert signed.item().state == "closed"
    signed.says("林晓", "重开 001 又跳了")
    assert hands(signed) == ("赵刚", None)
    signed.later(seconds=1)
    signed.forget()


def test_a_closed_item_is_reopened_to_a_colleague_where_nobody_took_over(signed: Desk) -> None:
    signed.says("李建国", "办结 001 换了断路器")
    signed.says("张伟", "满意")
    signed.says("林晓", "核实 001 通过")
    signed.says("林晓", "销号 001")
    signed.says("林晓", "离岗 李建国")

    signed.says("林晓", "重开 001 又跳了")
    assert hands(signed) == ("赵刚", None)
    signed.later(seconds=1)
    signed.forget()


def test_the_deputy_leaves_and_his_successor_acts(signed: Desk) -> None:
    signed.says("李建国", "请假 今天-周三 代理 赵刚")
    signed.says("林晓", "离岗 赵刚 接手 孙梅")

    assert hands(signed) == ("孙梅", "李建国")
    signed.says("李建国", "销假")
    assert hands(signed) == ("李建国", None)
    assert nothing_is_left_behind(signed)
    signed.later(seconds=1)
    signed.forget()


def test_the_deputy_leaves_and_nobody_acts_so_the_office_decides(signed: Desk) -> None:
    signed.says("李建国", "请假 今天-周三 代理 赵刚")
    signed.later(seconds=1)
    signed.forget()

    reply = signed.says("林晓", "离岗 赵刚") or ""
    signed.later(seconds=1)

    assert "李建国请假没有代理人了" in reply
    assert (signed.item().state, hands(signed)) == ("triage", (None, None))
    assert signed.pushes_to("李建国") == ["leave_without_deputy"]
    assert nothing_is_left_behind(signed)
    signed.forget()


def test_whoever_is_away_leaves_and_the_deputy_is_free(signed: Desk) -> None:
    signed.says("李建国", "请假 今天-周三 代理 赵刚")
    signed.says("林晓", "离岗 李建国 接手 孙梅")

    assert hands(signed) == ("孙梅", None)
    assert "现在没有请假" in (signed.says("赵刚", "请假") or "")
    assert nothing_is_left_behind(signed)
    signed.later(seconds=1)
    signed.forget()


def test_a_transfer_offered_to_somebody_who_leaves_is_offered_to_the_successor_or_comes_back(signed: Desk) -> None:
    signed.says("李建国", "转办 001 周敏 要先落实贷款")
    signed.says("林晓", "离岗 周敏 接手 孙梅")
    signed.later(seconds=1)
    assert "offered_officer" in signed.pushes_to("孙梅")

    signed.says("林晓", "离岗 孙梅")
    signed.later(seconds=1)
    assert "declined_officer" in signed.pushes_to("李建国")
    assert hands(signed) == ("李建国", None)
    assert nothing_is_left_behind(signed)
    signed.forget()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("离岗", "请这样写：离岗 姓名 [接手 姓名]"),
        ("离岗 无此人", "没有找到“无此人”"),
        ("离岗 李建国 接手 李建国", "接手人不能是本人"),
        ("离岗 李建国 接手 刘卫东", "同一岗位"),
        ("离岗 沈正", "唯一的专门受理人"),
        ("离岗 林晓", "唯一的活动办"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do_instead(desk: Desk, said: str, answer: str) -> None:
    assert answer in (desk.says("林晓", said) or "")
    assert desk.says("林晓", "帮助") is not None


LEAVES = """
[[person]]
name = "李建国"
role = "officer"
department = "power"
active = false
"""


def test_an_import_that_takes_somebody_out_puts_the_work_in_order_and_tells_the_office(
    signed: Desk, tmp_path: Path
) -> None:
    brings_in(signed, tmp_path, LEAVES)
    signed.later(seconds=1)

    assert signed.item().state == "triage"
    assert "李建国离岗，1件待分办" in signed.bodies_to("林晓")[0]
    assert nothing_is_left_behind(signed)

    brings_in(signed, tmp_path, LEAVES)
    signed.later(seconds=1)
    assert signed.pushes_to("林晓") == []
    assert nothing_is_left_behind(signed)


def test_an_import_names_the_successor(signed: Desk, tmp_path: Path) -> None:
    brings_in(signed, tmp_path, f'{LEAVES}successor = "赵刚"')
    signed.later(seconds=1)

    assert hands(signed) == ("赵刚", None)
    signed.forget()


def test_an_import_that_gives_somebody_another_post_moves_the_items_and_not_the_post(
    signed: Desk, tmp_path: Path
) -> None:
    brings_in(
        signed,
        tmp_path,
        LEAVES.replace('"officer"', '"leader"').replace("active = false", 'successor = "赵刚"'),
    )
    signed.later(seconds=1)

    assert hands(signed) == ("赵刚", None)
    assert nothing_is_left_behind(signed)
    signed.forget()
    signed.says("赵刚", "提级 001 变压器要更换")
    signed.later(seconds=1)
    assert signed.pushes_to("李建国") == ["escalated_leader"]
    signed.forget()


def test_the_check_warns_while_nobody_coordinates(desk: Desk, tmp_path: Path) -> None:
    with desk.store.read() as session:
        assert list(gaps(session)) == []

    brings_in(desk, tmp_path, LEAVES.replace("李建国", "林晓").replace("officer", "coordinator"))

    with desk.store.read() as session:
        assert [line.split(":")[1] for line in gaps(session)] == [" no active coordinator"]


def test_a_successor_who_cannot_be_is_named_by_line(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="successor '无此人' is nobody who can take over"):
        brings_in(desk, tmp_path, f'{LEAVES}successor = "无此人"')
    with pytest.raises(ImportFailed, match="active must be true or false"):
        brings_in(desk, tmp_path, LEAVES.replace("false", '"maybe"'))


def test_what_comes_back_when_nobody_is_left_to_have_it_waits_for_the_office(signed: Desk) -> None:
    signed.says("李建国", "办结 001 换了断路器")
    for name in ("周敏", "何静", "王芳", "赵刚", "陈立", "孙梅", "李建国"):
        signed.says("林晓", f"离岗 {name}")
    assert (signed.item().state, hands(signed)) == ("resolved", (None, None))

    signed.says("张伟", "不满意 今天又跳了")
    assert (signed.item().state, hands(signed)) == ("triage", (None, None))
    signed.later(seconds=1)
    assert "triage_coordinator" in signed.pushes_to("林晓")
    signed.forget()


def test_a_promise_is_the_successors_from_then_on(signed: Desk) -> None:
    signed.says("李建国", "进展 001 周三前给您答复")
    signed.says("林晓", "离岗 李建国 接手 赵刚")
    signed.later(minutes=5)

    with signed.store.read() as session:
        [promised] = session.query(Commitment)
        assert (promised.by.name, promised.status) == ("赵刚", "open")
    signed.forget()


def test_what_is_said_of_a_closed_item_reaches_the_successor(signed: Desk) -> None:
    signed.says("李建国", "办结 001 换了断路器")
    signed.says("张伟", "满意")
    signed.says("林晓", "离岗 李建国 接手 赵刚")
    signed.says("林晓", "核实 001 通过")
    signed.says("林晓", "销号 001")
    signed.later(seconds=1)

    assert "closed_officer" in signed.pushes_to("赵刚")
    assert "closed_officer" not in signed.pushes_to("李建国")
    signed.forget()
