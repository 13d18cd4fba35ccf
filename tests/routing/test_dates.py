"""Which moment a date said in words means: days off, feasts, ends of periods. Pure arithmetic over the calendar."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import calendar_file
from routing.commitments import Commitments
from routing.dates import COUNTED, KINDS, By, moment
from store.facts import FactError

CALENDAR, SHIPPED = calendar_file.load(), Path(__file__).parents[2] / "routing" / "commitments.toml"
SETTINGS = Commitments.load()
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


def day(by: By, now: str, settings: Commitments = SETTINGS) -> str | None:
    found = moment(by, datetime.fromisoformat(f"2026-{now}+08:00"), CALENDAR, settings.dates)
    return f"{CALENDAR.local(found):%m-%d %H:%M}" if found else None


@pytest.mark.parametrize(
    ("by", "now", "due"),
    [
        # A day off: back for "before", forward for "on"; in the holiday itself there is only forward.
        (By("day", {"month": 10, "day": 5}, side="before"), "09-28T10:00", "09-30 17:30"),
        (By("day", {"month": 10, "day": 5}), "09-28T10:00", "10-08 17:30"),
        (By("day", {"month": 10, "day": 5}, side="before"), "10-02T10:00", "10-08 17:30"),
        # A make-up Saturday is a working day like any other.
        (By("weekday", {"weekday": 5}, side="before"), "10-08T10:00", "10-10 17:30"),
        (By("weekday", {"weekday": 3}, side="before"), "10-15T10:00", "10-15 17:30"),  # Thursday, said on it
        (By("weekday", {"weekday": 3}, side="before"), "10-15T18:00", None),  # and after its end
        (By("weekday", {"weekday": 3, "turn": 0}), "10-16T10:00", None),  # this week's has passed
        (By("weekday", {"weekday": 0, "turn": 1}, part="morning"), "10-15T10:00", "10-19 12:00"),
        (By("week", {"turn": 0}, side="within"), "09-29T10:00", "09-30 17:30"),
        (By("week", {"turn": 1, "early": 1}), "10-15T10:00", "10-20 17:30"),
        (By("workdays", {"count": 3}, side="within"), "09-29T10:00", "10-09 17:30"),
        (By("days", {"count": 3}, side="within"), "09-29T10:00", "10-08 17:30"),
        (By("hours", {"count": 24}, side="within"), "09-30T10:00", "10-08 10:00"),
        (By("month", {"until": 0}, side="before"), "10-12T10:00", "10-30 17:30"),  # the 31st is a Saturday
        (By("month", {"until": 10, "turn": 1}, side="before"), "10-12T10:00", "11-10 17:30"),
        (By("quarter", {"until": 0}), "09-01T10:00", "09-30 17:30"),
        (By("feast", {}, name="国庆", side="after"), "09-28T10:00", "10-08 17:30"),
        (By("feast", {}, name="国庆", side="before"), "09-28T10:00", "09-30 17:30"),
        (By("feast", {}, name="节", side="after"), "09-28T10:00", "10-08 17:30"),
        (By("day", {"day": 31, "month": 11}), "10-12T10:00", None),  # no such day
        (By("near", {"days": 0}, minutes=15 * 60, side="before"), "10-12T16:00", None),
    ],
)
def test_a_date_is_a_moment_of_the_working_calendar(by: By, now: str, due: str | None) -> None:
    assert day(by, now) == due


numbers = st.fixed_dictionaries(
    {"count": st.integers(0, 40), "weekday": st.integers(0, 6), "turn": st.integers(0, 2), "day": st.integers(1, 31)},
    optional={"month": st.integers(1, 12), "until": st.integers(0, 20), "quarter": st.integers(1, 4)},
)
said = st.builds(
    By,
    st.sampled_from(sorted(KINDS.keys() | COUNTED)),
    numbers,
    st.sampled_from(["国庆", "年", "节"]),
    st.sampled_from(["", "morning", "afternoon"]),
    st.none() | st.integers(8 * 60, 18 * 60),
    st.sampled_from(["", "before", "within", "after"]),
)


@given(said, st.integers(0, 300 * 24 * 60))
def test_whatever_is_said_is_a_working_day_that_lies_ahead(by: By, minutes: int) -> None:
    now = EARLIEST + timedelta(minutes=minutes)

    found = moment(by, now, CALENDAR, SETTINGS.dates)

    assert found is None or (found > now and CALENDAR.is_workday(CALENDAR.local(found).date()))


@pytest.mark.parametrize(
    ("old", "new", "by", "shipped", "changed"),
    [
        (
            'before = "back"',
            'before = "forward"',
            By("day", {"day": 5, "month": 10}, side="before"),
            "09-30",
            "10-08",
        ),
        ('end = "back"', 'end = "forward"', By("month", {"until": 0, "turn": 1}), "10-30", "11-02"),
        ('within = "forward"', 'within = "back"', By("days", {"count": 5}, side="within"), "10-08", "09-30"),
        ("week_early = 2", "week_early = 3", By("week", {"turn": 2, "early": 1}), "10-13", "10-14"),
    ],
)
def test_how_days_off_are_passed_over_is_a_setting(
    tmp_path: Path, old: str, new: str, by: By, shipped: str, changed: str
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "commitments.toml").write_text(text.replace(old, new), encoding="utf-8")

    assert day(by, "09-29T10:00") == f"{shipped} 17:30"
    assert day(by, "09-29T10:00", Commitments.load(tmp_path)) == f"{changed} 17:30"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('kept_by = ["progress"', 'kept_by = ["talk"', "kept_by"),
        ('on = "forward"', 'on = "sideways"', "day_off"),
        ("remind_hours = 4", "remind_hours = -1", "remind_hours"),
        ("week_early = 2", "week_early = 8", "day: week_early"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "commitments.toml").write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(FactError, match=rf"commitments\.toml: {reason}"):
        Commitments.load(tmp_path)
