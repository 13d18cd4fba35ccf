"""What an officer promises the enterprise in a note, and by when: the date as it is said, never which day it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake import clean, rules
from intake.clean import Cleaner
from intake.mentions import NEAR, TURNS, WEEKDAYS, number
from store.facts import FactError, read

FILE = "promises.toml"
SIDES = ("before", "within", "after")
FILTERS = ("actors", "along", "asks", "ours", "conditions", "unsure", "denied", "past", "questions", "elsewhere")
SPOILS_SENTENCE = ("conditions", "questions")
SPOILS_CLAUSE = ("unsure", "denied", "past", "elsewhere")
THIRDS = {"底": 0, "末": 0, "内": 0, "下旬": 0, "中下旬": 0, "中旬": 20, "上旬": 10, "中": 15, "初": 10}
"""How far into a month its parts reach; 0: to its end."""
SENTENCES = re.compile(r"[^。;；!！\n?？]+[?？]?")
CLAUSES = re.compile(r"(?:[^，,、：:]|(?<=\d)[:：](?=\d))+")
LONGEST = 40


@dataclass(frozen=True, slots=True)
class When:
    """A date as it was said: its kind (`promises.toml`) with its numbers, the time of day, and how it binds."""

    kind: str
    numbers: Mapping[str, int]
    name: str = ""  # of a feast
    part: str = ""  # morning, noon, afternoon, evening
    minutes: int | None = None  # after midnight, where a clock time was said
    side: str = ""  # before, within, after; "": on that day


@dataclass(frozen=True, slots=True)
class Promise:
    text: str
    when: When


@dataclass(frozen=True, slots=True)
class Dates:
    """Finds dates in plain text."""

    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    tail: re.Pattern[str]
    vague: re.Pattern[str]
    parts: Mapping[str, str]

    @property
    def said(self) -> frozenset[str]:
        """The kinds of dates that routing must know how to find."""
        return frozenset(kind for kind, _ in self.kinds)

    def find(self, plain: str) -> Iterator[tuple[int, int, When | None]]:
        """Where dates stand and what they say, none overlapping another; None: too vague to hold anybody to."""
        at = 0
        while at < len(plain):
            end, when = self._at(plain, at)
            if end > at:
                yield at, end, when
            at = max(end, at + 1)

    def _at(self, plain: str, at: int) -> tuple[int, When | None]:
        for kind, pattern in self.kinds:
            if hit := pattern.match(plain, at):
                tail = self.tail.match(plain, hit.end())
                assert tail is not None  # all of it may be left out
                said = {name: value for name, value in (hit.groupdict() | tail.groupdict()).items() if value}
                if kind == "near" and not hit[0] and tail.end() == hit.end():
                    continue
                vague = self.vague.match(plain, tail.end()) or not _binds(kind, said)
                return tail.end(), None if vague else self._when(kind, said)
        return at, None

    def _when(self, kind: str, said: Mapping[str, str]) -> When:
        part = self.parts.get(said.get("part", ""), "")
        side = next((side for side in SIDES if side in said), "")
        return When(kind, _numbers(said), said.get("feast", ""), part, _minutes(said, part), side)


def _binds(kind: str, said: Mapping[str, str]) -> bool:
    """After a day is no date, unless it is the first one after a feast, or so many days from now."""
    return "after" not in said or kind in ("feast", "workdays", "days", "weeks", "hours")


def _numbers(said: Mapping[str, str]) -> dict[str, int]:
    found = {name: int(number(said[name])) for name in ("month", "day", "count", "quarter") if name in said}
    if "count" in said and said["count"] == "半":
        found["count"] = 0
    if "weekday" in said:
        found["weekday"] = 5 if said["weekday"] == "末" else WEEKDAYS[said["weekday"]]
    if "which" in said:
        found["turn"] = TURNS.get(said["which"].rstrip("个"), 0)
    if "year" in said:
        told = said["year"]
        found |= {"year": int(told)} if told.isdecimal() else {"years": int(told == "明")}
    if "near" in said:
        found["days"] = NEAR.get(said["near"], 0)
    if "third" in said:
        found["until"] = THIRDS.get(said["third"].removeprefix("之").removeprefix("以"), 0)
    return found | ({"early": 1} if "early" in said else {})


def _minutes(said: Mapping[str, str], part: str) -> int | None:
    """The clock time, in minutes after midnight: 下午3点 and a bare 3点 are in the afternoon."""
    if "hour" not in said:
        return None
    hour, told = int(number(said["hour"])), said.get("minute", "0")
    later = hour < 12 and (part in ("afternoon", "evening") or (not part and hour < 7))
    return (hour + 12 * later) * 60 + (30 if told == "半" else int(told))


@dataclass(frozen=True, slots=True)
class Reader:
    """Tells what a note promises from what it reports, asks, wishes and supposes."""

    cleaner: Cleaner
    dates: Dates
    verbs: re.Pattern[str]
    filters: Mapping[str, re.Pattern[str]]
    others: re.Pattern[str]
    lead: re.Pattern[str]

    def promises(self, text: str) -> tuple[Promise, ...]:
        """The promises of a note, in order. Pure."""
        plain = self.cleaner.plain(text).replace(" ", "，")
        found = [one for hit in SENTENCES.finditer(plain) for one in self._sentence(hit[0])]
        return tuple(found)

    def dated(self, text: str) -> Promise | None:
        """A date and what goes with it, where it is known that something is promised."""
        plain = self.cleaner.plain(text)
        at = next(((start, end, when) for start, end, when in self.dates.find(plain) if when is not None), None)
        if at is None or at[2] is None:
            return None
        return Promise(self._deed(text[: at[0]] + text[at[1] :]), at[2])

    def _sentence(self, sentence: str) -> Iterator[Promise]:
        """Who speaks in one clause speaks in the next, until another does; a condition holds to the end."""
        if self.filters["questions"].search(sentence):
            return
        foreign, carried = False, None
        for clause in CLAUSES.findall(sentence):
            if self.filters["conditions"].search(clause):
                return
            dates = list(self.dates.find(clause))
            foreign = self._foreign(clause, clause[: dates[0][0]] if dates else "", foreign)
            if len(dates) > 1 or self._spoilt(clause) or foreign:
                carried = None
                continue
            when = dates[0][2] if dates else carried
            deed = self._deed(clause[: dates[0][0]] + clause[dates[0][1] :] if dates else clause)
            carried = when if dates and not deed else None  # nothing but a date says when the next one happens
            if when is not None and self.verbs.search(deed):
                yield Promise(deed, when)

    def _foreign(self, clause: str, before_date: str, before: bool) -> bool:
        """Whether somebody else than the officer is the one who acts."""
        if self.filters["asks"].search(clause):
            return True
        actor = self.filters["actors"].search(before_date)
        if actor and self.filters["along"].search(before_date[: actor.start()]):
            actor = None
        ours, theirs = self.filters["ours"].search(clause), self.others.search(clause) or actor
        if ours and (theirs is None or theirs.start() > ours.start()):
            return False
        return theirs is not None or before

    def _spoilt(self, clause: str) -> bool:
        return any(self.filters[name].search(clause) for name in SPOILS_CLAUSE)

    def _deed(self, words: str) -> str:
        """What is promised, without the words that only introduce it."""
        deed = words.strip(" ，,。.、:：;；!！")
        while lead := self.lead.match(deed):
            deed = deed[lead.end() :].lstrip(" ，,、:：")
        return deed[:LONGEST]


def load(override: Path | None = None) -> Reader:
    """The reader of promises.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    clause, verbs = _table(table, "clause"), _table(table, "verbs")
    filters = {name: _either(name, clause) for name in FILTERS}
    deeds = rules.pattern(
        FILE, "verbs", [each for name in verbs for each in rules.strings(FILE, "verbs", verbs, name)]
    )
    who, objects = "|".join(rules.strings(FILE, "clause", clause, "others")), rules.text(FILE, clause, "objects")
    others = rules.pattern(FILE, "others", [f"(?<!{objects})(?:{who}){rules.text(FILE, clause, 'says')}"])
    lead = _either("lead", _table(table, "strip"))
    return Reader(clean.load(override), _dates(table), deeds, filters, others, lead)


