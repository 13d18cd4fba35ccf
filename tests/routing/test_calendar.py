"""Working time: tables of cases, wrong files, and laws that hold for every start and duration."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from routing import calendar, calendar_file
from routing.calendar import Calendar, CalendarError, SpecialDay, Unit
from routing.walk import explain
from store.facts import FactError

OFFICE = calendar_file.load()
SHIPPED = Path(calendar.__file__).with_name("calendar.toml").read_text(encoding="utf-8")
HOUR = 3600


def at(text: str) -> datetime:
    """A moment on the office's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE.zone)


def from_file(folder: Path, text: str) -> Calendar:
    (folder / "calendar.toml").write_text(text, encoding="utf-8")
    return calendar_file.load(folder)


@pytest.mark.parametrize(
    ("day", "works", "name"),
    [
        ("2026-09-28", True, None),  # an ordinary Monday
        ("2026-09-26", False, None),  # a Saturday
        ("2026-09-25", False, "中秋节"),
        ("2026-10-01", False, "国庆节"),
        ("2026-10-05", False, "国庆节"),  # given for the Sunday before
        ("2026-10-07", False, "休息日"),  # bridged, made up for on 10 October
        ("2026-09-20", True, None),  # a make-up Sunday
        ("2026-10-10", True, None),  # a make-up Saturday
        ("2026-10-11", False, None),
    ],
)
def test_days(day, works, name):
    assert OFFICE.is_workday(date.fromisoformat(day)) is works
    assert OFFICE.day_name(date.fromisoformat(day)) == name


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        ("2026-09-28 09:00", 2 * HOUR, "2026-09-28 11:00"),
        ("2026-09-28 11:00", 2 * HOUR, "2026-09-28 15:00"),  # lunch does not count
        ("2026-09-28 12:30", HOUR, "2026-09-28 15:00"),
        ("2026-09-28 07:00", HOUR, "2026-09-28 09:30"),
        ("2026-09-28 10:00", HOUR * 2, "2026-09-28 12:00"),  # used up at the end of the morning
        ("2026-09-28 17:29:59", 1, "2026-09-28 17:30"),
        ("2026-09-28 17:29:59", 2, "2026-09-29 08:30:01"),
        ("2026-09-28 17:30:00", 1, "2026-09-29 08:30:01"),
        ("2026-08-07 20:15", HOUR, "2026-08-10 09:30"),  # Friday evening
        ("2026-09-18 20:15", HOUR, "2026-09-20 09:30"),  # Friday before a make-up Sunday
        ("2026-09-30 17:00", HOUR, "2026-10-08 09:00"),  # over National Day
        ("2026-10-09 17:00", 7 * HOUR, "2026-10-10 17:00"),
        ("2026-12-31 17:00", HOUR, "2027-01-04 09:00"),  # into a year that may not be announced
        ("2026-09-28 12:00", 0, "2026-09-28 14:00"),
        ("2026-09-28 10:20", 0, "2026-09-28 10:20"),
        ("2026-10-03 10:20", 0, "2026-10-08 08:30"),
    ],
)
def test_working_seconds(start, seconds, end):
    due = OFFICE.add(at(start), seconds)

    assert (due, due.tzinfo) == (at(end), UTC)
    assert OFFICE.between(at(start), due) == seconds


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-09-28 09:00", 1, "2026-09-29 17:30"),
        ("2026-09-28 07:00", 1, "2026-09-29 17:30"),  # before opening the same day counts
        ("2026-09-28 12:30", 0, "2026-09-28 17:30"),
        ("2026-09-28 17:29:59", 1, "2026-09-29 17:30"),
        ("2026-09-28 17:30:00", 1, "2026-09-30 17:30"),  # too late: the clock starts on Tuesday
        ("2026-09-30 16:00", 1, "2026-10-08 17:30"),
        ("2026-09-30 16:00", 3, "2026-10-10 17:30"),  # the make-up Saturday is the third
        ("2026-10-04 16:00", 1, "2026-10-09 17:30"),
        ("2026-09-28 09:00", 30, "2026-11-13 17:30"),
        ("2026-12-31 09:00", 1, "2027-01-04 17:30"),
    ],
)
def test_working_days(start, days, end):
    due = OFFICE.add_days(at(start), days)

    assert (due, due.tzinfo) == (at(end), UTC)


