"""办结: how an item ends, said in one line; the enterprise is told, and silence of somebody untold says nothing."""

from pathlib import Path

import pytest

from routing.results import Results
from store import reports
from store.facts import FactError
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


def planned(desk: Desk) -> str:
    moment = desk.item().planned_at
    return f"{desk.service.policy.calendar.local(moment):%Y-%m-%d %H:%M}" if moment else ""


@pytest.mark.parametrize(
    ("said", "code", "by"),
    [
        ("变压器已换好", "solved", ""),
        ("已对接供电公司，换了断路器，现在正常", "solved", ""),
        ("列入线路改造计划，12月底前完成", "planned", "2026-12-31 17:30"),
        ("部分解决，余下的明年3月换", "planned", "2027-03-31 17:30"),
        ("按文件不符合政策，已当面说明", "explained", ""),
        ("厂区内线不属我们职责，已转物业维修队", "not_in_remit", ""),
    ],
)
def test_one_line_says_how_it_ended(signed: Desk, said: str, code: str, by: str) -> None:
    assert "已报办结" in (signed.says("李建国", f"办结 001 {said}") or "")
    signed.later(seconds=1)

    item = signed.item()
    assert (item.state, item.result_code, item.result, planned(signed)) == ("resolved", code, said, by)
    [told] = signed.bodies_to("张伟")
    assert "20260928-001" in told
    assert "李建国（供电公司）" in told
    assert said in told
    signed.forget()


def test_a_plan_tells_the_enterprise_until_when(signed: Desk) -> None:
    signed.says("李建国", "办结 001 列入计划 12月底")
    signed.later(seconds=1)

    assert "12月31日 周四 前落实" in signed.bodies_to("张伟")[0]
    signed.forget()


def test_what_is_handed_on_says_to_whom_and_is_out_of_scope(signed: Desk) -> None:
    assert "写明转给了谁" in (signed.says("李建国", "办结 001 不属职责") or "")
    assert signed.item().state == "handling"

    signed.says("李建国", "办结 001 不属职责 已转省电力公司")
    signed.later(seconds=1)

    assert signed.item().scope == "not_in_remit"
    assert "省电力公司" in signed.bodies_to("张伟")[0]
    signed.forget()


def test_what_belongs_to_a_unit_of_the_office_is_handed_over_and_not_ended(signed: Desk) -> None:
    told = signed.says("李建国", "办结 001 不归我们管，已转园区管委会") or ""

    assert "转办 001 园区管委会" in told
    assert signed.item().state == "handling"


@pytest.mark.parametrize("said", ["供需双方正在对接", "已报财政，近期拨付", "方案正在研究"])
def test_what_is_not_settled_yet_is_no_end(signed: Desk, said: str) -> None:
    told = signed.says("李建国", f"办结 001 {said}") or ""

    assert "还不算办结" in told
    assert "进展 001" in told
    assert signed.item().state == "handling"


def test_whoever_has_settled_it_all_the_same_says_so_in_one_tap(signed: Desk) -> None:
    signed.says("李建国", "办结 001 之前一直在对接中，今天送上电了")

    signed.says("李建国", "办结 20260928-001 已解决")  # what the button says
    signed.later(seconds=1)

    item = signed.item()
    assert (item.state, item.result_code, item.result) == (
        "resolved",
        "solved",
        "已解决，之前一直在对接中，今天送上电了",
    )
    signed.forget()


def test_a_plan_without_a_date_is_asked_for_one_and_a_tap_is_enough(signed: Desk) -> None:
    assert "什么时候落实" in (signed.says("李建国", "办结 001 已列入明年改造计划") or "")
    assert signed.item().state == "handling"

    signed.says("李建国", "办结 20260928-001 列入计划 2026-12-31")  # what the button says
    signed.later(seconds=1)

    item = signed.item()
    assert (item.result_code, item.result, planned(signed)) == (
        "planned",
        "已列入明年改造计划",
        "2026-12-31 17:30",
    )
    signed.forget()


def test_the_day_may_be_written_too_and_joins_what_was_said(signed: Desk) -> None:
    signed.says("李建国", "办结 001 已列入明年改造计划")
    signed.says("李建国", "办结 001 列入计划 明年3月")
    signed.later(seconds=1)

    assert (signed.item().result, planned(signed)) == ("已列入明年改造计划，明年3月", "2027-03-31 17:30")
    signed.forget()


def test_whoever_says_it_anew_is_taken_by_the_new_words(signed: Desk) -> None:
    signed.says("李建国", "办结 001 正在协调厂家")
    signed.says("李建国", "办结 001 列入计划，12月底前换线路")
    signed.later(seconds=1)

    item = signed.item()
    assert (item.result_code, item.result) == ("planned", "列入计划，12月底前换线路")
    assert "results.toml: planned" in (signed.says("林晓", "为什么 001") or "")
    signed.forget()


def test_nothing_is_handed_on_to_the_unit_that_has_it(signed: Desk) -> None:
    assert "写明转给了谁" in (signed.says("李建国", "办结 001 不属职责，已转供电公司") or "")
    assert signed.item().state == "handling"


