"""Put to a leader by hand or by rule, or to a higher authority: who hears, who answers, and what goes on."""

from datetime import datetime
from pathlib import Path

from routing.limits import Limits
from store import items
from tests.desk import Desk


def escalations(desk: Desk, number: str = "001") -> list[tuple[str, str, str]]:
    return [(one.level, one.status, one.reason) for one in desk.item(number).escalations]


# -- to the leader by hand


def test_an_officer_asks_the_leader_who_settles_it_with_an_instruction(spoken_with: Desk) -> None:
    assert "请这样写" in (spoken_with.says("李建国", "提级 001") or "")
    assert "已提级" in (spoken_with.says("李建国", "提级 001 要三个单位一起断电") or "")
    spoken_with.later(seconds=1)

    assert spoken_with.pushes_to("马志远") == ["escalated_leader"]
    assert spoken_with.pushes_to("林晓") == ["escalated_coordinator"]
    assert "等批示（要三个单位一起断电）" in (spoken_with.says("林晓", "查 001") or "")
    assert "正等领导批示" in (spoken_with.says("李建国", "提级 001 再催一下") or "")
    assert spoken_with.item().officer.name == "李建国"

    assert "批示已记到" in (spoken_with.says("马志远", "批示 001 由供电公司牵头，周五前断电检修") or "")
    spoken_with.later(seconds=1)

    assert escalations(spoken_with) == [("leader", "answered", "要三个单位一起断电")]
    assert spoken_with.item().escalations[0].answer == "由供电公司牵头，周五前断电检修"
    assert spoken_with.pushes_to("李建国") == ["instructed_officer"]
    assert spoken_with.pushes_to("林晓") == ["instructed_coordinator"]
    assert "等批示" not in (spoken_with.says("林晓", "查 001") or "")


def test_the_coordinator_may_ask_too_and_the_officer_hears_that_it_stays_his(spoken_with: Desk) -> None:
    spoken_with.says("林晓", "提级 001 跨区线路")
    spoken_with.later(seconds=1)

    assert spoken_with.pushes_to("李建国") == ["escalated_officer"]
    assert spoken_with.pushes_to("马志远") == ["escalated_leader"]


def test_a_leader_who_says_nothing_is_reminded_in_working_time(new_desk: object) -> None:
    eve = new_desk(start=datetime.fromisoformat("2026-09-29T15:00:00+08:00"))  # type: ignore[operator]
    eve.says("张伟", "我们厂又跳闸了")
    eve.later(minutes=2)
    eve.says("李建国", "进展 001 看过了")
    eve.says("李建国", "提级 001 跨区线路")
    eve.later(seconds=1)
    eve.forget()

    eve.until("2026-10-08T15:01:00+08:00")  # over National Day: the second working day ends on 8 October
    assert "remind_escalation" not in eve.pushes_to("马志远")
    eve.until("2026-10-08T15:03:00+08:00")
    assert "remind_escalation" in eve.pushes_to("马志远")

    eve.says("马志远", "批示 001 尽快")
    eve.later(seconds=1)
    eve.forget()
    eve.until("2026-10-12T17:00:00+08:00")
    assert "remind_escalation" not in eve.pushes_to("马志远")
    eve.forget()


def test_what_is_resolved_or_ended_is_not_put_to_a_leader_and_waits_for_none(spoken_with: Desk) -> None:
    spoken_with.says("李建国", "提级 001 跨区线路")
    spoken_with.says("李建国", "办结 001 已换断路器")
    spoken_with.later(seconds=1)
    spoken_with.forget()

    assert escalations(spoken_with) == [("leader", "void", "跨区线路")]
    assert "只有在办的事项" in (spoken_with.says("林晓", "提级 001 再看看") or "")
    assert "只有在办的事项" in (spoken_with.says("林晓", "提请上级 001 再看看") or "")


# -- to the leader by rule


def test_two_objections_bring_it_before_a_leader_once(spoken_with: Desk) -> None:
    spoken_with.says("林晓", "派单 001 赵刚")
    spoken_with.says("赵刚", "退回 001 不归专班")
    spoken_with.later(seconds=1)
    spoken_with.forget()
    assert escalations(spoken_with) == []

    spoken_with.says("林晓", "派单 001 周敏")
    spoken_with.says("周敏", "退回 001 不归金融办")
    spoken_with.later(seconds=1)

    assert escalations(spoken_with) == [("leader", "asked", "returns")]
    assert spoken_with.item().grade == 4
    assert spoken_with.pushes_to("马志远") == ["auto_escalated_leader"]
    assert "auto_escalated_coordinator" in spoken_with.pushes_to("林晓")
    why = spoken_with.says("林晓", "为什么 001") or ""
    assert "多次被退回" in why
    assert "limits.toml: escalation: returns" in why
    assert "B 部门办 D 领导办｜规则 limits.toml: escalation: returns_grade" in why

    spoken_with.says("马志远", "批示 001 由供电公司办")
    # 30 working days from registration, as every leader's matter
    assert "领导办，时限 11月13日 周五 17:30" in (spoken_with.says("林晓", "派单 001 供电公司 李建国") or "")
    spoken_with.later(days=1)
    assert "auto_escalated_leader" not in spoken_with.pushes_to("马志远")
    assert escalations(spoken_with) == [("leader", "answered", "returns")]
    spoken_with.forget()


