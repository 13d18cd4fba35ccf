"""A report of misconduct is seen by its author and its receiver only: every word of everybody else answers as if it
were not there. Danger rings at any hour."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from bot import ledger
from bot.commands import COMMANDS
from bot.health import health
from bot.tally import Tally
from store import calls, items, people
from store.tables import Department, Person
from tests.conftest import Copies
from tests.desk import Desk

ACCUSATION = "供电公司李建国办事要好处费，不给就拖着不办"
NUMBER, SHORT = "20260928-9001", "9001"
TELLING = ("好处费", NUMBER, "拖着不办")
OTHERS = {
    "刘洋": "contact",
    "杨帆": "contact",
    "李建国": "officer",
    "王芳": "officer",
    "刘卫东": "head",
    "林晓": "coordinator",
    "马志远": "leader",
    "方明": "duty",
    "吴小满": "stranger",
}
"""Everybody but the author and the receiver: the accused, his head, and the rest."""
BEHIND = (
    "",
    SHORT,
    NUMBER,
    f"{NUMBER} 李建国 试试",
    "好处费",
    "联众智能配电",
    f"001 {SHORT}",
    "纪检监察组",
    "更多",
    "沈正",
    "沈正 今天 代理 苏青",
)
"""What may follow a command word: nothing, its number, words of it, its enterprise, its receivers and their unit."""


def second_receiver(desk: Desk, unit: str) -> None:
    with desk.store.write() as session:
        department = people.department(session, unit)
        receiver = Person(key="苏青", name="苏青", role="discipline", department=department)
        session.add(receiver)
        people.add_account(session, receiver, "oa", "o_苏青")


def busy(desk: Desk, *, accused: bool) -> Desk:
    """Two ordinary items and, in one of two worlds, a report of misconduct in the receiver's hands."""
    second_receiver(desk, "discipline")
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.says("刘洋", "缺二十名分拣工，订单赶不出来")
    if accused:
        desk.says("陈晨", ACCUSATION)
    else:
        with desk.store.write() as session:  # the numbers of such reports go on from here in both worlds
            items.new_number(session, "main", desk.now().date(), apart=True)
    desk.says("徐静", "污水管网堵了，厂区积水排不出去")  # its number shows no gap
    desk.later(minutes=2)
    if accused:
        assert desk.item(SHORT).restricted
        desk.says("沈正", f"签收 {SHORT}")
        desk.says("沈正", f"进展 {SHORT} 正在核查")
    desk.later(seconds=2)
    desk.forget()
    return desk


@pytest.fixture
def worlds(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    """The same office twice, with the report and without; one kind of database is enough to compare answers."""
    one, other = (Desk(copies.new("sqlite", tmp_path_factory.mktemp("world"), peopled=True)) for _ in range(2))
    yield busy(one, accused=True), busy(other, accused=False)
    for desk in (one, other):
        desk.forget()
        desk.close()


DRAWN = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]")
"""An invitation, drawn anew each time."""


def said_by(role: str) -> Iterator[str]:
    """Every command with everything behind it; those of others, which are refused or read as speech, with less. A
    contact does not accuse anybody: that would be a report of his own."""
    own = [behind for behind in BEHIND if role not in ("contact", "stranger") or "好处费" not in behind]
    for command in COMMANDS:
        for behind in own if role in command.roles else (NUMBER,):
            yield f"{command.words[0]} {behind}".strip()


@pytest.mark.parametrize("name", OTHERS)
def test_no_word_of_anybody_else_shows_that_it_is_there(worlds: tuple[Desk, Desk], name: str) -> None:
    with_it, without = worlds

    for said in said_by(OTHERS[name]):
        answers = [DRAWN.sub("…", desk.says(name, said) or "") for desk in (with_it, without)]
        assert answers[0] == answers[1], said
        assert "要好处" not in answers[0]

    for desk in worlds:
        desk.later(hours=3)
    for other in OTHERS:
        # Which of two receivers gets a report of one's own depends on their load; nothing else may differ.
        pushed = [[body.replace("苏青", "沈正") for body in desk.bodies_to(other)] for desk in worlds]
        assert pushed[0] == pushed[1], other


