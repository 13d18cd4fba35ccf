"""The office's calendar from `calendar.toml`."""

from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.calendar import Calendar, Span, SpecialDay
from store.facts import FactError, read

FILE = "calendar.toml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ENTRIES = {"timezone", "weekend", "push", "hours", "exception"}

Entries = list[tuple[str, dict[str, Any]]]


def load(override: Path | None = None) -> Calendar:
    """The calendar of `calendar.toml`; FactError names the file, the entry and the reason."""
    return made(read(__file__, FILE, override))


def rehearsed(file: Path, override: Path | None = None) -> Calendar:
    """The calendar of another file. One that holds nothing but exceptions is added to the calendar in force, as it
    would be when it is copied to the end of `calendar.toml`. FactError names this file."""
    if not file.is_file():
        raise FactError(f"{file}: no such file")
    facts = read(__file__, file.name, file.parent)
    try:
        if facts.keys() == {"exception"}:
            days = {day for _, entry in _tables(facts, "exception") if (day := entry.get("date"))}
            force = read(__file__, FILE, override)
            kept = [entry for _, entry in _tables(force, "exception") if entry.get("date") not in days]
            facts = {**force, "exception": [*kept, *facts["exception"]]}
        return made(facts)
    except FactError as error:
        raise FactError(str(error).replace(FILE, file.name, 1)) from error


def made(facts: dict[str, Any]) -> Calendar:
    """The calendar that such a file describes."""
    unknown = ", ".join(sorted(facts.keys() - ENTRIES))
    _need(not unknown, unknown, "unknown entry")
    return Calendar(
        zone=_zone(facts.get("timezone")),
        hours=_hours(_tables(facts, "hours")),
        push=_span("push", facts.get("push")),
        weekend=_weekend(facts.get("weekend", [])),
        exceptions=_exceptions(_tables(facts, "exception")),
    )


def _need(met: bool, entry: str, reason: str) -> None:
    if not met:
        raise FactError(f"{FILE}: {entry}: {reason}")


def _tables(facts: dict[str, Any], name: str) -> Entries:
    """The tables `[[name]]` of the file, each with what to call it in a complaint."""
    tables = facts.get(name, [])
    right = isinstance(tables, list) and all(isinstance(table, dict) for table in tables)
    _need(right, name, f"must be written as [[{name}]]")
    return [(f"{name} {number}", table) for number, table in enumerate(tables, 1)]


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise FactError(f"{FILE}: timezone: unknown time zone {name!r}") from error


def _span(entry: str, facts: Any) -> Span:
    right = isinstance(facts, dict) and all(isinstance(facts.get(end), time) for end in ("from", "to"))
    _need(right, entry, "needs from and to, local times such as 08:30:00")
    span = Span(facts["from"], facts["to"])
    _need(span.opens < span.closes, entry, f"ends at {span.closes}, not after its start at {span.opens}")
    return span


def _hours(tables: Entries) -> tuple[Span, ...]:
    spans = tuple(_span(entry, table) for entry, table in tables)
    _need(bool(spans), "hours", "a working day needs at least one span")
    for (entry, _), last, span in zip(tables[1:], spans[:-1], spans[1:], strict=True):
        _need(last.closes <= span.opens, entry, f"starts at {span.opens}, inside the one before")
    return spans


def _weekend(names: Any) -> frozenset[int]:
    right = isinstance(names, list) and set(map(str, names)) < set(WEEKDAYS)
    _need(right, "weekend", f"must list some of {', '.join(WEEKDAYS)} and leave a working weekday")
    return frozenset(WEEKDAYS.index(name) for name in names)


def _exceptions(tables: Entries) -> Mapping[date, SpecialDay]:
    days: dict[date, SpecialDay] = {}
    for entry, table in tables:
        day, kind = table.get("date"), table.get("kind")
        _need(type(day) is date, entry, "needs a date such as 2027-01-04")
        _need(kind in ("holiday", "workday"), entry, f"kind is {kind!r}, not holiday or workday")
        _need(day not in days, entry, f"{day} is entered twice")
        days[table["date"]] = SpecialDay(works=kind == "workday", name=str(table.get("name", "")))
    return MappingProxyType(days)
