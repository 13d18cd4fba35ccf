"""The daily, weekly and monthly rhythm: lists that can be answered line by line, figures of the time before."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot import rhythm
from routing import calendar_file
from routing.rhythm import Rhythm, Rhythms
from store import beats
from store.facts import FactError
from tests.desk import Desk
from tests.test_configuration import copy

CALENDAR = calendar_file.load()


def reported(desk: Desk, *told: tuple[str, str]) -> Desk:
    for name, text in told or (("张伟", "我们厂又跳闸了，这周第三次"),):
        desk.says(name, text)
        desk.later(minutes=6)
    desk.forget()
    return desk


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Three items of the power company's officer; he writes, so that he is told in full."""
    reported(desk, ("张伟", "我们厂又跳闸了"), ("刘洋", "变压器带不动了，想增容"), ("陈晨", "停电了好几次"))
    desk.says("李建国", "签收 002")
    desk.until("2026-09-28T17:00:00+08:00")
    desk.says("李建国", "帮助")
    desk.until("2026-09-29T08:31:00+08:00")
    desk.forget()
    return desk


def test_the_morning_list_names_what_waits_and_is_answered_line_by_line(three: Desk) -> None:
    (told,) = three.lists_to("李建国")
    assert "今天要办 3 件：超期 0，今日到期 0，等您处理 3" in told
    assert "1. 20260928-001 龙源精密机械有限公司｜我们厂又跳闸了｜等您签收" in told
    assert "3. 20260928-002" in told
    assert "还没联系企业" in told

    answer = three.says("李建国", "1 签收\n2、签收\n3 进展 已约周四看现场") or ""
    three.later(seconds=1)

    assert "已签收 20260928-001" in answer
    assert "已签收 20260928-003" in answer
    assert [three.item(number).state for number in ("001", "002", "003")] == ["handling"] * 3
    assert three.item("002").events[-1].data["note"] == "已约周四看现场"
    three.forget()


def test_a_line_may_be_as_short_as_people_type(three: Desk) -> None:
    told = three.says("李建国", "3 延 2天 等批文") or ""

    assert "10月15日 周四 17:30" in told
    assert "20260928-002" in told
    three.says("李建国", "1 签收")
    assert "已报办结" in (three.says("李建国", "1 办结 变压器已换好") or "")
    assert three.item("001").state == "resolved"
    three.later(seconds=1)
    three.forget()


def test_several_lines_may_stand_in_one_as_the_example_shows_them(three: Desk) -> None:
    told = three.says("李建国", "1 签收；2 签收;3 延 2天 等批文；还要等设备；7 签收") or ""

    assert "已签收 20260928-001" in told
    assert "已签收 20260928-003" in told
    assert "没有第 7 行" in told
    assert three.item("002").extensions[0].reason == "等批文；还要等设备"
    three.later(seconds=1)
    three.forget()


def test_a_line_that_is_none_or_makes_no_sense_is_answered_and_the_others_are_done(three: Desk) -> None:
    told = three.says("李建国", "1 签收\n9 签收\n这条不算") or ""

    assert "已签收 20260928-001" in told
    assert "没有第 9 行" in told
    assert "“这条不算”没看懂" in told
    assert "没有第" not in (three.says("李建国", "3 号楼的事我去看看") or "")
    three.later(seconds=1)
    three.forget()


def test_a_list_asked_for_can_be_answered_as_well(three: Desk) -> None:
    told = three.says("李建国", "待办") or ""
    first = next(line for line in told.splitlines() if line.startswith("2. "))

    three.says("李建国", "2 签收")

    assert three.item(first.split("-")[1][:3]).signed_at is not None
    three.later(seconds=1)
    three.forget()


def test_reminders_of_the_same_hour_travel_in_the_list(desk: Desk) -> None:
    reported(desk)
    desk.says("李建国", "签收 001")
    desk.says("李建国", "已联系 001")
    desk.until("2026-10-14T08:00:00+08:00")
    desk.says("李建国", "帮助")
    before = len(desk.phones.sent)

    desk.until("2026-10-14T08:31:00+08:00")

    assert "remind_overdue" in desk.pushes_to("李建国")
    sent = [body for body in desk.phones.sent[before:] if body["touser"] == "o_李建国"]
    assert len(sent) == 1
    assert "超期" in sent[0]["text"]["content"]
    desk.forget()


def test_nobody_gets_an_empty_list_and_none_comes_on_a_day_off(desk: Desk) -> None:
    reported(desk)
    desk.until("2026-10-01T08:00:00+08:00")
    came = len(desk.lists_to("李建国"))

    desk.until("2026-10-08T08:00:00+08:00")

    assert came == 2
    assert desk.lists_to("李建国") == []
    assert desk.lists_to("赵刚") == []
    desk.forget()


def test_the_week_comes_to_the_office_on_monday_and_the_month_to_the_leader_on_its_first_workday(desk: Desk) -> None:
    reported(desk)
    desk.says("林晓", "今日")
    desk.says("马志远", "今日")

    desk.until("2026-10-08T08:31:00+08:00")  # the first working day of the week, and of the month

    (week,) = desk.lists_to("林晓")
    assert "上周登记1 销号0 超期0" in week
    desk.until("2026-10-08T09:01:00+08:00")
    (month,) = desk.lists_to("马志远")
    assert "上月登记1" in month
    desk.until("2026-10-11T20:00:00+08:00")
    desk.says("林晓", "今日")
    desk.until("2026-10-12T08:31:00+08:00")
    (week,) = desk.lists_to("林晓")
    assert "上周（10月5日 周一至10月11日 周日）登记 0，报办结 0，销号 0；现在在办 1" in week
    assert "0/0" in week
    desk.forget()


