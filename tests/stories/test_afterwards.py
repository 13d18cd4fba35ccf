"""After the end: the second look, what comes back, the old matter or a new one, withdrawals that were asked for."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from routing.afterwards import Afterwards, place_of
from store import items
from store.facts import FactError
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once

SHIPPED = Path("routing/afterwards.toml")


def closed(desk: Desk, *, grade: int = 2, result: str = "换了断路器") -> Desk:
    """Zhang Wei's trip, closed with everybody satisfied; nobody's phone is of interest before this."""
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    with desk.store.write() as session:
        items.by_short_number(session, "main", "001", 1)[0].grade = grade
    for who, said in (
        ("李建国", "签收 001"),
        ("李建国", f"办结 001 {result}"),
        ("张伟", "满意 001"),
        ("林晓", "核实 001 通过"),
        ("林晓", "销号 001"),
    ):
        desk.says(who, said)
    desk.later(seconds=1)
    assert desk.item().state == "closed"
    desk.forget()
    return desk


@pytest.fixture
def hard(desk: Desk) -> Desk:
    """A hard item of 28 September, and its second look on 28 October."""
    closed(desk, grade=4)
    return desk


@pytest.fixture
def usual(desk: Desk) -> Desk:
    return closed(desk)


def numbers(said: str | None) -> str:
    return (said or "").partition("\n")[0]


# -- the second look


def test_every_hard_item_is_looked_at_after_thirty_days(hard: Desk) -> None:
    hard.until("2026-10-28T08:00:00+08:00")
    assert hard.pushes_to("张伟") == []

    assert "10月28日 周三 09:02，企业（回头看）" in (hard.says("林晓", "查 001") or "")

    hard.until("2026-10-28T10:00:00+08:00")

    assert hard.pushes_to("张伟") == ["followup_contact"]
    assert "回头看 0/1" in numbers(hard.says("林晓", "回头看"))
    assert "afterwards.toml: followup, grade 4" in (hard.says("林晓", "为什么 001") or "")


def test_of_the_others_a_sample_is_chosen_by_their_number(usual: Desk) -> None:
    assert usual.item().followup_at is None
    assert f"share 0.1: place {place_of('20260928-001')} of 100" in (usual.says("林晓", "为什么 001") or "")

    usual.later(days=60)

    assert usual.pushes_to("张伟") == []


def test_the_sample_is_as_large_as_it_is_said_to_be_and_always_the_same() -> None:
    days = [f"2026{month:02d}{day:02d}" for month in range(1, 13) for day in range(1, 29)]
    places = [place_of(f"{day}-{n:03d}") for day in days for n in range(1, 11)]

    assert 0.08 < sum(place < 10 for place in places) / len(places) < 0.12
    assert place_of("20260928-001") == 15


def test_an_office_that_looks_at_everything_looks_at_this_too(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "afterwards.toml").write_text(
        SHIPPED.read_text(encoding="utf-8").replace("share = 0.10", "share = 1")
    )
    closed(desk)
    item, at = desk.item(), desk.clock.now()
    calendar = desk.service.policy.calendar

    assert Afterwards.load().looked_at(item, at, calendar)[0] is None
    assert Afterwards.load(tmp_path).looked_at(item, at, calendar)[0] == calendar.next_open(at + timedelta(days=30))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("share = 0.10", "share = 10", "share"),
        ("days = 30  ", "days = 0  ", "days"),
        ("[withdrawal]", "[withdrawals]", "withdrawal"),
        ('words = ["让我撤"', 'words = ["", "让我撤"', "empty word"),
    ],
)
def test_a_wrong_table_stops_the_start(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "afterwards.toml").write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(FactError, match=said):
        Afterwards.load(tmp_path)


def test_all_is_well_says_the_enterprise_and_the_office_notes_it(hard: Desk) -> None:
    hard.until("2026-10-28T10:00:00+08:00")
    hard.forget()

    assert "记为稳定" in (hard.says("张伟", "稳定 001") or "")
    hard.later(seconds=1)
    assert hard.pushes_to("林晓") == ["followup_steady_coordinator"]
    assert "企业说都好" in (hard.says("林晓", "回头看") or "")
    assert hard.item().followup == "asked"  # the office has the last word

    assert "回头看：稳定" in (hard.says("林晓", "回头看 001 稳定") or "")
    assert "回头看 1/1（已看/应看" in numbers(hard.says("林晓", "回头看"))
    hard.later(days=30)
    assert (hard.item().followup, hard.item().state, hard.item().next_check_at) == ("stable", "closed", None)


def test_all_is_well_is_answered_kindly_where_nobody_has_asked(desk: Desk) -> None:
    assert "现在没有等您回话的回头看" in (desk.says("张伟", "稳定") or "")
    assert "20260928-001" in (desk.says("张伟", "稳定 电压不够，老是跳闸") or "")
    desk.later(minutes=2)
    desk.forget()


def test_the_enterprise_is_asked_once_and_the_office_until_it_has_looked(hard: Desk) -> None:
    hard.until("2026-11-06T18:00:00+08:00")

    assert hard.pushes_to("张伟") == ["followup_contact"]
    assert hard.pushes_to("林晓") == ["followup_waits"] * 2
    assert "企业没有回" in (hard.says("林晓", "回头看") or "")


def test_what_has_come_back_goes_to_its_former_owner_one_round_later(hard: Desk) -> None:
    hard.until("2026-10-28T10:00:00+08:00")
    hard.forget()
    assert "请这样写" in (hard.says("林晓", "回头看 001 反弹") or "")

    assert "第 2 轮" in (hard.says("林晓", "回头看 001 反弹 又跳闸了，昨天两次") or "")
    hard.later(seconds=1)

    item = hard.item()
    assert (item.number, item.state, item.round, item.officer.name) == ("20260928-001", "assigned", 2, "李建国")
    assert (item.followup, item.attention) == ("rebound", 1)
    assert hard.pushes_to("李建国") == ["reopened_officer", "auto_escalated_officer"]  # grade 4: at once
    assert hard.pushes_to("刘卫东") == ["rebound_head"]
    assert hard.pushes_to("张伟") == ["reopened_contact"]
    assert "反弹 1" in numbers(hard.says("林晓", "回头看"))
    assert hard.pushes_to("马志远") == ["auto_escalated_leader"]
    assert hard.pushes_to("林晓") == ["auto_escalated_coordinator"]


def test_what_was_never_done_is_a_false_closing(hard: Desk) -> None:
    hard.until("2026-10-28T10:00:00+08:00")
    hard.forget()

    hard.says("林晓", "回头看 001 虚假 断路器没有换过")
    hard.later(seconds=1)

    item = hard.item()
    assert (item.state, item.round, item.followup, item.attention) == ("assigned", 2, "false", 3)
    assert "false_closing" in hard.actions()
    # Of the hardest grade, and at work again: it is a leader's matter anew.
    assert hard.pushes_to("马志远") == ["false_head", "auto_escalated_leader"]
    assert hard.pushes_to("李建国") == ["false_officer", "auto_escalated_officer"]
    hard.forget()


def test_a_false_closing_is_found_without_waiting_for_the_second_look(usual: Desk) -> None:
    assert "虚假办结" in (usual.says("林晓", "核实 001 虚假 断路器没有换过") or "")
    usual.later(seconds=1)

    assert (usual.item().state, usual.item().followup) == ("assigned", "false")
    assert usual.pushes_to("马志远") == ["false_head"]
    usual.forget()


def test_a_second_close_is_looked_at_anew(hard: Desk) -> None:
    hard.says("林晓", "回头看 001 反弹 又跳闸了")
    for who, said in (
        ("李建国", "办结 001 变压器增容"),
        ("张伟", "满意 001"),
        ("林晓", "核实 001 通过"),
        ("林晓", "销号 001"),
    ):
        hard.says(who, said)
    hard.later(seconds=1)
    hard.forget()
    assert (hard.item().state, hard.item().followup) == ("closed", None)

    hard.until("2026-10-28T18:00:00+08:00")

    assert hard.pushes_to("张伟") == ["followup_contact"]


def test_a_plan_comes_back_on_its_day_to_officer_office_and_enterprise(desk: Desk) -> None:
    closed(desk, result="列入计划 12月31日前更换线路")
    desk.until("2026-12-30T20:00:00+08:00")
    assert desk.pushes_to("李建国") == []

    desk.until("2026-12-31T12:00:00+08:00")

    assert desk.pushes_to("李建国") == ["followup_planned_officer"]
    assert desk.pushes_to("林晓") == ["followup_planned_coordinator"]
    assert desk.pushes_to("张伟") == ["followup_planned_contact"]
    assert "回头看 0/1" in numbers(desk.says("林晓", "回头看"))

    desk.says("张伟", "接着 001")  # the button "not yet"
    desk.later(seconds=1)
    assert (desk.item().state, desk.item().round) == ("assigned", 2)
    desk.forget()


def test_after_months_it_goes_to_whoever_has_the_owners_work_now(hard: Desk) -> None:
    with hard.store.write() as session:
        item = items.by_short_number(session, "main", "001", 1)[0]
        assert item.officer is not None
        item.officer.active = False

    hard.says("林晓", "重开 001 又跳闸了")
    hard.later(seconds=1)

    item = hard.item()
    assert item.state == "assigned"
    assert item.officer.active
    assert item.officer.name != "李建国"
    hard.forget()


def test_whoever_handled_it_does_not_look_and_others_have_no_such_word(hard: Desk) -> None:
    assert "不是您这边能用的命令" in (hard.says("李建国", "回头看 001 稳定") or "")
    assert hard.item().followup is None


# -- the old matter or a new one


def test_the_same_trouble_after_the_close_is_asked_about_and_one_tap_takes_the_old_one_up(usual: Desk) -> None:
    usual.later(days=5)
    told = usual.says("张伟", "车间又跳闸了，还是老毛病") or ""
    assert "接着上次的事，还是新的事" in told
    assert "新的事 20261003-001" in told
    usual.later(hours=1)  # meanwhile it is a matter of its own: nothing is lost
    assert usual.item("001").number == "20261003-001"
    usual.forget()

    assert "20260928-001 接着办（第 2 轮）" in (usual.says("张伟", "接着 20260928-001 20261003-001") or "")
    usual.until("2026-10-08T10:00:00+08:00")

    with usual.store.read() as session:
        old = items.by_number(session, "main", "20260928-001")
        new = items.by_number(session, "main", "20261003-001")
        assert old is not None
        assert new is not None
        assert (old.state, old.round, old.followup) == ("assigned", 2, "rebound")
        assert old.events[-1].data.get("reason") or any("老毛病" in str(event.data) for event in old.events)
        assert (new.state, new.merged_into_id) == ("merged", old.id)
    assert "rebound_head" in usual.pushes_to("林晓")
    usual.forget()


def test_without_numbers_it_is_what_was_just_told(usual: Desk) -> None:
    usual.later(hours=1)
    usual.says("张伟", "车间又跳闸了，还是老毛病")

    assert "20260928-001 接着办" in (usual.says("张伟", "接着") or "")
    usual.later(minutes=2)

    assert usual.item("001").state == "assigned"
    assert usual.item("002").state == "merged"
    usual.forget()


def test_a_new_matter_stays_one(usual: Desk) -> None:
    usual.later(hours=1)
    usual.says("张伟", "车间又跳闸了，还是老毛病")

    assert "20260928-002 按新的事办" in (usual.says("张伟", "新的事 20260928-002") or "")
    usual.later(minutes=2)

    assert usual.item("001").state == "closed"
    assert usual.item("002").state == "assigned"
    usual.forget()


@pytest.mark.parametrize("said", ["门口的路坏得不行，大车过不去", "想贷点款买设备", "园区有公交不 员工上下班太远"])
def test_something_else_is_not_asked_about(usual: Desk, said: str) -> None:
    assert "接着" not in (usual.says("张伟", said) or "")
    usual.later(minutes=2)
    usual.forget()


@pytest.mark.parametrize("said", ["谢谢", "好的，感谢李主任", "👍", "上次那个办好了 谢谢"])
def test_thanks_never_open_anything_again(usual: Desk, said: str) -> None:
    told = usual.says("张伟", said)

    assert "接着" not in (told or "")
    assert (usual.item().state, usual.item().round) == ("closed", 1)


@pytest.mark.parametrize(
    "said", ["问题又出现了", "又坏了！", "催一下，上次跳闸的事怎么还没好", "催办 001", "上次那个又不行了"]
)
def test_what_is_said_of_a_closed_matter_is_kept_and_one_tap_takes_it_up(usual: Desk, said: str) -> None:
    assert "接着上次的事" in (usual.says("张伟", said) or "")
    usual.later(seconds=1)
    assert usual.pushes_to("林晓") == ["after_close_coordinator"]
    assert usual.item().state == "closed"
    assert usual.pushes_to("沈正") == []  # no accusation, however much it sounds like one

    usual.says("张伟", "接着 20260928-001")
    usual.later(seconds=1)

    item = usual.item()
    assert (item.state, item.round, item.officer.name) == ("assigned", 2, "李建国")
    assert usual.pushes_to("李建国") == ["reopened_officer"]
    assert usual.pushes_to("林晓") == ["rebound_head"]
    usual.forget()


def test_the_words_that_a_tap_took_up_reach_the_owner(usual: Desk) -> None:
    usual.says("张伟", "上次那个又不行了")
    usual.says("张伟", "接着 001")
    usual.later(seconds=1)

    assert "上次那个又不行了" in usual.bodies_to("李建国")[-1]
    usual.forget()


def test_it_is_back_is_no_accusation_while_the_matter_is_open(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.forget()

    assert "已催办 20260928-001" in (desk.says("张伟", "问题又出现了") or "")
    desk.later(seconds=1)

    assert desk.pushes_to("李建国") == ["urged_officer"]
    assert desk.pushes_to("沈正") == []


def test_long_after_the_close_it_is_a_new_matter(usual: Desk) -> None:
    usual.later(days=31)

    assert "销号已超过 30 天" in (usual.says("张伟", "接着 20260928-001") or "")
    assert "接着上次的事" not in (usual.says("张伟", "车间又跳闸了，还是老毛病") or "")
    usual.later(minutes=2)
    usual.forget()


def test_nobody_takes_up_what_is_not_theirs(usual: Desk) -> None:
    assert "没有找到" in (usual.says("刘洋", "接着 20260928-001") or "")
    assert "不是您这边能用的命令" in (usual.says("李建国", "接着 001") or "")
    assert usual.item().state == "closed"


@pytest.mark.parametrize("said", ["接着，门口的路又坏了，大车过不去", "新的事，门口的路坏了，大车过不去"])
def test_a_report_that_begins_with_such_a_word_is_a_report(usual: Desk, said: str) -> None:
    assert "已收到" in (usual.says("张伟", said) or "")
    usual.later(minutes=2)
    usual.forget()


def test_an_objection_after_the_close_is_told_what_to_say_instead(usual: Desk) -> None:
    assert "接着" in (usual.says("张伟", "不满意 001 又跳了") or "")
    assert usual.item().state == "closed"


# -- a withdrawal that was asked for


def test_who_was_told_to_withdraw_says_so_to_the_office_alone(signed: Desk) -> None:
    signed.says("林晓", "今日")
    signed.says("张伟", "撤回 001 你们干部让我撤的")
    signed.later(seconds=1)

    assert signed.item().state == "withdrawn"
    assert any("干部让我撤" in body for body in signed.bodies_to("林晓"))
    assert not any("干部让我撤" in body for body in signed.bodies_to("李建国"))
    assert "让我撤" not in (signed.says("李建国", "待办 001") or "")
    assert "撤回待核实" in (signed.says("林晓", "回头看") or "")
    assert "afterwards.toml: withdrawal, words" in (signed.says("林晓", "为什么 001") or "")


def test_a_withdrawal_soon_after_the_handler_called_is_looked_into(signed: Desk) -> None:
    signed.says("李建国", "进展 001 已电话沟通")
    signed.later(days=1)
    signed.forget()

    signed.says("张伟", "撤回 001")
    signed.later(seconds=1)
    assert signed.pushes_to("林晓") == ["withdrawal_coordinator"]
    signed.forget()

    assert "自愿撤回" in (signed.says("林晓", "核实 001 通过 电话问过，自己修好了") or "")
    signed.later(days=20)
    assert (signed.item().state, signed.item().followup) == ("withdrawn", "stable")


def test_one_that_nobody_has_looked_into_is_not_forgotten(signed: Desk) -> None:
    signed.says("张伟", "撤回 001 干部让撤")
    signed.until("2026-10-09T12:00:00+08:00")

    assert signed.pushes_to("林晓") == ["withdrawal_coordinator", "withdrawal_waits"]
    assert signed.pushes_to("李建国") == ["withdrawn_officer"]


def test_who_did_not_want_to_withdraw_gets_the_matter_back(signed: Desk) -> None:
    signed.says("张伟", "撤回 001 李建国叫我撤的")
    signed.later(seconds=1)
    signed.forget()

    assert "第 2 轮" in (signed.says("林晓", "核实 001 退回 企业不愿意撤") or "")
    signed.later(seconds=1)

    assert (signed.item().state, signed.item().officer, signed.item().followup) == ("triage", None, None)
    assert signed.pushes_to("张伟") == ["reopened_triage_contact"]
    signed.forget()


def test_any_other_withdrawal_ends_quietly(signed: Desk) -> None:
    signed.says("张伟", "撤回 001 自己修好了")
    signed.later(days=20)

    assert signed.item().next_check_at is None
    assert signed.pushes_to("李建国") == ["withdrawn_officer"]
    assert signed.pushes_to("林晓") == []


def test_the_demo_clock_sees_the_next_look(hard: Desk) -> None:
    with hard.store.read() as session:
        assert items.next_check(session) == datetime.fromisoformat("2026-10-28T09:02:00+08:00")
