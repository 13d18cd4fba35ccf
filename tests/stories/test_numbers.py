"""The figures leaders read: the real ones of public reports, seeded and printed; and sums that must hold."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from routing.metrics import Metrics
from store.facts import FactError
from tests.desk import Desk
from tests.seed import STRUCK_OFF, seed


def told(desk: Desk, said: str, by: str = "林晓") -> str:
    return desk.says(by, said) or ""


# -- figures of public reports (domain.md, section 8)


def test_suzhou_what_waits_by_category_sums_to_what_is_open(desk: Desk) -> None:
    waiting = {"SUBSIDY": 15 + 5, "LABOR": 34, "MARKET": 1, "FINANCE": 28, "POLICY": 10, "PERMIT": 16, "OTHER": 15}
    for category, count in waiting.items():
        seed(desk, count, category=category)
    seed(desk, 376, **STRUCK_OFF)

    said = told(desk, "统计")

    assert "登记 500 = 在办 124 + 销号 376 + 撤回/不予受理/合并 0" in said
    assert "问题解决率 376/500（75.2%）" in said
    assert (
        "在办分类（合计 124）：用工人才 34、融资资金 28、政策兑现 20、审批手续 16、其他 15、政策咨询 10、市场开拓 1"
        in said
    )
    assert sum(map(int, re.findall(r" (\d+)(?=、|$)", said.split("合计 124）：")[1].splitlines()[0]))) == 124


def test_suzhou_solved_on_the_spot_is_done_on_the_day_of_its_number(desk: Desk) -> None:
    night = desk.clock.now() + timedelta(hours=16)  # past midnight where the office is, the same day in UTC
    seed(desk, 324, **STRUCK_OFF, grade=1)
    seed(desk, 100, **STRUCK_OFF, grade=2)
    seed(desk, 16, **STRUCK_OFF, grade=1, resolved_at=night)

    said = told(desk, "统计 更多")

    assert "现场办结率 324/440（73.64%）" in said
    assert "办结率 440/440（100%）" in said


def test_liangjiang_what_is_not_in_the_remit_is_counted_apart_and_not_lost(desk: Desk) -> None:
    seed(desk, 198, **STRUCK_OFF)
    seed(desk, 111)
    seed(desk, 167, state="refused", scope="not_in_remit")

    said = told(desk, "统计")

    assert "登记 476" in said
    assert "不属职责 167/476" in said
    assert "问题解决率 198/309（64.08%）" in said
    assert "受理率 309/476" in said


@pytest.mark.parametrize(
    ("done", "accepted", "printed"),
    [(1715, 2274, "75.42%"), (288, 298, "96.64%"), (67, 69, "97.1%"), (1669, 1693, "98.58%"), (31, 56, "55.36%")],
)
def test_huaibei_and_others_print_the_percentage_that_was_published(
    desk: Desk, done: int, accepted: int, printed: str
) -> None:
    seed(desk, done, **STRUCK_OFF)
    seed(desk, accepted - done)

    assert f"办结率 {done}/{accepted}（{printed}）" in told(desk, "统计 更多")


def test_puer_accepts_what_is_neither_refused_nor_waiting(desk: Desk) -> None:
    seed(desk, 31)
    seed(desk, 25, state="refused")

    assert "受理率 31/56（55.36%）" in told(desk, "统计")


def test_anqing_and_the_thousand_officers_sum(desk: Desk) -> None:
    for category, count in zip(
        ("UTILITY", "SUBSIDY", "PERMIT", "TECH", "EHS", "OTHER"), (29, 28, 44, 6, 17, 23), strict=True
    ):
        seed(desk, count, category=category)

    assert "在办分类（合计 147）" in told(desk, "统计")


def test_what_a_superior_assigned_is_shown_apart(desk: Desk) -> None:
    seed(desk, 67, **STRUCK_OFF, source="superior")
    seed(desk, 2, source="superior", due_at=desk.clock.now() - timedelta(days=1))
    seed(desk, 229, **STRUCK_OFF)

    assert "上级交办件 办结 67/69，超期 2" in told(desk, "统计 更多")


def test_two_channels_are_named_with_what_each_brought(desk: Desk) -> None:
    seed(desk, 440)
    seed(desk, 60, source="platform")

    assert "来源（合计 500）：聊天 440、平台 60" in told(desk, "统计 更多")
    assert "统计（来源：平台" in told(desk, "统计 平台")
    assert "登记 60 = 在办 60" in told(desk, "统计 平台")


# -- each rate on its own


def test_a_rate_is_shown_with_its_share_of_rated_and_of_extended(desk: Desk) -> None:
    seed(desk, 2, **STRUCK_OFF, rating=5)
    seed(desk, 1, rating=1, resolved_at=desk.clock.now())
    seed(desk, 3, **STRUCK_OFF)

    assert "企业满意率 2/3（66.67%），办结件评价过的 2/5" in told(desk, "统计")


def test_signed_in_time_counts_who_signed_and_whose_time_is_over(desk: Desk) -> None:
    now = desk.clock.now()
    limit = {"assigned_at": now, "sign_due_at": now + timedelta(hours=1)}
    seed(desk, 3, **limit, signed_at=now)
    seed(desk, 1, **limit, signed_at=now + timedelta(hours=2))
    seed(desk, 5, state="assigned", assigned_at=now, sign_due_at=now + timedelta(days=30))
    seed(desk, 2, state="assigned", assigned_at=now, sign_due_at=now - timedelta(hours=1))

    assert "按时签收率 3/6（50%）" in told(desk, "统计")


def test_the_rates_of_items_that_went_their_way_by_chat(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("刘洋", "缺二十名分拣工，订单赶不出来")
    desk.later(minutes=2)
    desk.says("李建国", "签收 001")
    desk.says("李建国", "延期 001 2天 等断路器到货")
    desk.says("林晓", "同意延期 001")
    desk.says("李建国", "办结 001 已解决，换了断路器")
    desk.says("张伟", "满意")
    desk.says("林晓", "核实 001 通过")
    desk.says("林晓", "销号 001")
    desk.until("2026-10-16T09:00:00+08:00")
    desk.forget()

    said = told(desk, "统计")

    assert "登记 2 = 在办 1 + 销号 1" in said
    assert "受理率 2/2（100%）" in said
    assert "按时签收率 1/2（50%）" in said
    assert "按期办结率 1/2（50%），其中延期的 1/1" in said
    assert "问题解决率 1/2（50%）" in said
    assert "企业满意率 1/1（100%），办结件评价过的 1/1" in said
    assert "超期 1/1" in said


def test_in_time_is_of_what_is_due_and_a_pause_is_not_overdue(desk: Desk) -> None:
    before, now = desk.clock.now() - timedelta(days=1), desk.clock.now()
    seed(desk, 3, **STRUCK_OFF, due_at=now)
    seed(desk, 1, **STRUCK_OFF, due_at=before, was_late=True)
    seed(desk, 2, due_at=before)
    seed(desk, 4, due_at=before, paused_until=now + timedelta(days=9))
    seed(desk, 7, due_at=now + timedelta(days=9))

    said = told(desk, "统计")

    assert "按期办结率 3/6（50%）" in said
    assert "超期 2/13" in said


def test_redone_reopened_returned_and_repeated(desk: Desk) -> None:
    seed(desk, 6, **STRUCK_OFF)
    seed(desk, 1, **STRUCK_OFF, round=2)
    seed(desk, 1, returns=1)
    seed(desk, 2, action="reopen")
    seed(desk, 1, state="merged")
    seed(desk, 1, enterprise_id=1, category="LAND", registered_at=desk.clock.now() - timedelta(days=40))
    seed(desk, 2, enterprise_id=1, category="LAND")

    said = told(desk, "统计 更多")

    assert "重办率 1/7" in said
    assert "退单率 1/13" in said
    assert "重开率 2/9" in said
    assert "重复诉求率 2/14" in said


def test_handling_time_is_counted_in_working_hours(desk: Desk) -> None:
    for hours in (1, 2, 24):  # done at 10:00, at 11:00 and a day later: a day has seven and a half working hours
        seed(desk, 1, **STRUCK_OFF, resolved_at=desk.clock.now() + timedelta(hours=hours))
    day = desk.service.policy.calendar.day_seconds / 3600

    said = told(desk, "统计 更多")

    assert f"平均办理时长 {(3 + day) / 3:.1f} 工时，中位数 2.0 工时（最近办结 3 件）" in said


def test_of_nothing_done_there_is_no_mean(desk: Desk) -> None:
    seed(desk, 1)

    assert "平均办理时长：还没有办结的" in told(desk, "统计 更多")


def test_who_has_heard_nothing_for_seven_working_days_is_counted(desk: Desk) -> None:
    seed(desk, 2)
    seed(desk, 1, registered_at=desk.clock.now() - timedelta(days=60))
    seed(desk, 1, registered_at=desk.clock.now() - timedelta(days=60), heard_at=desk.clock.now())

    assert "未回音 1/4（7 个工作日" in told(desk, "统计 更多")


def test_the_formula_is_printed_from_the_table_that_counts(desk: Desk) -> None:
    said = told(desk, "统计 口径")

    for metric in desk.service.policy.metrics.metrics:
        assert desk.service.texts.label("metric", metric.name) in said
    assert "受理率 = 已受理（职责内） ÷ 登记（按登记时间）" in said
    assert "done" not in said


def test_an_office_may_define_a_rate_another_way(tmp_path: Path, new_desk: Any) -> None:
    shipped = (Path("routing") / "metrics.toml").read_text(encoding="utf-8")
    (tmp_path / "metrics.toml").write_text(
        shipped.replace('over = "accepted"', 'over = "received"'), encoding="utf-8"
    )
    desk = new_desk(config_dir=tmp_path)
    seed(desk, 198, **STRUCK_OFF)
    seed(desk, 278)

    assert "问题解决率 198/476（41.6%）" in told(desk, "统计")
    assert "问题解决率 = 办结且结果为已解决 ÷ 登记" in told(desk, "统计 口径")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('of = "solved"', 'of = "solvd"', "metric solved: unknown count 'solvd'"),
        ('by = "due"', 'by = "birthday"', "metric in_time: unknown moment 'birthday'"),
        ('name = "solved"', 'name = "redone"', "'redone' is given twice"),
        ("newest = 2000", "newest = 0", "times: newest"),
        ("headline = true", "heading = true", "unknown entry"),
    ],
)
def test_a_table_of_metrics_that_makes_no_sense_stops_the_start(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    shipped = (Path("routing") / "metrics.toml").read_text(encoding="utf-8")
    (tmp_path / "metrics.toml").write_text(shipped.replace(right, wrong), encoding="utf-8")

    with pytest.raises(FactError, match=said):
        Metrics.load(tmp_path)


# -- periods, filters


def test_a_period_counts_what_was_registered_due_and_done_in_it(desk: Desk) -> None:
    seed(desk, 4, registered_at=desk.clock.now() - timedelta(days=1))
    seed(desk, 1, **STRUCK_OFF, registered_at=desk.clock.now() - timedelta(days=1), resolved_at=desk.clock.now())
    seed(desk, 2)

    said = told(desk, "今日")

    assert "收到 2 = 在办 2 + 销号 0" in said
    assert "当期办结 1" in said
    assert "现在在办 6" in said
    assert "受理率 2/2" in said
    assert "收到 2" in told(desk, "本周")
    assert "收到 7" in told(desk, "本月")


@pytest.mark.parametrize("said", ["统计 火星", "今日 火星"])
def test_a_name_nobody_knows_gets_an_answer_that_helps(desk: Desk, said: str) -> None:
    assert "没有叫“火星”的来源、活动或单位" in told(desk, said)
    assert "一次只能按一个" in told(desk, "统计 热线 供电公司")


def test_every_screen_fits_a_phone(desk: Desk) -> None:
    for category in ("LAND", "PERMIT", "FINANCE", "LABOR", "UTILITY", "INFRA", "SUBSIDY", "POLICY", "TECH", "EHS"):
        seed(desk, 3, category=category)

    for said in ("统计", "统计 更多", "今日", "本月 更多"):
        assert len(told(desk, said).splitlines()) <= 20, said


# -- supervised items


def test_supervise_without_a_number_lists_what_is_supervised_and_how_it_stands(desk: Desk) -> None:
    assert "没有督办件" in told(desk, "督办")
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("林晓", "督办 001 今天回复")
    desk.says("李建国", "签收 001")

    said = told(desk, "督办", by="马志远")

    assert "督办件 1 件在办，超期 0/1" in said
    assert "龙源精密机械有限公司｜办理中｜供电公司 李建国" in said
    desk.later(seconds=1)
    desk.forget()
