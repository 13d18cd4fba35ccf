"""By when something is planned, as officers write it."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parse import take_months

TODAY = date(2026, 9, 28)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("列入计划 12月底", "2026-12-31"),
        ("年底前完成", "2026-12-31"),
        ("明年3月", "2027-03-31"),
        ("2027年6月底", "2027-06-30"),
        ("明年一季度", "2027-03-31"),
        ("上半年", "2027-06-30"),
        ("下个月", "2026-10-31"),
        ("十月", "2026-10-31"),
        ("8月", "2027-08-31"),
        ("9月", "2026-09-30"),
    ],
)
def test_months_quarters_and_years_are_their_last_day(said: str, meant: str) -> None:
    assert take_months(said, TODAY) == date.fromisoformat(meant)


@pytest.mark.parametrize("said", ["10月20日", "12月31号前", "十二月二十号", "三个月内", "1个月", "月底", "换了两台"])
def test_days_and_lengths_are_left_to_others(said: str) -> None:
    assert take_months(said, TODAY) is None


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(1, 12))
def test_a_month_without_a_year_is_the_next_one_that_ends(today: date, month: int) -> None:
    meant = take_months(f"列入计划，{month}月", today)

    assert meant is not None
    assert meant >= today
    assert (meant.month, meant.day) == (month, monthrange(meant.year, month)[1])
    assert (meant - today).days < 366


@given(
    st.text("今明后年第一二三四季度月份底末前内上下半个0123456789日号 ，", max_size=20), st.dates(date(2024, 1, 1))
)
def test_no_words_break_it(said: str, today: date) -> None:
    meant = take_months(said, min(today, date(2090, 1, 1)))

    assert meant is None or meant.day >= 28
