"""Red, green and black flags of items and units, by the rules of `flags.toml` (domain rule 4.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from routing.lifecycle import State
from store import history
from store.facts import FactError, read
from store.flags import Named, Signs, UnitCount
from store.tables import Item

FILE = "flags.toml"
FINDINGS = ("praised", "on_track", "failing")
COLOURS = ("red", "green", "black")
WORKING = (State.ASSIGNED, State.HANDLING)


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    finding: str
    signs: Signs

    @property
    def label(self) -> str:
        return f"{FILE}: {self.name}"


@dataclass(frozen=True, slots=True)
class UnitRule:
    """When a unit's flag is failing or praised."""

    failing_share: float
    failing_rules: tuple[str, ...]
    praised_satisfaction: float
    praised_rated: int


@dataclass(frozen=True, slots=True)
class UnitFlag:
    """The flag of a unit, the rule that gave it, and what it was counted from."""

    colour: str
    rule: str
    failing: int
    owed: int
    rated: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class Flags:
    colours: dict[str, str]  # finding -> colour
    rules: tuple[Rule, ...]
    unit: UnitRule

    @classmethod
    def load(cls, override: Path | None = None) -> "Flags":
        """Read `flags.toml`. Raises FactError naming the rule and what is wrong with it."""
        facts = read(__file__, FILE, override)
        rules = tuple(_rule(entry, n) for n, entry in enumerate(facts.get("rule", []), 1))
        _check(rules)
        return cls(_colours(facts.get("colour", {})), rules, _unit(facts.get("unit", {}), rules))

    def rule(self, item: Item, now: datetime) -> Rule:
        """The rule that decides this item's flag."""
        return next(rule for rule in self.rules if holds(rule.signs, item, now))

    def colour(self, item: Item, now: datetime) -> str:
        return self.colours[self.rule(item, now).finding]

    def named(self) -> list[Named]:
        return [(rule.name, rule.signs) for rule in self.rules]

    def rules_of(self, colour: str) -> list[str]:
        """The rules that end in this colour."""
        return [rule.name for rule in self.rules if self.colours[rule.finding] == colour]

    def of_unit(self, counts: Iterable[UnitCount]) -> UnitFlag:
        """The flag of a unit from what it and those below it owed in a month."""
        known, counted = list(counts), dict[str, int]()
        for each in known:
            for name, count in each.rules.items():
                counted[name] = counted.get(name, 0) + count
        failing = sum(counted.get(rule.name, 0) for rule in self.rules if rule.finding == "failing")
        owed = sum(counted.values())
        rated, satisfied = sum(each.rated for each in known), sum(each.satisfied for each in known)
        finding, entry = self._of_unit(counted, failing, owed, rated, satisfied)
        return UnitFlag(self.colours[finding], f"{FILE}: unit {entry}", failing, owed, rated, satisfied)

    def _of_unit(
        self, counted: dict[str, int], failing: int, owed: int, rated: int, satisfied: int
    ) -> tuple[str, str]:
        unit = self.unit
        if any(counted.get(name) for name in unit.failing_rules):
            return "failing", "failing_rules"
        if failing and failing >= unit.failing_share * owed:
            return "failing", "failing_share"
        if not failing and rated >= unit.praised_rated and satisfied >= unit.praised_satisfaction * rated:
            return "praised", "praised_satisfaction"
        return "on_track", "on_track"


def holds(signs: Signs, item: Item, now: datetime) -> bool:
    """Whether all signs that are given are there; the same as `store.flags.holds` asks the database."""
    rating = item.rating
    given = (
        (signs.overdue, overdue(item, now)),
        (signs.late, item.was_late),
        (signs.closed, item.state == State.CLOSED),
        (signs.rating_below, rating is not None and rating < (signs.rating_below or 0)),
        (signs.rating_from, rating is not None and rating >= (signs.rating_from or 0)),
        (signs.returns_from, item.returns >= (signs.returns_from or 0)),
        (signs.rounds_to, item.round <= (signs.rounds_to or 0)),
        (signs.followup, item.followup in (signs.followup or ())),
        (signs.event, any(event.action == signs.event for event in history.of(item))),
    )
    return all(there == (wanted is not False) for wanted, there in given if wanted is not None)


def overdue(item: Item, now: datetime) -> bool:
    """Open, past its deadline, and not paused."""
    paused = item.paused_until is not None and item.paused_until > now
    return item.state in WORKING and item.due_at is not None and item.due_at < now and not paused


def _rule(entry: dict[str, Any], number: int) -> Rule:
    where = f"{FILE}: rule {entry.get('name', number)}"
    signs = {key: value for key, value in entry.items() if key not in ("name", "finding")}
    if missing := {"name", "finding"} - entry.keys():
        raise FactError(f"{where}: lacks {', '.join(sorted(missing))}")
    if unknown := signs.keys() - {each.name for each in fields(Signs)}:
        raise FactError(f"{where}: unknown sign {min(unknown)!r}")
    if entry["finding"] not in FINDINGS:
        raise FactError(f"{where}: finding must be one of {', '.join(FINDINGS)}")
    if "followup" in signs:
        signs["followup"] = tuple(signs["followup"])
    return Rule(entry["name"], entry["finding"], Signs(**signs))


def _check(rules: tuple[Rule, ...]) -> None:
    if not rules or rules[-1].signs != Signs():
        raise FactError(f"{FILE}: the last rule must hold without signs: every item has a flag")
    names = [rule.name for rule in rules]
    if twins := {name for name in names if names.count(name) > 1}:
        raise FactError(f"{FILE}: rule {min(twins)!r} is given twice")


def _colours(facts: dict[str, str]) -> dict[str, str]:
    if set(facts) != set(FINDINGS) or not set(facts.values()) <= set(COLOURS):
        raise FactError(f"{FILE}: colour: give {', '.join(FINDINGS)}, each one of {', '.join(COLOURS)}")
    return facts


def _unit(facts: dict[str, Any], rules: tuple[Rule, ...]) -> UnitRule:
    try:
        unit = UnitRule(**{**facts, "failing_rules": tuple(facts.get("failing_rules", ()))})
    except TypeError as error:
        raise FactError(f"{FILE}: unit: missing or unknown entry: {error}") from error
    if unknown := set(unit.failing_rules) - {rule.name for rule in rules}:
        raise FactError(f"{FILE}: unit: unknown rule {min(unknown)!r}")
    for share in (unit.failing_share, unit.praised_satisfaction):
        if not 0 < share <= 1:
            raise FactError(f"{FILE}: unit: {share!r} must lie between 0 and 1")
    return unit
