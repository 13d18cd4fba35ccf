"""Reads from when until when, as people type it: "10.8-10.12", "明天-周五", "今天下午-周三", "10月8日起3天"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.parse import FURTHEST, WEEKDAYS, a_date, chinese_number, plain, take_span
from routing.calendar import Calendar

TO = re.compile(r"\s*(?:-{1,2}|[–—~～至到])\s*")
HALF = re.compile(r"\s*(上午|下午|全天)\s*")
LASTING = re.compile(r"\s*[起,，]?\s*(?:共|一共)?\s*(\d{1,3}|[一二两三四五六七八九十]{1,3})\s*天\s*")


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included; a first day may begin with the afternoon, a last one end with the morning."""

    first: date
    last: date
    from_noon: bool = False
    until_noon: bool = False

    def moments(self, calendar: Calendar) -> tuple[datetime, datetime]:
        """Half-open, in local time. Noon is when the first span of working hours closes."""
        noon = calendar.hours[0].closes if len(calendar.hours) > 1 else time(12)
        begins = datetime.combine(self.first, noon if self.from_noon else time(0), calendar.zone)
        if self.until_noon:
            return begins, datetime.combine(self.last, noon, calendar.zone)
        return begins, datetime.combine(self.last + timedelta(days=1), time(0), calendar.zone)


def take_period(text: str, today: date) -> tuple[Period | None, str]:
    """A period at the start, and the rest as it was said. None where no day can be read, or the last comes before
    the first."""
    text = plain(text)
    first, first_half, rest = _day(text, today, today)
    if first is None:
        return None, text.strip()
    last, last_half = _lasting(rest, first), None
    if last is not None:
        rest = LASTING.sub("", rest, count=1)
    elif to := TO.match(rest):
        last, last_half, rest = _day(rest[to.end() :], today, first)
    else:
        last, last_half = first, first_half
    if last is None or last < first:
        return None, text.strip()
    return Period(first, last, first_half == "下午", last_half == "上午"), rest.strip()


def _lasting(text: str, first: date) -> date | None:
    """The last of so many days ("起3天")."""
    found = LASTING.match(text)
    days = (int(found[1]) if found[1].isdigit() else chinese_number(found[1])) if found else None
    return first + timedelta(days=days - 1) if days and days <= FURTHEST.days else None


def _day(text: str, today: date, not_before: date) -> tuple[date | None, str | None, str]:
    """A day from today on, or else after the one it must not lie before; the half of it; and the rest."""
    span, rest = take_span(text, today)
    if span is not None and span.day is not None and span.day < not_before:
        span, rest = take_span(text, not_before)  # "周四-周三", "12月30日-3日"
    if span is None or span.day is None:
        return None, None, text
    half = HALF.match(rest)
    return span.day, half[1] if half else None, rest[half.end() :] if half else rest


PAST_WORD = re.compile(r"(今|昨|前)[天日]\s*")
PAST_WORDS = {"今": 0, "昨": 1, "前": 2}
PAST_DAY = re.compile(r"(?:(\d{4})[年./-])?(\d{1,2})[月./-](\d{1,2})(?!\d)[日号]?\s*")
PAST_WEEKDAY = re.compile(r"(上)?(?:周|星期)([一二三四五六日天])\s*")


def take_past_day(text: str, today: date) -> tuple[date | None, str]:
    """A day that is over, or today, at the start ("昨天", "9月25日", "周五"), and the rest as it was said."""
    plainly = plain(text)
    if found := PAST_WORD.match(plainly):
        return today - timedelta(days=PAST_WORDS[found[1]]), text[found.end() :]
    if found := PAST_WEEKDAY.match(plainly):
        ahead = WEEKDAYS[found[2]] - today.weekday()
        return today + timedelta(days=ahead - 7 if found[1] or ahead > 0 else ahead), text[found.end() :]
    if found := PAST_DAY.match(plainly):
        years = (int(found[1]),) if found[1] else (today.year, today.year - 1)
        days = [day for year in years if (day := a_date(year, int(found[2]), int(found[3]))) and day <= today]
        if days:
            return days[0], text[found.end() :]
    return None, text