def _dates(table: Mapping[str, Any]) -> Dates:
    parts: dict[str, str] = {}
    for name, told in _table(table, "parts").items():
        parts[name] = _filled(told, parts)
    kinds = []
    for row in rules.rows(FILE, table, "date"):
        kind, pattern = rules.text(FILE, row, "kind"), _filled(rules.text(FILE, row, "pattern"), parts)
        kinds.append((kind, _compiled(f"date {kind}", pattern)))
    tail = _table(table, "tail")
    words = _table(tail, "parts")
    day = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    sides = "|".join(f"(?P<{side}>{'|'.join(rules.strings(FILE, 'tail', tail, side))})" for side in SIDES)
    clock = rules.text(FILE, tail, "clock")
    bound = _compiled("tail", f"(?:[的当]天)?(?P<part>{day})?(?:{clock})?(?:{sides})?")
    return Dates(tuple(kinds), bound, _either("vague", tail), words)


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name)
    if not isinstance(found, dict):
        raise FactError(f"{FILE}: [{name}] is missing")
    return found


def _either(name: str, table: Mapping[str, Any]) -> re.Pattern[str]:
    found: Sequence[str] = rules.strings(FILE, name, table, name)
    if not found:
        raise FactError(f"{FILE}: {name}: needs at least one pattern")
    return rules.pattern(FILE, name, found)


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


def _compiled(entry: str, pattern: str) -> re.Pattern[str]:
    """Unlike `rules.pattern` this allows one that matches nothing: of a date the day or the time may be left out."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise FactError(f"{FILE}: {entry}: bad pattern {pattern!r}: {error}") from error