@pytest.mark.parametrize(
    ("start", "days", "moved", "stays"),
    [
        ("2026-09-28 09:00", 1, "09-29", "09-29"),
        ("2026-09-28 09:00", 5, "10-08", "10-03"),  # a Saturday inside National Day
        ("2026-09-24 09:00", 3, "09-28", "09-27"),
        ("2026-10-08 09:00", 2, "10-10", "10-10"),  # the make-up Saturday is a working day
        ("2026-10-02 09:00", 1, "10-09", "10-09"),  # told on a day off: the clock starts on the 8th
        ("2026-09-28 17:30", 1, "09-30", "09-30"),
    ],
)
def test_natural_days(start, days, moved, stays):
    assert OFFICE.due(at(start), days, Unit.NATURAL_DAYS) == at(f"2026-{moved} 17:30")
    assert OFFICE.due(at(start), days, Unit.NATURAL_DAYS, move=False) == at(f"2026-{stays} 17:30")


def test_what_was_left_at_a_stop_is_left_when_the_clock_goes_on():
    due = at("2026-10-09 17:30")
    stopped, goes_on = at("2026-09-30 15:00"), at("2026-10-14 08:30")

    later = OFFICE.resume(due, stopped, goes_on)

    assert later == at("2026-10-16 11:00")  # two and a half hours and two days
    assert OFFICE.resume(later, goes_on, stopped) == due


def test_the_walk_says_of_each_day_whether_it_counts_and_why_not():
    walk = explain(OFFICE, at("2026-09-29 20:00"), 3, Unit.WORKING_DAYS)

    assert (walk.begins, walk.end) == (at("2026-09-30 08:30"), at("2026-10-10 17:30"))
    assert [(day.day.day, day.counted, day.total, day.why or day.name, day.make_up) for day in walk.days] == [
        (29, 0, 0, "over", False),
        (30, 0, 0, "starts", False),
        *((number, 0, 0, "weekend" if number == 4 else "holiday", False) for number in range(1, 8)),
        (8, 1, 1, "", False),
        (9, 1, 2, "", False),
        (10, 1, 3, "", True),
    ]
    assert {day.name for day in walk.days if day.why == "holiday"} == {"国庆节", "休息日"}


def test_the_walk_of_a_deadline_in_natural_days_says_that_it_moved():
    days = explain(OFFICE, at("2026-09-25 10:00"), 4, Unit.NATURAL_DAYS).days

    assert [(day.day.day, day.counted, day.why) for day in days] == [
        *((25 + number, 0, "holiday" if number == 0 else "weekend") for number in range(3)),
        (28, 0, "starts"),
        (29, 1, ""), (30, 1, ""), (1, 1, ""), (2, 1, ""),
        *((number, 0, "weekend" if number == 4 else "holiday") for number in range(3, 8)),
        (8, 0, "moved"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "next_open"),
    [
        ("2026-09-28 08:29:59", "2026-09-28 08:30"),
        ("2026-09-28 08:30", "2026-09-28 08:30"),
        ("2026-09-28 12:30", "2026-09-28 12:30"),  # at lunch a message disturbs nobody's evening
        ("2026-09-28 17:59:59", "2026-09-28 17:59:59"),
        ("2026-09-28 18:00", "2026-09-29 08:30"),
        ("2026-09-19 10:00", "2026-09-20 08:30"),
        ("2026-10-03 10:00", "2026-10-08 08:30"),
    ],
)
def test_pushes_wait_for_push_hours(moment, next_open):
    assert OFFICE.next_open(at(moment)) == at(next_open)
    assert OFFICE.is_open(at(moment)) is (moment == next_open)


def test_spans_are_local_and_cover_a_full_day():
    spans = OFFICE.spans(date(2026, 9, 28))

    assert spans == (
        (at("2026-09-28 08:30"), at("2026-09-28 12:00")),
        (at("2026-09-28 14:00"), at("2026-09-28 17:30")),
    )
    assert spans[0][0].tzinfo is OFFICE.zone
    assert sum((closes - opens).seconds for opens, closes in spans) == OFFICE.day_seconds == 7 * HOUR
    assert OFFICE.spans(date(2026, 10, 1)) == ()


