"""The flag of an item and of a unit, by the rules of flags.toml; the database and the code see the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.flags import Flags
from store import flags
from store.db import Store
from store.facts import FactError
from store.flags import UnitCount
from store.tables import Base, Event, Item, Person, Report

NOW = datetime.fromisoformat("2026-09-28T09:00:00+08:00")
SHIPPED = Flags.load()
FILE = Path("routing") / "flags.toml"


def item(**columns: Any) -> Item:
    usual = {"state": "handling", "round": 1, "returns": 0, "was_late": False, "restricted": False, "events": []}
    return Item(**{**usual, **columns})


CLOSED = {"state": "closed", "closed_at": NOW}
YESTERDAY, TOMORROW = NOW - timedelta(days=1), NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("columns", "colour", "rule"),
    [
        ({"due_at": TOMORROW}, "green", "on_track"),
        ({"due_at": YESTERDAY}, "black", "overdue"),
        ({"due_at": YESTERDAY, "paused_until": TOMORROW}, "green", "on_track"),
        ({"due_at": YESTERDAY, "paused_until": YESTERDAY}, "black", "overdue"),
        ({**CLOSED, "due_at": YESTERDAY, "rating": 4}, "red", "praised"),
        ({**CLOSED, "rating": 5}, "red", "praised"),
        ({**CLOSED, "rating": 3}, "green", "on_track"),
        ({**CLOSED}, "green", "on_track"),
        ({**CLOSED, "rating": 5, "was_late": True}, "black", "late"),
        ({**CLOSED, "rating": 5, "round": 2}, "green", "on_track"),
        ({"rating": 2}, "black", "dissatisfied"),
        ({"returns": 1}, "green", "on_track"),
        ({"returns": 2}, "black", "returned_twice"),
        ({"followup": "rebound"}, "black", "rebound"),
        ({**CLOSED, "followup": "stable", "rating": 5}, "red", "praised"),
        ({**CLOSED, "followup": "false", "rating": 5}, "black", "found_false"),
        ({"events": [Event(action="false_closing")]}, "black", "false_closing"),
        ({"state": "resolved", "due_at": YESTERDAY}, "green", "on_track"),
    ],
)
def test_the_flag_of_an_item_and_the_rule_that_gave_it(columns: dict[str, Any], colour: str, rule: str) -> None:
    found = item(**columns)

    assert (SHIPPED.colour(found, NOW), SHIPPED.rule(found, NOW).name) == (colour, rule)
    assert SHIPPED.rule(found, NOW).label == f"flags.toml: {rule}"


# -- the database asks the same


@pytest.fixture(scope="module")
def empty() -> Iterator[Store]:
    store = Store("sqlite://")
    Base.metadata.create_all(store.engine)
    yield store
    store.close()


moments = st.none() | st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days))
columns = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["assigned", "handling", "resolved", "closed", "triage"]),
        "due_at": moments,
        "paused_until": moments,
        "was_late": st.booleans(),
        "rating": st.none() | st.integers(1, 5),
        "returns": st.integers(0, 3),
        "round": st.integers(1, 3),
        "followup": st.sampled_from([None, "stable", "rebound", "false"]),
        "event": st.sampled_from([None, "sign", "false_closing"]),
    }
)
NEEDED: dict[str, Any] = {
    "report_id": 1, "contact_id": 1, "category": "OTHER", "text": "x", "confidence": 1.0, "because": [],
    "candidates": [], "nature": "help", "grade": 2, "rules": {}, "state_since": NOW, "registered_at": NOW,
    "urgent": False,
}  # fmt: skip


def stored(number: int, given: dict[str, Any]) -> Item:
    event = given.pop("event")
    short, closed_at = f"{number:03d}", NOW if given["state"] == "closed" else None
    made = item(number=f"20260928-{short}", short=short, closed_at=closed_at, **NEEDED, **given)
    if event:
        made.events.append(Event(seq=1, at=NOW, action=event, state_before="x", state_after="x", data={}))
    return made


@settings(max_examples=60, deadline=None)
@given(st.lists(columns, max_size=10))
def test_the_database_finds_the_same_rule_as_the_code(empty: Store, given_items: list[dict[str, Any]]) -> None:
    with empty.write() as session:
        session.add_all(
            [Person(key="x", name="x", role="contact"), Report(id=1, person_id=1, opened_at=NOW, settles_at=NOW)]
        )
        made = [stored(number, dict(each)) for number, each in enumerate(given_items, 1)]
        session.add_all(made)
        session.flush()

        expected: dict[str, int] = {}
        for each in made:
            name = SHIPPED.rule(each, NOW).name
            expected[name] = expected.get(name, 0) + 1
        counted = flags.shown(session, SHIPPED.named(), NOW, YESTERDAY)
        found = flags.listed(session, SHIPPED.named(), SHIPPED.rules_of("black"), NOW, YESTERDAY, 99)
        black = {each.number for each in made if SHIPPED.colour(each, NOW) == "black"}
        assert {each.number for each in found} == black
        session.rollback()

    assert counted == expected


# -- units


def unit(rated: int = 0, satisfied: int = 0, **rules: int) -> UnitCount:
    return UnitCount(1, rules, rated, satisfied)


@pytest.mark.parametrize(
    ("counts", "colour", "rule"),
    [
        ([], "green", "on_track"),
        ([unit(overdue=1, on_track=9)], "black", "failing_share"),
        ([unit(overdue=1, on_track=10)], "green", "on_track"),
        ([unit(overdue=1, on_track=8), unit(on_track=2)], "green", "on_track"),
        ([unit(overdue=1, on_track=8), unit(late=1)], "black", "failing_share"),
        ([unit(false_closing=1, on_track=99)], "black", "failing_rules"),
        ([unit(found_false=1, on_track=99)], "black", "failing_rules"),
        ([unit(praised=20, rated=20, satisfied=19)], "red", "praised_satisfaction"),
        ([unit(praised=20, rated=20, satisfied=18)], "green", "on_track"),
        ([unit(praised=4, rated=4, satisfied=4)], "green", "on_track"),
        ([unit(praised=20, overdue=1, rated=20, satisfied=20)], "green", "on_track"),
    ],
)
def test_the_flag_of_a_unit_for_a_month(counts: list[UnitCount], colour: str, rule: str) -> None:
    found = SHIPPED.of_unit(counts)

    assert (found.colour, found.rule) == (colour, f"flags.toml: unit {rule}")


# -- an office's own rules


@pytest.mark.parametrize(
    ("right", "wrong", "columns", "colour"),
    [
        ('praised = "red"', 'praised = "black"', {**CLOSED, "rating": 5}, "black"),
        ("returns_from = 2", "returns_from = 1", {"returns": 1}, "black"),
        ("rating_from = 4", "rating_from = 3", {**CLOSED, "rating": 3}, "red"),
        ("rating_below = 3", "rating_below = 4", {"rating": 3}, "black"),
        ("rounds_to = 1", "rounds_to = 2", {**CLOSED, "rating": 5, "round": 2}, "red"),
    ],
)
def test_each_setting_changes_the_flag(
    tmp_path: Path, right: str, wrong: str, columns: dict[str, Any], colour: str
) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "flags.toml").write_text(text.replace(right, wrong), encoding="utf-8")

    assert SHIPPED.colour(item(**columns), NOW) != colour
    assert Flags.load(tmp_path).colour(item(**columns), NOW) == colour


@pytest.mark.parametrize(
    ("right", "wrong", "counts", "colour"),
    [
        ("failing_share = 0.10", "failing_share = 0.05", unit(overdue=1, on_track=15), "black"),
        (
            'failing_rules = ["found_false"',
            'failing_rules = ["returned_twice"',
            unit(returned_twice=1, on_track=99),
            "black",
        ),
        (
            "praised_satisfaction = 0.95",
            "praised_satisfaction = 0.9",
            unit(praised=20, rated=20, satisfied=18),
            "red",
        ),
        ("praised_rated = 5", "praised_rated = 4", unit(praised=4, rated=4, satisfied=4), "red"),
    ],
)
def test_each_setting_changes_the_flag_of_a_unit(
    tmp_path: Path, right: str, wrong: str, counts: UnitCount, colour: str
) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "flags.toml").write_text(text.replace(right, wrong), encoding="utf-8")

    assert SHIPPED.of_unit([counts]).colour == "green"
    assert Flags.load(tmp_path).of_unit([counts]).colour == colour


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('failing = "black"', 'failing = "blue"', "colour"),
        ("overdue = true", "overdew = true", "rule overdue: unknown sign 'overdew'"),
        ('name = "late"', 'name = "overdue"', "'overdue' is given twice"),
        ('finding = "on_track"', 'finding = "fine"', "rule on_track: finding must be one of"),
        ('failing_rules = ["found_false"', 'failing_rules = ["fake"', "unit: unknown rule 'fake'"),
        ("failing_share = 0.10", "failing_share = 10", "10 must lie between 0 and 1"),
        ('name = "on_track"', 'name = "on_track"\nclosed = true', "the last rule must hold without signs"),
    ],
)
def test_a_table_of_flags_that_makes_no_sense_stops_the_start(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    (tmp_path / "flags.toml").write_text(FILE.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")

    with pytest.raises(FactError, match=said):
        Flags.load(tmp_path)
