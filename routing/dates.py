"""Which moment a date said in words means, by the working calendar. Pure: no database, no clock."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from routing.calendar import Calendar

DAY = timedelta(days=1)
BACK, FORWARD = "back", "forward"
ENDS = ("week", "month", "quarter", "year")
"""Kinds that name the end of a period."""
ANY_FEAST = ("节", "长假", "假期", "放假", "双节")
CALLED = {"五一": "劳动节", "十一": "国庆", "年": "春节"}
FEAST_AHEAD = 400


@dataclass(frozen=True, slots=True)
class By:
    """A date as it was said: its kind with its numbers, the name of a feast, the time of day, and how it binds
    (before, within, after; "": on that day)."""

    kind: str
    numbers: Mapping[str, int]
    name: str = ""
    part: str = ""
    minutes: int | None = None
    side: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """How days off are passed over, by the way a date binds, and what the parts of a week mean."""

    day_off: Mapping[str, str]
    week_early: int


def moment(by: By, now: datetime, calendar: Calendar, rules: Rules) -> datetime | None:
    """When that is, in UTC; None where there is no such day, or it has passed."""
    here = calendar.local(now)
    if by.kind == "hours":
        return _in_hours(by, here, calendar)
    if by.kind == "workdays" or by.kind == "half_day":
        return _at(by, calendar.local(calendar.add_days(now, by.numbers.get("count", 0))).date(), calendar)
    day = KINDS[by.kind](by, here.date(), calendar, rules)
    if day is None:
        return None
    way = rules.day_off["end" if by.kind in ENDS else by.side or "on"]
    found = _at(by, _working(day, calendar, -DAY if way == BACK else DAY), calendar)
    if found <= now and way == BACK and day >= here.date():
        found = _at(by, _working(day, calendar, DAY), calendar)  # before the feast, said when it has begun
    return found if found > now else None


def _at(by: By, day: date, calendar: Calendar) -> datetime:
    """The time of day on a working day: its end, unless a part of it or a clock time was said."""
    spans = calendar.spans(day)
    if by.minutes is not None:
        start = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
        return (start + timedelta(minutes=by.minutes)).astimezone(UTC)
    return spans[0 if by.part in ("morning", "noon") else -1][1].astimezone(UTC)


def _working(day: date, calendar: Calendar, step: timedelta) -> date:
    while not calendar.is_workday(day):
        day += step
    return day


def _in_hours(by: By, here: datetime, calendar: Calendar) -> datetime:
    """So long by the clock, as it is said to somebody who waits; on a day off, that time of the next working day."""
    count = by.numbers["count"]
    found = here + (timedelta(hours=count) if count else timedelta(minutes=30))
    day = _working(found.date(), calendar, DAY)
    return datetime.combine(day, found.time(), calendar.zone).astimezone(UTC)


def _day(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date | None:
    """10月20号, 20号, 下月5号: the next one, unless it has passed this year or month."""
    told = by.numbers
    if "month" not in told:
        turn = told.get("turn")
        found = _date(*_month(today, turn or 0), told["day"])
        if found is not None and (turn is not None or found >= today):
            return found
        return _date(*_month(today, 1), told["day"])
    if "year" in told or "years" in told:
        return _date(told.get("year", today.year + told.get("years", 0)), told["month"], told["day"])
    found = _date(today.year, told["month"], told["day"])
    if found is not None and found < today and (today - found).days > FEAST_AHEAD // 2:
        return _date(today.year + 1, told["month"], told["day"])
    return found


def _weekday(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    ahead = by.numbers["weekday"] - today.weekday()
    return today + timedelta(ahead + 7 * by.numbers["turn"] if "turn" in by.numbers else ahead % 7)


def _week(by: By, today: date, _calendar: Calendar, rules: Rules) -> date:
    monday = today - timedelta(today.weekday()) + timedelta(weeks=by.numbers["turn"])
    return monday + timedelta(rules.week_early - 1 if "early" in by.numbers else 6)


def _near(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    return today + timedelta(by.numbers.get("days", 0))


def _days(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    return today + timedelta(by.numbers["count"])


def _weeks(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    return today + timedelta(weeks=by.numbers["count"])


def _months(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    year, month = _month(today, by.numbers["count"])
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def _half_month(_by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    return today + timedelta(15)


def _month_part(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    """月底, 下月初, 10月中旬: of this month, of the one so many months on, or of the one that is named."""
    told = by.numbers
    year, month = _month(today, told.get("turn", 0))
    if "month" in told:
        passed = told["month"] < today.month and not {"year", "years"} & told.keys()
        year = told.get("year", today.year + told.get("years", int(passed)))
        month = told["month"]
    return date(year, month, told.get("until") or monthrange(year, month)[1])


def _quarter(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    this = (today.month - 1) // 3 + 1
    quarter = by.numbers.get("quarter", this + by.numbers.get("turn", 0))
    year = today.year + (quarter - 1) // 4 + int("quarter" in by.numbers and quarter < this)
    month = ((quarter - 1) % 4 + 1) * 3
    return date(year, month, monthrange(year, month)[1])


def _year(by: By, today: date, _calendar: Calendar, _rules: Rules) -> date:
    return date(by.numbers.get("year", today.year + by.numbers.get("years", 0)), 12, 31)


def _feast(by: By, today: date, calendar: Calendar, _rules: Rules) -> date | None:
    """The day before the feast, or the day after its last free day."""
    name, any_feast = CALLED.get(by.name, by.name), by.name in ANY_FEAST
    ahead = (today + timedelta(n) for n in range(FEAST_AHEAD))
    called = ((day, calendar.day_name(day)) for day in ahead)
    first = next((day for day, its in called if its and (any_feast or name in its)), None)
    if first is None:
        return None
    step = DAY if by.side == "after" else -DAY
    day = first
    while not calendar.is_workday(day):
        day += step
    return day


def _month(today: date, months: int) -> tuple[int, int]:
    return (today.year * 12 + today.month - 1 + months) // 12, (today.month - 1 + months) % 12 + 1


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


KINDS: Mapping[str, Callable[[By, date, Calendar, Rules], date | None]] = {
    "day": _day,
    "weekday": _weekday,
    "week": _week,
    "near": _near,
    "days": _days,
    "weeks": _weeks,
    "months": _months,
    "half_month": _half_month,
    "month": _month_part,
    "quarter": _quarter,
    "year": _year,
    "feast": _feast,
}
"""How the day of each kind is found; `hours`, `workdays` and `half_day` are counted in working time."""
COUNTED = frozenset({"hours", "workdays", "half_day"})