def test_what_is_overdue_by_five_working_days_is_put_to_a_leader_but_not_over_a_weekend(spoken_with: Desk) -> None:
    spoken_with.until("2026-10-20T17:00:00+08:00")  # due on Tuesday the 13th, a weekend between
    spoken_with.forget("马志远")
    assert escalations(spoken_with) == []

    spoken_with.until("2026-10-21T09:00:00+08:00")

    assert escalations(spoken_with) == [("leader", "asked", "overdue")]
    assert "auto_escalated_leader" in spoken_with.pushes_to("马志远")
    assert "ladder.toml: escalate" in (spoken_with.says("林晓", "为什么 001") or "")
    spoken_with.forget()


def test_a_leaders_matter_is_before_the_leader_at_once_and_an_easy_one_never(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    with desk.store.write() as session:
        items.by_short_number(session, "main", "001", 1)[0].grade = 4
    desk.later(minutes=2)
    assert escalations(desk) == [("leader", "asked", "grade")]
    assert desk.pushes_to("马志远") == ["auto_escalated_leader"]

    desk.says("刘洋", "冷库门口路灯不亮")
    with desk.store.write() as session:
        items.by_short_number(session, "main", "002", 1)[0].grade = 1
    desk.until("2026-10-23T18:00:00+08:00")
    assert desk.item("002").escalations == []
    desk.forget()


def test_an_item_only_its_receiver_sees_is_put_to_no_leader(desk: Desk) -> None:
    desk.says("陈晨", "供电那边有人办事要好处，不给就拖着")
    desk.later(minutes=1)
    with desk.store.write() as session:
        items.by_short_number(session, "main", "9001", 1)[0].grade = 4
    desk.until("2026-10-23T18:00:00+08:00")

    assert escalations(desk, "9001") == []
    assert desk.pushes_to("马志远") == []
    desk.forget()


# -- to a higher authority


def test_a_higher_authority_is_asked_the_item_stays_here_and_the_clock_runs_on(spoken_with: Desk) -> None:
    before = spoken_with.item().due_at
    assert "没有等上级答复" in (spoken_with.says("林晓", "提请上级") or "")

    assert "仍由供电公司 李建国负责，时限照走" in (spoken_with.says("林晓", "提请上级 001 省级电价政策") or "")
    spoken_with.later(seconds=1)

    assert spoken_with.pushes_to("李建国") == ["superior_asked_officer"]
    assert spoken_with.pushes_to("马志远") == []
    assert (spoken_with.item().state, spoken_with.item().due_at) == ("handling", before)
    assert "正等答复" in (spoken_with.says("林晓", "提请上级 001 再报") or "")

    spoken_with.until("2026-10-12T10:00:00+08:00")
    assert "remind_superior" in spoken_with.pushes_to("林晓")
    listed = spoken_with.says("林晓", "提请上级") or ""
    assert "等上级答复 1/1 件" in listed
    assert "9月28日 周一提请，已等 14 天｜省级电价政策" in listed
    spoken_with.forget()

    assert "请这样写" in (spoken_with.says("林晓", "上级答复 001") or "")
    assert "已记到 20260928-001" in (spoken_with.says("林晓", "上级答复 同意按一般工商业执行") or "")
    spoken_with.later(seconds=1)

    assert spoken_with.pushes_to("李建国") == ["superior_answered_officer"]
    assert escalations(spoken_with) == [("superior", "answered", "省级电价政策")]
    assert "没有等上级答复" in (spoken_with.says("林晓", "上级答复 001 又来一份") or "")
    assert "没有等上级答复" in (spoken_with.says("林晓", "提请上级") or "")


def test_an_answer_from_above_is_awaited_until_the_item_has_ended(spoken_with: Desk) -> None:
    spoken_with.says("林晓", "提请上级 001 省级电价政策")
    spoken_with.says("李建国", "办结 001 先按原价执行，已与企业说明")
    spoken_with.later(seconds=1)
    spoken_with.forget()
    assert escalations(spoken_with) == [("superior", "asked", "省级电价政策")]
    assert "1/1 件" in (spoken_with.says("林晓", "提请上级") or "")

    for who, said in (("张伟", "满意"), ("林晓", "核实 001 通过"), ("林晓", "销号 001")):
        spoken_with.says(who, said)

    assert escalations(spoken_with) == [("superior", "void", "省级电价政策")]
    spoken_with.later(seconds=1)
    spoken_with.forget()


def test_only_the_office_asks_above(spoken_with: Desk) -> None:
    assert "不是您这边能用的命令" in (spoken_with.says("李建国", "提请上级 001 电价") or "")
    assert "不是您这边能用的命令" in (spoken_with.says("张伟", "提级 001 快点") or "")


def test_what_goes_to_the_leader_by_rule_is_a_setting(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "routing" / "limits.toml").read_text(encoding="utf-8")
    changed = shipped.replace("returns = 2 ", "returns = 3 ").replace("grades = [4]", "grades = [3, 4]")
    (tmp_path / "limits.toml").write_text(changed, encoding="utf-8")

    shipped_limits, own = Limits.load(), Limits.load(tmp_path)
    assert (shipped_limits.escalation_returns, sorted(shipped_limits.escalation_grades)) == (2, [4])
    assert (own.escalation_returns, sorted(own.escalation_grades)) == (3, [3, 4])
