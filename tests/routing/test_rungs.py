"""When an item reaches which rung: pure arithmetic over the calendar."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from routing import calendar_file
from routing.rungs import Ladder
from store.facts import FactError
from store.tables import Item

CALENDAR, LADDER = calendar_file.load(), Ladder.load()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+08:00")


def item(state: str, since: str, due: str | None = None, *, urgent: bool = False, grade: int = 2) -> Item:
    moment = at(since)
    return Item(
        state=state,
        state_since=moment,
        clock_from=moment,
        registered_at=moment,
        due_at=at(due) if due else None,
        urgent=urgent,
        restricted=False,
        checked_until=moment,
        sign_due_at=CALENDAR.add(moment, CALENDAR.day_seconds),
        signed_at=None if state == "assigned" else moment,
        contacted_at=None,
        grade=grade,
        events=[],
    )


def first(name: str, given: Item) -> str:
    rung = next(rung for rung in LADDER.rungs if rung.name == name)
    return f"{CALENDAR.local(next(rung.moments(given, CALENDAR))):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("rung", "given", "moment"),
    [
        ("sign", item("assigned", "09-28T09:00"), "09-28 14:30"),
        ("sign_late", item("assigned", "09-28T09:00"), "09-29 09:00"),
        ("sign_late", item("assigned", "09-30T15:00"), "10-08 15:00"),  # over National Day
        ("sign_late", item("assigned", "10-09T15:00"), "10-10 15:00"),  # Saturday 10 October is a make-up workday
        ("contact", item("handling", "09-30T15:00"), "10-08 15:00"),
        ("contact", item("handling", "09-30T16:30", urgent=True), "09-30 18:30"),
        ("contact_at_once", item("handling", "09-30T17:00", grade=1), "10-08 09:00"),
        ("contact_late", item("handling", "10-09T15:00"), "10-12 15:00"),
        ("due", item("handling", "09-28T09:00", "10-13T17:30"), "10-13 14:30"),
        ("overdue", item("handling", "09-28T09:00", "10-13T17:30"), "10-14 08:30"),  # never at closing time
        ("overdue_daily", item("handling", "09-28T09:00", "10-13T17:30"), "10-15 08:30"),
        ("half", item("handling", "09-28T08:30", "10-09T17:30"), "09-30 14:00"),
        ("near_due", item("handling", "09-28T08:30", "10-09T17:30"), "10-08 15:45"),
        ("overdue_leader", item("handling", "09-28T09:00", "10-13T17:30"), "10-19 08:30"),
        ("rate", item("resolved", "09-28T10:00"), "09-30 10:00"),
        ("lapse", item("resolved", "09-28T10:00"), "10-10 10:00"),
        ("sign", item("assigned", "09-28T23:00", urgent=True), "09-28 23:30"),  # urgent: by the wall clock
    ],
)
def test_a_rung_is_reached_at(rung: str, given: Item, moment: str) -> None:
    assert first(rung, given) == moment


def test_a_rung_that_repeats_comes_once_a_working_day_at_the_same_time() -> None:
    rung = next(rung for rung in LADDER.rungs if rung.name == "overdue_daily")
    moments = rung.moments(item("handling", "09-28T09:00", "09-29T17:30"), CALENDAR)

    assert [f"{CALENDAR.local(next(moments)):%m-%d %H:%M}" for _ in range(4)] == [
        "10-08 08:30",
        "10-09 08:30",
        "10-10 08:30",
        "10-12 08:30",
    ]


def test_days_without_a_worker_make_one_reminder_and_not_ten() -> None:
    given = item("handling", "09-28T09:00", "09-29T17:30")
    given.checked_until = at("09-30T09:00")

    reached = LADDER.reached(given, at("10-14T09:00"), CALENDAR)

    assert [rung.name for rung, _ in reached].count("overdue_daily") == 1


def test_what_was_reached_is_not_reached_again() -> None:
    given = item("assigned", "09-28T09:00", "10-13T17:30")

    once = LADDER.reached(given, at("09-28T15:00"), CALENDAR)
    given.checked_until = at("09-28T15:00")
    again = LADDER.reached(given, at("09-28T15:00"), CALENDAR)

    assert [rung.name for rung, _ in once] == ["sign"]
    assert again == []


def test_no_reminder_falls_outside_the_hours_in_which_people_may_be_disturbed() -> None:
    for hour in range(24):
        given = item("assigned", f"09-30T{hour:02d}:10", "10-15T17:30")
        assert all(CALENDAR.is_open(moment) for moment, _ in LADDER.ahead(given, given.state_since, CALENDAR))


def test_a_restricted_item_reminds_nobody_but_its_receiver() -> None:
    given = item("assigned", "09-28T09:00", "10-13T17:30")
    given.restricted = True

    told = {recipient for _, rung in LADDER.ahead(given, given.state_since, CALENDAR) for recipient in rung.tell}

    assert "officer" in told


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('states = ["assigned"]\nanchor = "due_at"\nhours = 1.0', "tells nobody"),
        ('states = ["asigned"]\nanchor = "due_at"\nhours = 1.0\ntell = {officer = "x"}', "unknown state 'asigned'"),
        ('states = ["assigned"]\nanchor = "birth"\nhours = 1.0\ntell = {officer = "x"}', "anchor must be one of"),
        ('states = ["assigned"]\nanchor = "due_at"\ntell = {officer = "x"}', "exactly one of days, hours and share"),
        ('states = ["assigned"]\nanchor = "due_at"\nhours = 1.0\ntell = {boss = "x"}', "unknown recipient 'boss'"),
        (
            'states = ["assigned"]\nunless = "tired"\nanchor = "due_at"\nhours = 1.0\ntell = {officer = "x"}',
            "unless must be one of contacted_at",
        ),
        ('anchor = "due_at"\nhours = 1.0\ntell = {officer = "x"}', "missing or unknown entry"),
        ('states = ["assigned"]\nanchor = "due_at"\nhour = 1.0\ntell = {officer = "x"}', "missing or unknown entry"),
    ],
)
def test_a_wrong_rung_stops_the_start_and_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    (tmp_path / "ladder.toml").write_text(f'[[rung]]\nname = "odd"\n{wrong}\n', encoding="utf-8")

    with pytest.raises(FactError, match=r"ladder\.toml: rung odd") as failure:
        Ladder.load(tmp_path)
    assert said in str(failure.value)


def test_changing_a_number_in_the_file_changes_the_moment(tmp_path: Path) -> None:
    shipped = next(rung for rung in LADDER.rungs if rung.name == "sign")
    given = item("assigned", "09-28T09:00")

    assert next(replace(shipped, hours=1.0).moments(given, CALENDAR)) < next(shipped.moments(given, CALENDAR))
