"""What a report names: enterprises, sums of money, days, places and telephone numbers, each where it stands."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from intake import clean, rules
from intake.clean import Cleaner
from intake.forwarded import speakers_hidden
from store.facts import FactError, read

FILE = "mentions.toml"
LONGEST = 25
HIDDEN = "\x00"  # stands for what has been found already
WEEKDAYS = {sign: at % 7 for at, sign in enumerate("一二三四五六日1234567")} | {"天": 6}
TURNS = {"上上": -2, "上": -1, "去": -1, "下": 1, "次": 1, "明": 1, "下下": 2}
NEAR = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
UNITS = {"天": (0, 1), "日": (0, 1), "周": (0, 7), "星期": (0, 7), "礼拜": (0, 7), "月": (1, 0), "年": (12, 0)}
DIGITS = str.maketrans("零〇一二两三四五六七八九点", "001223456789.")
SPOKEN = "零〇幺一二两三四五六七八九"
SPOKEN_DIGITS = str.maketrans(SPOKEN, "0011223456789")
SCALES = {"亿": 10**8, "万": 10**4, "千": 1000, "百": 100, "十": 10}

# One character for one: full-width forms, every dash and blank, and numerals as a bank writes them.
_SAME = (
    {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
    | dict.fromkeys((0x09, 0xA0, *range(0x2000, 0x2010), *range(0x202A, 0x2030), 0x3000, 0xFEFF), " ")
    | dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
    | str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億￥", "一二三四五六七八九十百千万亿¥")
)
_DIGIT = re.compile(f"[0-9０-９{SPOKEN}壹贰叁肆伍陆柒捌玖]")
FEWEST = 5
"""Fewer digits than this are no telephone number, and most texts have fewer."""
_NAME = re.compile(r"[一-龥A-Za-z0-9()&·]+")
_PLAIN_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|[一二两三四五六七八九零〇](?:点[一二三四五六七八九零〇]+)?")

Value = Callable[[re.Match[str], date], str | None]
Spans = Iterator[tuple[int, int, str]]  # where something stands, and its value


@dataclass(frozen=True, slots=True)
class Mention:
    """An enterprise, amount, date, place or phone; `text` is the original from `start` to `end`. `value`: whole yuan
    or an ISO date ("" where it cannot be told), the digits of a telephone number, else the text itself."""

    kind: str
    text: str
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """A pattern, and what a hit is worth; None: it is not meant."""

    kind: str
    pattern: re.Pattern[str]
    value: Value

    def find(self, plain: str, today: date) -> Spans:
        """The hits in a plain text that are meant."""
        values = ((hit, self.value(hit, today)) for hit in self.pattern.finditer(plain))
        return ((hit.start(), hit.end(), value) for hit, value in values if value is not None)


@dataclass(frozen=True, slots=True)
class Names:
    """How the names of a kind are told: by how they end, and by the words that cannot be part of one."""

    kind: str
    cuts: re.Pattern[str]
    leads: re.Pattern[str]
    ending: re.Pattern[str]
    refused: re.Pattern[str]

    def find(self, plain: str, today: date) -> Spans:
        """The names in a plain text."""
        for run in _NAME.finditer(plain):
            start = run.start()
            for cut in self.cuts.finditer(plain, *run.span()):
                yield from self._within(plain, start, cut.start())
                start = cut.end()
            yield from self._within(plain, start, run.end())

    def _within(self, plain: str, start: int, stop: int) -> Spans:
        for ending in self.ending.finditer(plain, start, stop):
            while lead := self.leads.match(plain, start, ending.start()):
                start = lead.end()
            name = plain[start : min(ending.end(), start + LONGEST + 1)]
            if len(name) <= LONGEST and start < ending.start() and not self.refused.search(name):
                yield start, ending.end(), name
                start = ending.end()


@dataclass(frozen=True, slots=True)
class Reader:
    """What finds the facts, in the order in which they are looked for, and what tells of a visit around a name."""

    cleaner: Cleaner
    finders: tuple[Row | Names, ...]
    visit: re.Pattern[str]

    def mentions(self, text: str, today: date) -> tuple[Mention, ...]:
        """The facts a text names, in order, none overlapping another; what one finder has found the next do not see.
        Days are counted from `today`. Pure."""
        signs, found = list(self.cleaner.plain(text).translate(_SAME)), list[Mention]()
        for finder in self.finders:
            for start, end, value in finder.find("".join(signs), today):
                told = text[start:end]
                found.append(Mention(finder.kind, told, start, end, told if isinstance(finder, Names) else value))
                signs[start:end] = HIDDEN * (end - start)
        return tuple(sorted(found, key=lambda mention: mention.start))

    def masked(self, text: str) -> str:
        """As long as before, with telephone numbers (138****5678, 0391-663****) and speakers' names unreadable."""
        if len(_DIGIT.findall(text := speakers_hidden(text))) < FEWEST:
            return text
        signs = list(text)
        for phone in self.mentions(text, date.min):
            if phone.kind == "phone":
                digits = [at for at in range(phone.start, phone.end) if text[at].isdecimal() or text[at] in SPOKEN]
                for at in digits[-8:-4] if phone.value[-11:-10] == "1" else digits[-4:]:
                    signs[at] = "*"
        return "".join(signs)

    def visited(self, text: str) -> str | None:
        """The enterprise that a cadre's note of a visit is about (domain: 走访), None without one."""
        for name in self.mentions(text, date.min):
            around = text[max(0, name.start - 10) : name.start] + HIDDEN + text[name.end : name.end + 24]
            if name.kind == "enterprise" and self.visit.search(around):
                return name.text
        return None


