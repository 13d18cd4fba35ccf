"""Flags in chat: of an item, of a colour, of every unit; the rows of the table of units add up."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import ledger
from store import people
from tests.desk import Desk
from tests.seed import STRUCK_OFF, seed


def told(desk: Desk, said: str, by: str = "林晓") -> str:
    return desk.says(by, said) or ""


def unit(desk: Desk, code: str) -> int:
    with desk.store.read() as session:
        found = people.department(session, code)
        assert found is not None
        return found.id


def test_an_item_turns_black_when_it_is_overdue_and_the_word_stands_beside_the_colour(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)

    assert "🟢绿旗（正常）" in told(desk, "查 001")
    assert "⚫黑旗 0/1 件" in told(desk, "黑旗")

    desk.until("2026-10-15T09:30:00+08:00")

    assert "⚫黑旗（超期）" in told(desk, "查 001")
    said = told(desk, "黑旗", by="马志远")
    assert "⚫黑旗 1/1 件（在办和本月销号的" in said
    assert "20260928-001 龙源精密机械有限公司｜供电公司 李建国｜超期" in said
    with desk.store.read() as session:
        rows = list(ledger.rows(session, desk.service.speaker, desk.service.policy.flags, desk.clock.now()))
    assert [row["flag"] for row in rows] == ["black"]
    desk.forget()


def test_an_item_done_in_time_in_one_round_to_satisfaction_is_red(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "办结 001 已解决 换了断路器")
    desk.says("张伟", "满意")
    desk.says("林晓", "核实 001 通过")
    desk.says("林晓", "销号 001")
    desk.later(seconds=1)

    assert "🔴红旗 1/1 件" in told(desk, "红旗")
    desk.forget()


def test_an_office_in_which_red_warns_swaps_the_colours(tmp_path: Path, new_desk: Any) -> None:
    text = (Path("routing") / "flags.toml").read_text(encoding="utf-8")
    swapped = text.replace('praised = "red"', 'praised = "green"').replace('on_track = "green"', 'on_track = "black"')
    (tmp_path / "flags.toml").write_text(swapped.replace('failing = "black"', 'failing = "red"'), encoding="utf-8")
    desk = new_desk(config_dir=tmp_path)
    seed(desk, 1, due_at=desk.clock.now() - timedelta(days=1))
    seed(desk, 1)

    assert "🔴红旗 1/2 件" in told(desk, "红旗")
    assert "⚫黑旗 1/2 件" in told(desk, "黑旗")
    assert "🔴红旗｜🔴红旗 1/1" in told(desk, "各部门")


def test_the_rows_of_the_units_add_up_and_the_worst_comes_first(desk: Desk) -> None:
    now, yesterday = desk.clock.now(), desk.clock.now() - timedelta(days=1)
    seed(desk, 3, lead_id=unit(desk, "power"), due_at=yesterday)
    seed(desk, 6, **STRUCK_OFF, lead_id=unit(desk, "labor"), due_at=now, rating=5)
    for number, code in enumerate(("water", "park", "tax", "science", "commerce", "industry"), 1):
        seed(desk, number, lead_id=unit(desk, code))
    seed(desk, 2, state="triage")

    few, all_of_them = told(desk, "各部门"), told(desk, "各部门 更多")

    assert "合计 登记 32，在办 26，超期 3/26，办结 6/32" in few
    assert few.splitlines()[2].startswith("供电公司 ⚫黑旗｜⚫黑旗 3/3｜在办 3 超期 3/3")
    assert len(few.splitlines()) == 9
    assert open_in(few) == open_in(all_of_them) == 26
    assert "人力资源和社会保障局 🔴红旗" in all_of_them
    assert "未分办 🟢绿旗｜⚫黑旗 0/0｜在办 2" in all_of_them


def open_in(table: str) -> int:
    return sum(map(int, re.findall(r"(?:｜|：登记 \d+，)在办 (\d+)", table)))


def test_a_node_of_the_tree_counts_what_is_below_it(desk: Desk) -> None:
    yesterday = desk.clock.now() - timedelta(days=1)
    seed(desk, 1, lead_id=unit(desk, "tax"), due_at=yesterday)
    seed(desk, 8, lead_id=unit(desk, "treasury"), due_at=desk.clock.now() + timedelta(days=1))
    seed(desk, 5, lead_id=unit(desk, "power"))

    assert "统计（单位：税务局，含下属" in told(desk, "统计 税务局")
    assert "登记 1 = 在办 1" in told(desk, "统计 税务局")
    assert "登记 9 = 在办 9" in told(desk, "统计 财政局")
    assert "本月 ⚫黑旗：⚫黑旗 1/9" in told(desk, "统计 财政局")
    assert "规则 flags.toml: unit failing_share" in told(desk, "统计 财政局")
    assert "登记 9" in told(desk, "统计 金融财税专班")
    assert "登记 14" in told(desk, "统计 企业服务活动办")
    assert "合计 登记 9" in told(desk, "各部门 金融财税专班")


def test_what_a_merged_unit_had_counts_with_the_one_that_took_it_over(desk: Desk) -> None:
    seed(desk, 2, lead_id=unit(desk, "water"))
    seed(desk, 3, **STRUCK_OFF, lead_id=unit(desk, "power"))
    with desk.store.write() as session:
        water = people.department(session, "water")
        assert water is not None
        water.valid_to, water.successor_code = desk.now().date(), "power"

    assert "登记 5 = 在办 2 + 销号 3" in told(desk, "统计 供电公司")
    assert "供电公司 🟢绿旗｜⚫黑旗 0/0｜在办 2 超期 0/2｜办结 3/5" in told(desk, "各部门")


def test_the_flags_of_last_month_can_be_looked_up(desk: Desk) -> None:
    seed(desk, 1, **STRUCK_OFF, lead_id=unit(desk, "power"), was_late=True, due_at=desk.clock.now())
    desk.until("2026-10-09T09:00:00+08:00")

    assert "供电公司 🟢绿旗｜⚫黑旗 0/0" in told(desk, "各部门")
    assert "供电公司 ⚫黑旗｜⚫黑旗 1/1" in told(desk, "各部门 上月")