def test_words_of_two_ends_are_asked_about(signed: Desk) -> None:
    assert "怎么结的" in (signed.says("李建国", "办结 001 已解释清楚，跳闸问题解决了") or "")
    assert signed.item().state == "handling"

    signed.says("李建国", "办结 20260928-001 已解释")
    signed.later(seconds=1)

    assert signed.item().result_code == "explained"
    signed.forget()


def test_a_wrong_end_is_corrected_in_one_tap_and_the_enterprise_told(signed: Desk) -> None:
    signed.says("李建国", "办结 001 今年的指标用完了")
    signed.later(seconds=1)
    signed.forget()

    assert "改为：列入计划，3月31日" in (signed.says("李建国", "结果 001 列入计划 明年3月") or "")
    signed.later(seconds=1)

    assert (signed.item().result_code, planned(signed)) == ("planned", "2027-03-31 17:30")
    assert signed.pushes_to("张伟") == ["resolved_planned_contact"]
    for wrong in ("很好", "对接中"):
        assert "请这样写" in (signed.says("李建国", f"结果 001 {wrong}") or "")
    assert "供电公司 李建国" in (signed.says("林晓", "查 001") or "")
    signed.forget()


def test_nobody_else_corrects_it_and_nobody_after_it_went_back(signed: Desk) -> None:
    signed.says("李建国", "办结 001 换了保险")
    assert "没有找到" in (signed.says("周敏", "结果 001 已解释") or "")

    signed.says("张伟", "不满意 001 没换")

    assert "不能“结果”" in (signed.says("李建国", "结果 001 已解释") or "")
    assert signed.item().result_code is None
    signed.later(seconds=1)
    signed.forget()


def test_a_result_of_two_words_is_accepted_and_pointed_out_to_the_verifier(signed: Desk) -> None:
    signed.says("李建国", "办结 001 好了")
    signed.says("林晓", "今日")
    signed.says("张伟", "满意")
    signed.later(seconds=1)

    [told] = signed.bodies_to("林晓")
    assert "写得太简单" in told
    signed.forget()


def test_pictures_before_and_after_the_word_belong_to_it(signed: Desk) -> None:
    signed.says("陈晨", "厂门口停电了")
    signed.later(minutes=2)
    signed.forget()

    signed.later(minutes=40)
    waiting = signed.says("李建国", MsgType="image", PicUrl="http://mmbiz.qpic.cn/x", MediaId="m1") or ""
    assert "放到哪件事上" in waiting
    signed.says("李建国", "办结 001 换了断路器")
    after = signed.says("李建国", MsgType="image", PicUrl="http://mmbiz.qpic.cn/y", MediaId="m2") or ""
    signed.says("林晓", "今日")
    signed.says("张伟", "满意 001")
    signed.later(seconds=1)

    assert "已并入 20260928-001" in after
    with signed.store.read() as session:
        assert reports.evidence(session, signed.item()) == 2
    assert "附图 2" in signed.bodies_to("林晓")[-1]
    signed.forget()


def test_the_enterprise_hears_on_the_same_day(signed: Desk) -> None:
    signed.until("2026-09-28T17:10:00+08:00")
    signed.forget()
    signed.says("李建国", "办结 001 换了断路器")
    signed.until("2026-09-28T17:30:00+08:00")

    assert signed.pushes_to("张伟") == ["resolved_contact"]
    signed.forget()


def test_silence_of_somebody_who_was_never_told_is_not_taken_for_an_answer(signed: Desk) -> None:
    signed.phones.ways = ("custom",)
    signed.later(days=2, hours=1)  # the contact's 48 hours are over: nothing reaches him
    signed.says("李建国", "办结 001 换了断路器")
    signed.until("2026-10-13T09:00:00+08:00")
    signed.says("林晓", "今日")
    signed.until("2026-10-14T18:00:00+08:00")

    assert signed.item().state == "rated"
    assert "lapsed_untold_coordinator" in signed.pushes_to("林晓")

    signed.phones.ways = ("custom", "template")
    signed.until("2026-10-28T18:00:00+08:00")  # meanwhile it was told that it is being checked, which is no result
    assert "interim_checking" in signed.pushes_to("张伟")
    assert "要问清：答复" in (signed.says("林晓", "核实 001 通过 是") or "")
    assert signed.item().state == "rated"
    signed.forget()


def test_an_office_says_itself_which_words_end_an_item(signed: Desk, tmp_path: Path) -> None:
    shipped = Path("routing/results.toml").read_text(encoding="utf-8")
    (tmp_path / "results.toml").write_text(shipped.replace('"正在研究"', '"上会研究"'), encoding="utf-8")

    assert [result.code for result in Results.load().told("方案正在研究")] == ["matching"]
    assert Results.load(tmp_path).told("方案正在研究") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "solved"', 'code = "fixed"', "solved"),
        ('otherwise = "solved"', 'otherwise = "planned"', "otherwise"),
        ("thin = 4", 'thin = "4"', "thin"),
        ("done = false", "done = true", "done"),
        ('words = ["已解决"', 'words = ["", "已解决"', "empty word"),
    ],
)
def test_a_wrong_table_stops_the_start(tmp_path: Path, old: str, new: str, said: str) -> None:
    shipped = Path("routing/results.toml").read_text(encoding="utf-8")
    (tmp_path / "results.toml").write_text(shipped.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(FactError, match=said):
        Results.load(tmp_path)
