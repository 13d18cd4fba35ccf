"""Laws of working time: they hold for every start, every length and every calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing import calendar_file
from routing.calendar import Calendar, SpecialDay, Unit
from routing.walk import explain

SHIPPED = calendar_file.load()
FIRST, LAST = date(2025, 1, 1), date(2028, 6, 30)

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001
SECONDS = st.integers(1, 60 * SHIPPED.day_seconds)
UNITS = st.sampled_from(Unit)
LENGTHS = st.integers(0, 30)
ODD_DAYS = st.dictionaries(st.dates(FIRST, LAST), st.builds(SpecialDay, st.booleans(), st.just("")), max_size=60)
OFFICES = st.builds(lambda days: replace(SHIPPED, exceptions=days), ODD_DAYS)

law = settings(deadline=None, max_examples=60)


@law
@given(OFFICES, MOMENTS, SECONDS, SECONDS)
def test_adding_and_measuring_agree(office: Calendar, start: datetime, first: int, second: int) -> None:
    assert office.between(start, office.add(start, first)) == first
    assert office.add(office.add(start, first), second) == office.add(start, first + second)


@law
@given(OFFICES, MOMENTS, MOMENTS, MOMENTS)
def test_pieces_of_time_sum(office: Calendar, one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = (moment.replace(microsecond=0) for moment in sorted((one, two, three)))
    middle, last = first + (middle - first) % timedelta(days=300), first + (last - first) % timedelta(days=300)
    middle, last = sorted((middle, last))

    assert office.between(first, middle) + office.between(middle, last) == office.between(first, last)


@law
@given(OFFICES, MOMENTS, MOMENTS, SECONDS, SECONDS)
def test_later_or_longer_is_never_due_earlier(
    office: Calendar, start: datetime, other: datetime, first: int, second: int
) -> None:
    earlier, later = sorted((start, other))

    assert start < office.add(start, first)
    assert office.add(earlier, first) <= office.add(later, first)
    assert office.next_open(earlier) <= office.next_open(later)
    assert office.add(start, min(first, second)) <= office.add(start, max(first, second))


@law
@given(OFFICES, MOMENTS, MOMENTS, LENGTHS, LENGTHS, UNITS, st.booleans())
def test_no_unit_is_due_earlier_when_later_or_longer(
    office: Calendar, start: datetime, other: datetime, first: int, second: int, unit: Unit, move: bool
) -> None:
    earlier, later = sorted((start, other))

    assert start < office.due(start, max(first, 1), unit, move=move)
    assert office.due(earlier, first, unit, move=move) <= office.due(later, first, unit, move=move)
    shorter, longer = sorted((first, second))
    assert office.due(start, shorter, unit, move=move) <= office.due(start, longer, unit, move=move)


@law
@given(OFFICES, MOMENTS, LENGTHS, UNITS, st.integers(0, 90), SECONDS)
def test_an_added_holiday_never_makes_a_deadline_earlier(
    office: Calendar, start: datetime, length: int, unit: Unit, days_off: int, seconds: int
) -> None:
    holiday = office.local(start).date() + timedelta(days=days_off)
    more = replace(office, exceptions={**office.exceptions, holiday: SpecialDay(works=False, name="")})

    assert more.add(start, seconds) >= office.add(start, seconds)
    assert more.due(start, length, unit) >= office.due(start, length, unit)


@law
@given(OFFICES, MOMENTS, SECONDS, SECONDS, st.integers(0, 40 * 86400))
def test_a_stop_never_shortens_and_leaves_what_was_left(
    office: Calendar, start: datetime, length: int, until_stop: int, stopped_for: int
) -> None:
    start = start.replace(microsecond=0)
    due = office.add(start, length)
    stopped = office.add(start, min(until_stop, length))
    goes_on = stopped + timedelta(seconds=stopped_for)

    later = office.resume(due, stopped, goes_on)

    assert later >= due
    assert office.between(goes_on, later) == office.between(stopped, due) or later == due


@law
@given(OFFICES, MOMENTS, LENGTHS, UNITS, st.booleans())
def test_the_walk_ends_where_the_deadline_is_and_counts_all_of_it(
    office: Calendar, start: datetime, length: int, unit: Unit, move: bool
) -> None:
    walk = explain(office, start, length, unit, move=move)

    assert walk.end == office.due(start, length, unit, move=move)
    assert [day.day for day in walk.days] == [walk.days[0].day + timedelta(days=n) for n in range(len(walk.days))]
    assert (
        sum(day.counted for day in walk.days) == walk.days[-1].total == length * (3600 if unit is Unit.HOURS else 1)
    )
    assert all(bool(day.why) != bool(day.counted) for day in walk.days)