def test_it_is_in_no_ledger_no_export_no_health_and_no_list_of_what_was_not_delivered(
    worlds: tuple[Desk, Desk],
) -> None:
    told = []
    for desk in worlds:
        with desk.store.read() as session:
            rows = ledger.rows(session, desk.service.speaker, desk.service.policy.flags, desk.clock.now())
            kept = json.dumps([{**row, "next_check_at": None} for row in rows], ensure_ascii=False)
            lost = calls.count(session)
        told.append((kept, lost, health(desk.service, Tally())[0]["status"]))

    assert told[0] == told[1]
    assert not any(telling in told[0][0] for telling in TELLING)


def test_weeks_of_silence_about_it_reach_nobody_else(worlds: tuple[Desk, Desk]) -> None:
    for desk in worlds:
        desk.later(days=30)

    for name in OTHERS:
        with_it, without = (desk.bodies_to(name) for desk in worlds)
        assert with_it == without, name


def test_the_log_does_not_say_what_was_reported(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    busy(desk, accused=True)

    assert desk.item(SHORT).restricted
    assert not any(telling in caplog.text for telling in ("好处费", "拖着不办", "联众"))


# -- a receiver is named


def test_a_report_that_names_its_receiver_goes_to_another_of_another_unit(desk: Desk) -> None:
    with desk.store.write() as session:
        session.add(Department(code="audit", name="审计组"))
    second_receiver(desk, "audit")

    desk.says("陈晨", "纪检的沈正收了好处费，帮人压着不查")
    desk.later(minutes=1)

    assert desk.item("9001").officer.name == "苏青"  # type: ignore[union-attr]
    assert "没有找到" in (desk.says("沈正", "待办 9001") or "")
    assert "没有在办" in (desk.says("沈正", "待办") or "")
    assert desk.pushes_to("沈正") == []
    desk.forget()


@pytest.mark.parametrize("colleague", [True, False])
def test_a_report_that_names_its_receiver_and_leaves_only_his_unit_goes_to_a_leader(
    desk: Desk, colleague: bool
) -> None:
    if colleague:
        second_receiver(desk, "discipline")
    desk.says("陈晨", "纪检的沈正收了好处费，帮人压着不查")
    desk.later(minutes=1)

    assert desk.item("9001").officer.name == "马志远"  # type: ignore[union-attr]
    assert "owners.toml: restricted discipline, a receiver is named: leader" in desk.item("9001").events[-1].rule
    assert desk.pushes_to("马志远") == ["dispatched_receiver"]
    assert "已签收" in (desk.says("马志远", "签收 9001") or "")
    assert "20260928-9001" in (desk.says("马志远", "待办") or "")
    assert "已报办结" in (desk.says("马志远", "办结 9001 已约谈当事人") or "")
    desk.later(minutes=1)
    for name in ("沈正", "苏青", "林晓"):
        assert desk.pushes_to(name) == []
        if name != "苏青":
            assert "没有找到" in (desk.says(name, "核实 9001 通过") or "")
    desk.forget()


def test_a_deputy_who_is_named_does_not_stand_in(desk: Desk) -> None:
    with desk.store.write() as session:
        session.add(Department(code="audit", name="审计组"))
    second_receiver(desk, "audit")
    desk.says("陈晨", "审计组的苏青收了好处费，帮人压着不查")
    desk.later(minutes=1)
    assert desk.item("9001").officer.name == "沈正"  # type: ignore[union-attr]

    desk.says("沈正", "请假 今天-明天 代理 苏青")
    desk.later(hours=3)

    assert desk.item("9001").officer.name == "沈正"  # type: ignore[union-attr]
    assert "没有找到" in (desk.says("苏青", "待办 9001") or "")
    assert not any("20260928-9001" in body for body in desk.bodies_to("苏青"))
    desk.forget()


def test_what_the_office_hears_of_a_receivers_leave_counts_no_report(desk: Desk) -> None:
    second_receiver(desk, "discipline")
    desk.says("陈晨", ACCUSATION)
    desk.later(minutes=1)

    said = [
        desk.says("林晓", words) or "" for words in ("代请 沈正 今天 代理 苏青", "销假 沈正", "离岗 沈正 接手 苏青")
    ]
    desk.later(hours=1)

    assert desk.item("9001").officer.name == "苏青"  # type: ignore[union-attr]
    assert not any("9001" in words or "1 件" in words for words in (*said, *desk.bodies_to("林晓")))
    desk.forget()


def test_a_receiver_who_is_named_later_loses_it(desk: Desk) -> None:
    desk.says("陈晨", "供电公司有人办事要好处费，不给就拖着不办")
    desk.later(minutes=1)
    assert desk.item("9001").officer.name == "沈正"  # type: ignore[union-attr]
    desk.forget()

    desk.says("陈晨", "补充 9001 沈正也知道，他收过两条烟")
    desk.later(minutes=1)

    assert desk.item("9001").officer.name == "马志远"  # type: ignore[union-attr]
    assert desk.pushes_to("沈正") == []
    assert any("两条烟" in body for body in desk.bodies_to("马志远"))
    assert "没有找到" in (desk.says("沈正", "待办 9001") or "")
    desk.forget()


def test_a_leader_checks_no_ordinary_item(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "办结 001 换了断路器")
    desk.says("张伟", "满意")

    assert "不是您这边能用的命令" in (desk.says("马志远", "核实 001 通过") or "")
    assert desk.item("001").state == "rated"
    desk.later(seconds=1)
    desk.forget()


def test_what_the_only_receiver_has_handled_is_checked_by_whoever_stands_in(desk: Desk) -> None:
    desk.says("陈晨", ACCUSATION)
    desk.later(minutes=1)
    desk.says("沈正", f"办结 {SHORT} 已查实并处理")
    desk.later(seconds=1)
    desk.forget()
    desk.says("陈晨", "满意")
    desk.later(hours=1)

    assert "由领导来做" in (desk.says("沈正", f"核实 {SHORT} 通过") or "")
    assert desk.pushes_to("沈正") == ["rated_officer"]
    assert desk.pushes_to("马志远") == ["verify_coordinator"]
    assert "核实通过" in (desk.says("马志远", f"核实 {SHORT} 通过") or "")
    assert "已销号" in (desk.says("马志远", f"销号 {SHORT}") or "")
    assert "没有找到" in (desk.says("林晓", f"查 {SHORT}") or "")
    desk.later(hours=1)
    assert desk.item(SHORT).state == "closed"
    desk.forget()


def test_a_leader_sees_no_report_that_is_still_being_handled(desk: Desk) -> None:
    desk.says("陈晨", ACCUSATION)
    desk.later(minutes=1)
    desk.says("沈正", f"进展 {SHORT} 正在核查")

    assert "没有找到" in (desk.says("马志远", f"查 {SHORT}") or "")
    desk.later(hours=1)
    desk.forget()


# -- danger


@pytest.fixture
def night(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk(start=datetime.fromisoformat("2026-10-03T03:00:00+08:00"))


def test_at_three_in_the_night_of_a_holiday_danger_rings_the_duty_phone_at_once(night: Desk) -> None:
    assert "119" in (night.says("徐静", "车间着火了，有人受伤") or "")
    night.later(seconds=1)

    assert night.pushes_to("方明") == ["alarm_duty"]
    assert night.pushes_to("马志远") == ["alarm_leader"]
    assert night.now().hour == 3
    night.forget()


def test_with_nobody_on_duty_danger_rings_the_office_and_the_leaders(night: Desk) -> None:
    with night.store.write() as session:
        people.with_role(session, "duty")[0].active = False

    night.says("徐静", "车间着火了，有人受伤")
    night.later(seconds=1)

    assert night.pushes_to("林晓") == ["alarm_duty"]
    assert night.pushes_to("马志远") == ["alarm_duty"]
    assert night.item().events[1].rule == "notices.toml: alarm_without_duty"
    night.forget()


def test_what_else_was_told_beside_an_accusation_gets_its_own_number_when_sent_as_asked(desk: Desk) -> None:
    reply = desk.says("刘洋", "停车位不够，科长说不表示表示就不给盖章") or ""
    again = desk.says("刘洋", "另外停车位不够，园区能不能划几个") or ""
    desk.later(minutes=2)
    desk.forget()

    assert "只转给专门受理人" in reply
    assert "另发一条，用“另外”开头" in reply
    assert "20260928-001" in again
    assert (desk.item("001").category, desk.item("001").restricted) == ("INFRA", False)
