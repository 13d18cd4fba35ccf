"""Officers go to the enterprises: each visit is noted, what was told there is registered, and the duty is counted."""

from datetime import date
from pathlib import Path

import pytest

from bot.periods import take_past_day
from intake.visit_notes import VisitNotes
from routing.duty import Duty
from routing.visits import quarter
from store import people, visits
from store.facts import FactError
from store.tables import Visit
from tests.desk import Desk

MONDAY = date(2026, 9, 28)
ROOT = Path(__file__).parents[2]


def noted(desk: Desk) -> list[Visit]:
    with desk.store.read() as session:
        found = session.query(Visit).order_by(Visit.id).all()
        _ = [(visit.officer.name, visit.enterprise.name) for visit in found]
        session.expunge_all()
        return found


def test_a_visit_without_a_problem_is_a_visit_and_nothing_else(desk: Desk) -> None:
    reply = desk.says("王芳", "走访 鼎禾 生产经营平稳，暂无诉求") or ""

    assert "已记走访：鼎禾食品有限公司（9月28日 周一）" in reply
    assert "本季度走访 1/1" in reply
    [visit] = noted(desk)
    assert (visit.officer.name, visit.enterprise.name, visit.report_id) == ("王芳", "鼎禾食品有限公司", None)
    assert visit.note == "生产经营平稳，暂无诉求"
    desk.later(minutes=5)  # nothing was registered, so nobody is told anything


def test_a_problem_told_at_a_visit_is_registered_for_the_enterprise_and_linked(desk: Desk) -> None:
    reply = desk.says("王芳", "走访 鼎禾食品有限公司 企业反映分拣线缺二十名工人招不到") or ""
    desk.later(minutes=2)

    assert "已代 鼎禾食品有限公司 登记：\n20260928-001" in reply
    item = desk.item()
    assert (item.enterprise.name, item.source, item.contact.name) == ("鼎禾食品有限公司", "visit", "刘洋")
    assert noted(desk)[0].report_id == item.report_id
    desk.forget()


def test_a_visit_on_another_day_counts_for_that_day(desk: Desk) -> None:
    assert "（9月25日 周五）" in (desk.says("王芳", "走访 周五 鼎禾 查看生产情况") or "")
    assert "（9月27日 周日）" in (desk.says("王芳", "走访 鼎禾 昨天 送政策上门") or "")
    assert "只能补记三个月内的" in (desk.says("王芳", "走访 2026.1.5 鼎禾 看望") or "")

    assert [visit.at.date().isoformat() for visit in noted(desk)] == ["2026-09-25", "2026-09-27"]


def test_coming_twice_on_a_day_is_one_visit(desk: Desk) -> None:
    desk.says("王芳", "走访 鼎禾 送政策上门")
    desk.later(hours=2)
    desk.says("王芳", "今天走访鼎禾食品有限公司，企业反映分拣线缺二十名工人招不到")
    desk.says("王芳", "代报 鼎禾 门口路灯坏了")
    desk.later(minutes=2)

    [visit] = noted(desk)
    assert visit.note.startswith("送政策上门\n企业反映分拣线缺")
    assert visit.report_id == desk.item("001").report_id
    desk.forget()


def test_a_visit_told_without_the_word_is_noted_too(desk: Desk) -> None:
    assert "已记走访" in (desk.says("王芳", "今天走访鼎禾食品有限公司，一切正常") or "")
    assert len(noted(desk)) == 1


def test_what_the_office_takes_at_a_window_is_no_visit(desk: Desk) -> None:
    desk.says("林晓", "代报 鼎禾 门口路灯坏了")
    desk.later(minutes=2)

    assert noted(desk) == []
    desk.forget()


def test_several_go_together_and_each_has_been_there(desk: Desk) -> None:
    reply = desk.says("王芳", "走访 鼎禾 与李建国、赵刚 查看生产情况") or ""

    assert "同去：李建国、赵刚" in reply
    assert [visit.officer.name for visit in noted(desk)] == ["王芳", "李建国", "赵刚"]
    assert {visit.note for visit in noted(desk)} == {"查看生产情况"}


def test_an_officer_sees_where_to_go_and_the_office_sees_who_is_behind(desk: Desk) -> None:
    assert "本季度走访 0/2" in (desk.says("陈立", "走访") or "")
    assert (desk.says("林晓", "走访") or "").endswith("……还有 1 人")
    desk.says("陈立", "走访 龙源 查看生产情况")
    desk.says("王芳", "走访 鼎禾 查看生产情况")

    mine = desk.says("陈立", "走访") or ""
    assert "本季度走访 1/2" in mine
    assert "还没走访：金泰新材料有限公司" in mine
    everybody = desk.says("林晓", "走访") or ""
    assert "完成任务的干部 1/6，走访企业 2/7。" in everybody
    assert everybody.splitlines()[2] == "李建国 0/1"
    assert everybody.splitlines()[-1] == "陈立 1/2"
    assert "完成任务的干部 0/1" in (desk.says("刘卫东", "走访") or "")  # a head sees his own unit
    assert "没有走访任务" in (desk.says("何静", "走访") or "")


def test_a_new_quarter_begins_anew(desk: Desk) -> None:
    desk.says("王芳", "走访 鼎禾 查看生产情况")
    desk.later(days=4)

    assert "本季度走访 0/1" in (desk.says("王芳", "走访") or "")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("走访 火星公司 看望", "没有找到企业“火星公司”"),
        ("走访 有限公司 看望", "不止一个"),
        ("走访 昨天", "请这样写：走访 [日期] 企业 内容"),
    ],
)
def test_what_is_not_understood_is_said(desk: Desk, said: str, answer: str) -> None:
    assert answer in (desk.says("王芳", said) or "")
    assert noted(desk) == []