def _yuan(hit: re.Match[str], today: date) -> str | None:
    """Whole yuan; "" for another currency and for 几十万; None for 一块 (of land)."""
    told = hit.groupdict()
    value = number(told["run"].replace("w", "万").lstrip("多余来")) + number(told.get("small") or "") / 10
    if value.is_nan() or told.get("foreign"):
        return ""
    return None if told.get("unit") == "块" and not told["small"] and value < 10 else str(int(value + Decimal("0.5")))


def number(run: str) -> Decimal:
    """三百二十多万, 1.8亿, 四万二; of 七八万 the lower; NaN when only the length is told (几十万)."""
    for sign, scale in SCALES.items():
        head, found, tail = run.rpartition(sign)
        if found:
            short = scale // 10 if len(tail) == 1 else 1
            return (number(head) or 1) * scale + number(tail.replace("几", "")) * short
    if run[:1] in ("几", "数"):
        return Decimal("NaN")
    told = _PLAIN_NUMBER.match(run.lstrip("零〇多余来"))
    return Decimal(told[0].replace(",", "").translate(DIGITS) if told else 0)


def _month(today: date, months: int) -> tuple[int, int]:
    return (today.year * 12 + today.month - 1 + months) // 12, (today.month - 1 + months) % 12 + 1


def _dated(hit: re.Match[str], today: date) -> date:
    """15号 is the next 15th, 10月8日 the nearest, for a report looks back as well as forward; no day: the last."""
    told = {"which": "", "month": "", "day": "", "year": ""} | hit.groupdict("")
    month = 12 if "december" in told else int(number(told["month"]))
    day, year = int(number(told["day"])), told["year"].translate(DIGITS) or "本" * ("december" in told)
    passed = "which" not in hit.re.groupindex and 0 < day < today.day
    months = [_month(today, TURNS.get(told["which"].rstrip("个"), int(passed)))]
    if year.isdecimal():
        months = [(int(year) + 2000 * (len(year) == 2), month)]
    elif month:
        months = [(today.year + more, month) for more in ([TURNS.get(year, 0)] if year else (-1, 0, 1))]
    days = [date(*each, day or monthrange(*each)[1]) for each in months if day <= monthrange(*each)[1]]
    return min(days, key=lambda each: abs(each - today))


def _span(hit: re.Match[str], today: date) -> date:
    """三天内, 两周后, 一个月前: in months and days; working hours need more than a date."""
    count = int(number(hit["count"])) * (-1 if "前" in hit["way"] else 1)
    months, days = UNITS[hit["unit"].removeprefix("个")]
    year, month = _month(today, count * months)
    return date(year, month, min(today.day, monthrange(year, month)[1])) + timedelta(count * days)


def _weekday(hit: re.Match[str], today: date) -> date:
    """周五 is the next one; of 下周三 and 上周三 the week is counted from Monday."""
    ahead = WEEKDAYS[hit["weekday"]] - today.weekday()
    return today + timedelta(ahead + 7 * TURNS.get(hit["which"].rstrip("个"), 0) if hit["which"] else ahead % 7)


def _iso(of: Callable[[re.Match[str], date], date]) -> Value:
    def value(hit: re.Match[str], today: date) -> str:
        try:
            return of(hit, today).isoformat()
        except (ValueError, OverflowError, KeyError):  # 2月30日, beyond the calendar, not in UNITS
            return ""

    return value


HOW: Mapping[str, Value] = {
    "digits": lambda hit, today: "".join(filter(str.isdecimal, hit[hit.lastgroup or 0].translate(SPOKEN_DIGITS))),
    "yuan": _yuan,
    "itself": lambda hit, today: hit.group(),
    "unsettled": lambda hit, today: "",
    "dated": _iso(_dated),
    "span": _iso(_span),
    "weekday": _iso(_weekday),
    "near": _iso(lambda hit, today: today + timedelta(NEAR[hit["near"]])),
}
"""What a row of mentions.toml may say its hits are worth."""


def load(override: Path | None = None) -> Reader:
    """The reader of mentions.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    parts: dict[str, str] = {}
    for name, told in table.get("parts", {}).items():
        either = told if isinstance(told, str) else "|".join(rules.strings(FILE, name, table["parts"], name))
        parts[name] = f"(?:{_filled(either, parts)})"
    rows = [_row(row, parts) for row in rules.rows(FILE, table, "row")]
    names = [_names(row, parts) for row in rules.rows(FILE, table, "names")]
    return Reader(clean.load(override), (*rows, *names), rules.pattern(FILE, "visit", [parts.get("visit")]))


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


def _pattern(row: Mapping[str, Any], key: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    return rules.pattern(FILE, f"{row.get('kind')}: {key}", [_filled(rules.text(FILE, row, key), parts)])


def _row(row: Mapping[str, Any], parts: Mapping[str, str]) -> Row:
    kind, how = rules.text(FILE, row, "kind"), rules.text(FILE, row, "how")
    if how not in HOW:
        raise FactError(f"{FILE}: {kind}: unknown how {how!r}")
    return Row(kind, _pattern(row, "pattern", parts), HOW[how])


def _names(row: Mapping[str, Any], parts: Mapping[str, str]) -> Names:
    keys = ("cuts", "leads", "ending", "refused")
    return Names(rules.text(FILE, row, "kind"), *(_pattern(row, key, parts) for key in keys))
