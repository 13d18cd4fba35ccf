"""A new calendar is rehearsed against the open items before it comes into force."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from routing import calendar_file
from routing.rehearsal import BECOMES, CEASES, rehearse
from store import items, outbox
from store.facts import FactError
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once
CLOSED = '[[exception]]\ndate = 2026-10-12\nkind = "holiday"\nname = "停电检修"\n'


@pytest.fixture
def three(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """001 is counted, 002 has a day named by hand, 9001 is a report of misconduct."""
    monkeypatch.setenv("LIANXIN_DATABASE_URL", desk.store.engine.url.render_as_string(hide_password=False))
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("刘洋", "厂门口的路坏了，大车过不去")
    desk.later(minutes=2)
    desk.says("林晓", "派单 002 供电公司 李建国 10月20日")
    desk.says("陈晨", "我要举报，有人办事要好处费")
    desk.later(minutes=2)
    desk.forget()
    return desk


def rehearsed(folder: Path, text: str) -> Path:
    file = folder / "2027.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_new_calendar_says_which_deadlines_would_move_and_moves_none(
    three: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--calendar", str(rehearsed(tmp_path, CLOSED))]) == 0

    first, *told = capsys.readouterr().out.splitlines()
    assert first.startswith("试用日历 2027.toml，什么都没改：在办 3 件，时限会变 2 件（")
    assert told[0].startswith("20260928-001 李建国：时限 10月13日 周二 17:30 → 10月14日 周三 17:30")
    assert told[2].startswith("20260928-9001 ：时限 ")
    assert "沈正" not in "".join(told)
    assert "派单时指定了日期、不随日历变的 1 件：20260928-002" in told
    assert f"{three.service.policy.calendar.local(three.item('001').due_at):%m-%d}" == "10-13"


def test_a_calendar_that_changes_nothing_says_so(
    three: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(calendar_file.__file__).with_name("calendar.toml").read_text(encoding="utf-8")

    assert main(["check", "--calendar", str(rehearsed(tmp_path, shipped))]) == 0

    told = capsys.readouterr().out
    assert "时限会变 0 件（变成超期 0 件，不再超期 0 件）；提醒推后 0 个，提前 0 个" in told
    assert "20260928-001" not in told


def test_what_becomes_overdue_and_which_reminders_move_is_counted(three: Desk, tmp_path: Path) -> None:
    policy = three.service.policy
    closed = calendar_file.rehearsed(rehearsed(tmp_path, CLOSED))
    worked = [f'[[exception]]\ndate = 2026-10-{day}\nkind = "workday"\n' for day in ("07", "11")]
    opened = calendar_file.rehearsed(rehearsed(tmp_path, "".join(worked)))
    between = datetime.fromisoformat("2026-10-13T20:00:00+08:00")
    before = datetime.fromisoformat("2026-10-12T20:00:00+08:00")

    with three.store.read() as session, session.no_autoflush:
        found = [item for item in items.all_open(session) if item.short == "001"]
        later = rehearse(found, policy, closed, between).changes[0]
        earlier = rehearse(found, policy, opened, before).changes[0]

        assert (later.overdue, earlier.overdue) == (CEASES, BECOMES)
        assert (later.later > 0, later.earlier) == (True, 0)
        assert (earlier.later, earlier.earlier > 0) == (0, True)
        assert later.due_at - later.was_at == timedelta(days=1)
        assert not session.dirty or all(not session.is_modified(item) for item in session.dirty)


def test_the_new_calendar_in_force_moves_what_was_counted_and_tells_whom_it_concerns(
    three: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = Path(calendar_file.__file__).with_name("calendar.toml").read_text(encoding="utf-8")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "calendar.toml").write_text(f"{shipped}\n{CLOSED}", encoding="utf-8")
    monkeypatch.setenv("LIANXIN_CONFIG_DIR", str(tmp_path / "conf"))

    assert main(["recount"]) == 0
    assert capsys.readouterr().out == "recounted 2 20260928-001 20260928-9001\n"
    assert main(["recount"]) == 0
    assert capsys.readouterr().out == "recounted 0\n"

    local = three.service.policy.calendar.local
    assert [f"{local(three.item(short).due_at):%m-%d}" for short in ("001", "002")] == ["10-14", "10-20"]
    event = three.item("001").events[-1]
    assert (event.action, event.rule) == ("recount", "calendar.toml; deadlines.toml: grade 2")
    with three.store.read() as session:
        first = items.by_number(session, "main", "20260928-001")
        assert first is not None
        told = {
            push.text_key: push.person.name
            for push in outbox.of_item(session, first)
            if push.text_key[:9] == "recounted"
        }
    assert told == {"recounted_officer": "李建国", "recounted_contact": "张伟"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[exception]]\ndate = 2027-01-04\nkind = "day off"\n', "2027.toml: exception 1: kind is 'day off'"),
        ("holidays = []\n", "2027.toml: holidays: unknown entry"),
        ("timezone\n", "2027.toml: "),
    ],
)
def test_a_wrong_calendar_is_refused_by_its_name(
    three: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, complaint: str
) -> None:
    assert main(["check", "--calendar", str(rehearsed(tmp_path, text))]) == 2
    assert complaint in capsys.readouterr().err


def test_a_missing_calendar_is_not_taken_for_the_one_in_force(tmp_path: Path) -> None:
    with pytest.raises(FactError, match="no such file"):
        calendar_file.rehearsed(tmp_path / "calendar.toml")