def test_unannounced_years_are_estimated_from_statutory_days(tmp_path):
    entered = from_file(tmp_path, SHIPPED + '[[exception]]\ndate = 2060-10-08\nkind = "holiday"\n')

    assert OFFICE.is_announced(2026)
    assert not OFFICE.is_announced(2060)
    assert OFFICE.day_name(date(2060, 10, 1)) == "国庆节"
    assert entered.is_announced(2060)
    assert OFFICE.add_days(at("2150-09-30 09:00"), 1)  # beyond all tables only weekends are known


def test_the_offices_own_days_win(tmp_path):
    office = from_file(
        tmp_path,
        SHIPPED + '[[exception]]\ndate = 2026-09-29\nkind = "holiday"\nname = "建区日"\n'
        '[[exception]]\ndate = 2026-10-01\nkind = "workday"\n',
    )

    assert office.day_name(date(2026, 9, 29)) == "建区日"
    assert office.add_days(at("2026-09-28 09:00"), 2) == at("2026-10-01 17:30")
    assert office.day_name(date(2026, 10, 1)) is None
    assert office.is_workday(date(2026, 10, 10))


HOURS = SHIPPED[SHIPPED.index("[[hours]]") : SHIPPED.index("# One entry")]
ONE_DAY = '[[exception]]\ndate = 2026-05-06\nkind = "holiday"\n'


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("Asia/Shanghai", "Asia/Peking", "calendar.toml: timezone: unknown time zone 'Asia/Peking'"),
        ('"Asia/Shanghai"', "8", "timezone: unknown time zone 8"),
        ('"sunday"', '"sonntag"', "weekend: must list some of monday"),
        ('["saturday", "sunday"]', str([*calendar_file.WEEKDAYS]), "leave a working weekday"),
        ("to = 12:00:00", "to = 08:30:00", "hours 1: ends at 08:30:00, not after"),
        ("from = 14:00:00", "from = 11:59:00", "hours 2: starts at 11:59:00, inside the one before"),
        ("from = 14:00:00", "", "hours 2: needs from and to"),
        (HOURS, "", "hours: a working day needs"),
        (HOURS, "[hours]\nfrom = 08:30:00\n", r"hours: must be written as \[\[hours\]\]"),
        ("to = 18:00:00", "to = 08:00:00", "push: ends at 08:00:00"),
        ("push = {", "pushes = {", "calendar.toml: pushes: unknown entry"),
        (HOURS, HOURS + ONE_DAY + ONE_DAY, "exception 2: 2026-05-06 is entered twice"),
        (HOURS, HOURS + ONE_DAY.replace("holiday", "holyday"), "exception 1: kind is 'holyday'"),
        (HOURS, HOURS + ONE_DAY.replace("-06", "-06 08:00:00"), "exception 1: needs a date"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, old, new, complaint):
    assert old in SHIPPED

    with pytest.raises(FactError, match=complaint):
        from_file(tmp_path, SHIPPED.replace(old, new))


def test_a_walk_without_end_is_refused():
    closed = {date(2026, 9, 28) + timedelta(days=number): SpecialDay(False, "") for number in range(500)}
    office = replace(OFFICE, exceptions=closed)

    for ask in (
        lambda now: office.add(now, 1),
        lambda now: office.add_days(now, 1),
        lambda now: office.add_natural_days(now, 1),
        lambda now: OFFICE.add_natural_days(now, 401),
        office.next_open,
    ):
        with pytest.raises(CalendarError, match="400 days after 2026-09-28T09:00:00"):
            ask(at("2026-09-28 09:00"))


def test_only_real_moments_and_forward_durations():
    naive = at("2026-09-28 09:00").replace(tzinfo=None)
    for ask in (OFFICE.local, OFFICE.is_open, OFFICE.next_open, lambda now: OFFICE.add(now, 1)):
        with pytest.raises(ValueError, match="no time zone"):
            ask(naive)
    with pytest.raises(ValueError, match="a moment, not a day"):
        OFFICE.is_workday(at("2026-09-28 09:00"))
    with pytest.raises(ValueError, match="only forwards"):
        OFFICE.add(at("2026-09-28 09:00"), -1)
    for unit in Unit:
        with pytest.raises(ValueError, match="only forwards"):
            OFFICE.due(at("2026-09-28 09:00"), -1, unit)
    assert OFFICE.between(at("2026-09-28 10:00"), at("2026-09-28 09:00")) == 0