def test_two_workers_at_once_and_a_restart_tell_it_once(three: Desk) -> None:
    three.lists_to("李建国")
    three.clock.moment = datetime.fromisoformat("2026-09-30T08:30:00+08:00")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: rhythm.keep(three.service), range(4)))
    rhythm.keep(three.service)
    three.work()

    assert len(three.lists_to("李建国")) == 1
    three.forget()


def test_after_days_without_a_worker_only_what_is_still_worth_it_is_made_up(three: Desk) -> None:
    three.lists_to("李建国")
    three.clock.moment = datetime.fromisoformat("2026-10-10T10:00:00+08:00")  # a make-up Saturday

    three.work()

    assert len(three.lists_to("李建国")) == 1  # today's, not those of four days
    assert len(three.lists_to("林晓")) == 1
    three.later(hours=3)
    assert three.lists_to("李建国") == []
    three.clock.moment = datetime.fromisoformat("2026-10-14T23:00:00+08:00")
    three.work()
    three.until("2026-10-15T08:00:00+08:00")
    assert three.lists_to("李建国") == []  # yesterday's is worth nothing in the night
    three.forget()


def test_lists_do_not_wait_until_a_wrong_clock_is_right_again(three: Desk) -> None:
    three.lists_to("李建国")
    right = three.clock.moment
    three.clock.moment = right + timedelta(days=10)  # set wrong, on a working day
    three.work()
    assert len(three.lists_to("李建国")) == 1
    three.clock.moment = right

    three.until("2026-09-30T08:31:00+08:00")

    assert len(three.lists_to("李建国")) == 1
    three.until("2026-10-08T18:00:00+08:00")
    assert len(three.lists_to("李建国")) == 1
    three.until("2026-10-09T08:31:00+08:00")
    assert three.lists_to("李建国") == []  # that day's came when the clock was wrong
    three.forget()


def test_a_new_service_owes_nothing_for_the_time_before(desk: Desk) -> None:
    desk.work()

    with desk.store.read() as session:
        assert set(beats.last(session)) == {"calls", "morning", "visits", "weekly", "monthly", "watchdog"}


def one(**given: object) -> Rhythm:
    return Rhythm(**{"name": "x", "to": ("officer",), "says": "figures", **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "after", "told"),
    [
        (one(every="workday", at=time(8, 30)), "2026-09-30T09:00", "10-08 08:30"),
        (one(every="workday", at=time(10)), "2026-09-30T09:00", "09-30 10:00"),
        (one(every="week", day="monday", at=time(8, 30)), "2026-09-28T09:00", "10-08 08:30"),
        (one(every="week", day="friday", at=time(8, 30)), "2026-09-28T09:00", "10-08 08:30"),
        (one(every="week", day="friday", at=time(8, 30)), "2026-10-08T09:00", "10-09 08:30"),
        (one(every="month", day=1, at=time(9)), "2026-09-28T09:00", "10-08 09:00"),
        (one(every="month", day=3, at=time(9)), "2026-09-28T09:00", "10-10 09:00"),
    ],
)
def test_each_setting_changes_when_it_is_told(given: Rhythm, after: str, told: str) -> None:
    moment = given.after(datetime.fromisoformat(f"{after}:00+08:00"), CALENDAR)

    assert f"{CALENDAR.local(moment):%m-%d %H:%M}" == told


@pytest.mark.parametrize(
    ("old", "new", "at", "who"),
    [
        ('at = 08:30:00\nto = ["officer"', 'at = 10:00:00\nto = ["officer"', "2026-09-29T10:01:00+08:00", "李建国"),
        ('to = ["officer", "discipline"]', 'to = ["officer", "head"]\nsays = "todo"', "", ""),
        ('day = "monday"', 'day = "tuesday"', "2026-09-29T08:31:00+08:00", "林晓"),
        ('to = ["coordinator"]', 'to = ["leader"]', "2026-10-08T08:31:00+08:00", "马志远"),
    ],
)
def test_each_setting_is_read_from_the_file(
    new_desk: object, tmp_path: Path, old: str, new: str, at: str, who: str
) -> None:
    copy(tmp_path, "routing", "rhythm.toml", old, new)
    if not at:
        with pytest.raises(FactError, match=r"rhythm\.toml"):
            Rhythms.load(tmp_path)
        return
    desk = reported(new_desk(config_dir=tmp_path))  # type: ignore[operator]
    desk.until("2026-09-28T18:00:00+08:00")
    desk.lists_to(who)
    desk.until(datetime.fromisoformat(at).replace(minute=0, hour=8))
    assert desk.lists_to(who) == []

    desk.until(at)

    assert len(desk.lists_to(who)) == 1
    desk.forget()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('every = "workday"', 'every = "hour"', "every must be one of workday, week, month"),
        ('every = "workday"', 'every = "week"', "says must be todo"),
        ('day = "monday"', 'day = "moonday"', "day must be monday to sunday"),
        ("day = 1", "day = 40", "1 to 15 of a month"),
        ('to = ["coordinator"]', 'to = ["boss"]', "unknown role 'boss'"),
        ("at = 09:00:00", "at = 9", "at must be a local time"),
        ('name = "weekly"', 'name = "morning"', "rhythm 'morning' is given twice"),
        ("late_minutes = 10", "late_minutes = 0", "late_minutes must be a whole number"),
    ],
)
def test_a_wrong_rhythm_stops_the_start(tmp_path: Path, old: str, new: str, said: str) -> None:
    copy(tmp_path, "routing", "rhythm.toml", old, new)

    with pytest.raises(FactError, match=said):
        Rhythms.load(tmp_path)