def test_misconduct_told_at_a_visit_goes_to_its_receiver_only(desk: Desk) -> None:
    desk.says("王芳", "走访 鼎禾 企业反映有科长吃拿卡要，收了红包才办证")
    desk.later(minutes=2)

    assert desk.item("9001").restricted
    assert "dispatched_receiver" in desk.pushes_to("沈正")
    assert desk.pushes_to("刘洋") == []
    assert desk.pushes_to("李建国") == []
    desk.forget("王芳")


def test_whoever_is_behind_is_reminded_once_on_each_of_the_days_set(desk: Desk) -> None:
    desk.until("2026-10-09T12:00:00+08:00")
    desk.says("王芳", "走访 鼎禾 查看生产情况")
    desk.says("陈立", "走访 龙源 查看生产情况")

    for day, told in (("11-30", 0), ("12-01", 1), ("12-02", 0), ("12-20", 0), ("12-21", 1), ("12-31", 0)):
        desk.until(f"2026-{day}T12:00:00+08:00")
        reminded = [text for text in desk.lists_to("陈立") if "走访1/2" in text]
        assert len(reminded) == told, day
        assert not any("走访" in text for text in desk.lists_to("王芳"))
    desk.forget()


def test_the_settings_of_the_duty_change_what_is_owed(desk: Desk, tmp_path: Path) -> None:
    shipped = (ROOT / "routing" / "visits.toml").read_text(encoding="utf-8")
    (tmp_path / "visits.toml").write_text(shipped.replace("per_quarter = 1", "per_quarter = 3"), encoding="utf-8")
    assert Duty.load(tmp_path) == Duty(3, (30, 10))

    for wrong in ("[duty]\nper_quarter = 0\nremind_days = []", "[duty]\nper_quarter = 1\nremind_days = [100]"):
        (tmp_path / "visits.toml").write_text(wrong, encoding="utf-8")
        with pytest.raises(FactError, match=r"visits\.toml: duty"):
            Duty.load(tmp_path)


@pytest.mark.parametrize("day", ["2026-01-01", "2026-03-31", "2026-09-28", "2026-12-31", "2028-02-29"])
def test_a_quarter_holds_its_days(day: str) -> None:
    first, last = quarter(date.fromisoformat(day))

    assert first <= date.fromisoformat(day) <= last
    assert (first.day, first.month % 3, last.month - first.month) == (1, 1, 2)
    assert quarter(date.fromordinal(last.toordinal() + 1))[0] > last


@pytest.mark.parametrize(
    ("note", "tells"),
    [
        ("企业运行正常，没有问题", False),
        ("一切正常", False),
        ("生产经营平稳，暂无诉求", False),
        ("和老板聊了聊政策，没什么困难", False),
        ("没有反映困难", False),
        ("送政策上门，讲解了稳岗补贴", False),
        ("订单饱满，正在招工", False),
        ("介绍了高企申报政策", False),
        ("无", False),
        ("", False),
        ("企业反映门口路灯坏了", True),
        ("厂里老跳闸", True),
        ("生产正常，希望协调用电增容", True),
        ("座谈时提出招不到焊工", True),
        ("没有别的问题，但反映门口路难走", True),
    ],
)
def test_a_note_tells_of_a_problem_or_only_of_a_visit(note: str, tells: bool) -> None:
    assert VisitNotes.load().tells(note) is tells


def test_the_words_of_a_note_are_the_offices_own(tmp_path: Path) -> None:
    text = (ROOT / "intake" / "visit_notes.toml").read_text(encoding="utf-8")
    (tmp_path / "visit_notes.toml").write_text(text.replace('"反映"', '"诉说"'), encoding="utf-8")

    assert VisitNotes.load(tmp_path).tells("座谈，企业诉说路灯坏了")
    assert not VisitNotes.load(tmp_path).tells("座谈，企业反映路灯坏了")

    (tmp_path / "visit_notes.toml").write_text("nothing = '('", encoding="utf-8")
    with pytest.raises(FactError, match=r"visit_notes\.toml"):
        VisitNotes.load(tmp_path)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("昨天 鼎禾", "2026-09-27"),
        ("前天 鼎禾", "2026-09-26"),
        ("今天 鼎禾", "2026-09-28"),
        ("周五 鼎禾", "2026-09-25"),
        ("周一 鼎禾", "2026-09-28"),
        ("上周一 鼎禾", "2026-09-21"),
        ("9月25日 鼎禾", "2026-09-25"),
        ("9.25 鼎禾", "2026-09-25"),
        ("12月30日 鼎禾", "2025-12-30"),
    ],
)
def test_days_gone_by_are_read_as_people_type_them(said: str, day: str) -> None:
    assert take_past_day(said, MONDAY) == (date.fromisoformat(day), "鼎禾")


def test_every_bound_officer_owes_a_visit_and_nobody_else(desk: Desk) -> None:
    with desk.store.read() as session:
        owing = {officer.name for officer, _ in visits.bound(session)}
        assert owing == {"陈立", "王芳", "周敏", "赵刚", "孙梅", "李建国"}
        assert people.people_named(session, "何静", ("officer",))[0].name not in owing
