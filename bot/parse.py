"""Reads what people type after a command word: item numbers, days, dates."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

# A short number ends at a blank, punctuation or the end, so that "办结 2台变压器已换" names no item.
NUMBER = re.compile(r"\s*(?:编号)?[:：]?\s*(\d{8}-\d{3,}|\d{1,4})(?=$|[\s,，。.、:：；;!！])[\s,，。.、:：；;]*")
# "到10月20日", "延至周五前": what may stand before a time and behind it.
UNTIL = re.compile(r"\s*(?:[延停]?(?:期|长|后)?[到至]|再?延期?|再)?\s*")
BY_THEN = re.compile(r"(?:之?前|以?内|为?止)(?=$|[\s,，。.;；])")
STOPS = " \t\n,，。.;；:：、"
DAYS = re.compile(r"(\d{1,3}|[一二两三四五六七八九十]{1,3})\s*(?:个)?(?:工作)?[天日]\s*")
# "3-5天" and "1.5天" are lengths that we do not read, and no dates.
MONTH_DAY = re.compile(r"(?:(\d{4})[年./-])?(\d{1,2})[月./-](\d{1,2})(?!\d|\s*个|\s*天|\s*工作)[日号]?\s*")
FURTHEST = timedelta(days=366)
DAY_ONLY = re.compile(r"(\d{1,2})[号日]\s*")
WEEKDAY = re.compile(r"(?:(下)|[本这])?(?:周|星期|礼拜)([一二三四五六日天])\s*")
DAY_WORD = re.compile(r"(今|明|大后|后)[天日]\s*")
DAY_WORDS = {"今": 0, "明": 1, "后": 2, "大后": 3}
DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()} | {
    0xFF0D: "-",
    0xFF0E: ".",
    0x3000: " ",
}
UNIT_PROPOSED = re.compile(
    r"(?:建议|应该?由|应该?是|应该?归|该由|该归|应当由|请转|应转|应交)(?:交给|转给|交|转|给|由|归)?\s*([\u4e00-\u9fff]{2,12}?)\s*"
    r"(?:承办|办理|负责|处理|来办|管|办|的|$|[,，。；;\s])"
)
# By when something is planned, told in months: "明年3月", "2027年6月底", "一季度", "今年年底", "下个月".
MONTHS = re.compile(
    r"(?:(?P<which>[今明后])年|(?P<year>20\d{2})年)?\s*"
    r"(?:第?(?P<quarter>[一二三四1-4])季度|(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])月份?(?!\d|[一二三]?十|[一二三四五六七八九][日号])"
    r"|(?P<end>(?:年底|年末|底前?|末|内))|(?P<half>[上下])半年)|(?P<next>下)个?月(?!\d)"
)
YEARS = {"今": 0, "明": 1, "后": 2}
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


@dataclass(frozen=True, slots=True)
class Span:
    """A number of working days, or a day."""

    days: int | None = None
    day: date | None = None


def unit_proposed(reason: str) -> str:
    """The unit that a reason for returning names ("应由住建局办"); "" when it names none."""
    found = UNIT_PROPOSED.search(reason)
    return found[1] if found else ""


def plain(text: str) -> str:
    """Full-width digits, letters and blanks become plain ones, each in its place: the length stays the same, so
    that what follows a command can be taken from what was really said."""
    return text.translate(FULL_WIDTH)


def take_number(text: str) -> tuple[str | None, str]:
    """The item number at the start, and the rest as it was said. Short numbers are filled up to three digits."""
    found = NUMBER.match(plain(text))
    if not found:
        return None, text.strip()
    number = found[1]
    return (number if "-" in number else number.zfill(3)), text[found.end() :].strip()


def take_span(text: str, today: date) -> tuple[Span | None, str]:
    """A time at the start ("3天", "10月20日", "20号", "周五", "明天"), and the rest. Dates lie ahead of `today`."""
    text = plain(text)
    lead = UNTIL.match(text)
    start = lead.end() if lead else 0
    for pattern, read in READERS:
        found = pattern.match(text, start)
        # "20日" alone is a day of the month, "20天" a length.
        if found and not (pattern is DAYS and found[0].strip().endswith("日") and "工作" not in found[0]):
            span = read(found, today)
            if span is not None:
                tail = BY_THEN.match(text, found.end())
                return span, text[(tail or found).end() :].lstrip(STOPS).rstrip()
    return None, text.strip()


def take_months(text: str, today: date) -> date | None:
    """The last day of a month, quarter or year that a plan names anywhere in its words; what has passed this year is
    meant for the next."""
    for found in MONTHS.finditer(plain(text)):
        if found["next"]:
            return _last_day(today.year, today.month + 1)
        month = _month_named(found)
        if month is None or (found["end"] and not (found["which"] or found["year"] or "年" in found["end"])):
            continue
        year = int(found["year"]) if found["year"] else today.year + YEARS.get(found["which"] or "", 0)
        day = _last_day(year, month)
        return day if day >= today or found["year"] or found["which"] else _last_day(year + 1, month)
    return None


def _month_named(found: re.Match[str]) -> int | None:
    if found["quarter"]:
        return 3 * (chinese_number(found["quarter"]) or int(found["quarter"]))
    if found["half"]:
        return 6 if found["half"] == "上" else 12
    if found["end"]:
        return 12
    said = found["month"]
    month = int(said) if said.isdigit() else chinese_number(said)
    return month if month and 1 <= month <= 12 else None


def _last_day(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _days(found: re.Match[str], _today: date) -> Span | None:
    days = int(found[1]) if found[1].isdigit() else chinese_number(found[1])
    return Span(days=days) if days and days <= FURTHEST.days else None


def _month_day(found: re.Match[str], today: date) -> Span | None:
    year = int(found[1]) if found[1] else today.year
    day = a_date(year, int(found[2]), int(found[3]))
    if day and day < today and not found[1]:
        day = a_date(year + 1, int(found[2]), int(found[3]))
    return Span(day=day) if day and today <= day <= today + FURTHEST else None


def _day_only(found: re.Match[str], today: date) -> Span | None:
    day = a_date(today.year, today.month, int(found[1]))
    if day is None or day < today:
        month = today.month % 12 + 1
        day = a_date(today.year + (month == 1), month, int(found[1]))
    return Span(day=day) if day else None


def _weekday(found: re.Match[str], today: date) -> Span:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=WEEKDAYS[found[2]], weeks=1 if found[1] else 0)
    return Span(day=day if day >= today else day + timedelta(weeks=1))


def _day_word(found: re.Match[str], today: date) -> Span:
    return Span(day=today + timedelta(days=DAY_WORDS[found[1]]))


def a_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def chinese_number(text: str) -> int | None:
    """Numbers up to 99 as people write them: 三, 十, 十五, 二十, 二十三."""
    if "十" not in text:
        return DIGITS.get(text)
    tens, ones = text.split("十", 1)
    return DIGITS.get(tens, 1) * 10 + DIGITS.get(ones, 0)


READERS = (
    (MONTH_DAY, _month_day),
    (DAYS, _days),
    (DAY_ONLY, _day_only),
    (WEEKDAY, _weekday),
    (DAY_WORD, _day_word),
)
