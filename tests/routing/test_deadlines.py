"""How long an item may take, by grade, nature and kind, and what an office may set about it."""

from datetime import datetime
from pathlib import Path

import pytest

from intake.stock import NATURES
from routing import calendar_file, deadlines
from routing.calendar import Unit
from routing.deadlines import Deadlines
from store.facts import FactError

DEADLINES, CALENDAR = Deadlines.load(), calendar_file.load()
SHIPPED = Path(deadlines.__file__).with_name("deadlines.toml").read_text(encoding="utf-8")
MONDAY = datetime.fromisoformat("2026-09-28T09:00:00+08:00")


def changed(folder: Path, old: str, new: str) -> Deadlines:
    assert old in SHIPPED
    (folder / "deadlines.toml").write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    return Deadlines.load(folder)


def due(rules: Deadlines, grade: int, *labels: str) -> str:
    return f"{CALENDAR.local(rules.first(grade, labels, MONDAY, CALENDAR).due_at):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("grade", "nature", "due", "mode"),
    [
        (1, "help", "2026-09-29", "on_site"),
        (2, "help", "2026-10-13", "department"),
        (2, "inquiry", "2026-10-08", "department"),
        (3, "help", "2026-10-23", "joint"),
        (4, "complaint", "2026-11-13", "escalated"),
    ],
)
def test_the_deadline_follows_grade_and_nature_in_working_days(grade: int, nature: str, due: str, mode: str) -> None:
    deadline = DEADLINES.first(grade, (nature, "problem"), MONDAY, CALENDAR)

    assert f"{CALENDAR.local(deadline.due_at):%Y-%m-%d %H:%M}" == f"{due} 17:30"
    assert deadline.mode == mode


def test_rework_has_half_the_time_and_at_least_a_day() -> None:
    assert DEADLINES.rework(2, ("help",), MONDAY, CALENDAR).length == 4
    assert DEADLINES.rework(1, ("help",), MONDAY, CALENDAR).length == 1


def test_an_emergency_is_due_within_a_day_whatever_its_grade() -> None:
    assert DEADLINES.first(4, ("help", "emergency"), MONDAY, CALENDAR).length == 1


def test_the_rule_names_the_entry() -> None:
    assert DEADLINES.first(2, ("help", "problem"), MONDAY, CALENDAR).rule == "deadlines.toml: grade 2"
    assert DEADLINES.first(2, ("inquiry", "problem"), MONDAY, CALENDAR).rule == "deadlines.toml: inquiry"
    assert DEADLINES.first(1, ("inquiry", "problem"), MONDAY, CALENDAR).rule == "deadlines.toml: grade 1"
    assert DEADLINES.rework(2, ("help",), MONDAY, CALENDAR).rule == "deadlines.toml: grade 2; rework 0.5"


GRADE_THREE = "ordinal = 3\nlength = 15\n"


def test_each_entry_may_count_in_its_own_unit(tmp_path: Path) -> None:
    hours = changed(tmp_path, GRADE_THREE, 'ordinal = 3\nlength = 10\nunit = "hours"\n')
    assert due(hours, 3, "help") == "09-29 12:00"
    assert hours.rework(3, ("help",), MONDAY, CALENDAR).unit is Unit.HOURS

    natural = changed(tmp_path, GRADE_THREE, 'ordinal = 3\nlength = 5\nunit = "natural_days"\n')
    assert due(natural, 3, "help") == "10-08 17:30"  # 3 October is a day off
    (tmp_path / "deadlines.toml").write_text(
        (tmp_path / "deadlines.toml").read_text(encoding="utf-8").replace('"next_working_day"', '"that_day"'),
        encoding="utf-8",
    )
    assert due(Deadlines.load(tmp_path), 3, "help") == "10-03 17:30"


def test_a_grade_and_a_nature_together_may_have_a_length_of_their_own(tmp_path: Path) -> None:
    ladder = '[[ladder]]\ngrade = 3\nnature = "complaint"\nlength = 20\n'
    rules = changed(tmp_path, "[[limit]]", f"{ladder}\n[[limit]]")

    assert due(rules, 3, "complaint", "problem") == "10-30 17:30"
    assert rules.first(3, ("complaint",), MONDAY, CALENDAR).rule == "deadlines.toml: grade 3 complaint"
    assert due(rules, 3, "help", "problem") == due(DEADLINES, 3, "help", "problem") == "10-23 17:30"
    assert due(rules, 2, "complaint", "problem") == due(DEADLINES, 2, "complaint", "problem")


def test_a_limit_in_another_unit_holds_where_it_ends_first(tmp_path: Path) -> None:
    rules = changed(
        tmp_path, "[[limit]]", '[[limit]]\nnature = "help"\ngrade = 2\nlength = 8\nunit = "hours"\n\n[[limit]]'
    )

    assert rules.first(2, ("help",), MONDAY, CALENDAR).rule == "deadlines.toml: grade 2 help"
    assert due(rules, 2, "help") == "09-29 10:00"
    assert due(rules, 1, "help") == "09-29 17:30"


@pytest.mark.parametrize(
    ("unit", "latest"), [("working_days", "10-22 17:30"), ("natural_days", "10-20 17:30"), ("hours", "10-14 17:30")]
)
def test_an_extension_is_as_long_as_the_original_in_its_unit(tmp_path: Path, unit: str, latest: str) -> None:
    rules = changed(tmp_path, "ordinal = 2\nlength = 7\n", f'ordinal = 2\nlength = 7\nunit = "{unit}"\n')
    day = datetime.fromisoformat("2026-10-13T17:30:00+08:00")

    assert f"{CALENDAR.local(rules.latest_extension(2, ('help',), day, CALENDAR)):%m-%d %H:%M}" == latest


def test_the_natures_are_those_that_are_recognised() -> None:
    assert set(deadlines.NATURES) == set(NATURES)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (GRADE_THREE, "ordinal = 5\nlength = 15\n", "grade 5: there is no grade 5"),
        (f'[[grade]]\n{GRADE_THREE}mode = "joint"\n', "", "grade 3 is missing"),
        ("length = 15", "length = 0", "grade 3: length must be a whole number from 1 to 200, not 0"),
        ("length = 15", "length = 1.5", "grade 3: length must be a whole number"),
        (
            "length = 15",
            'length = 15\nunit = "weeks"',
            "grade 3: unit must be one of hours, working_days",
        ),
        ("length = 15", "days = 15", "grade 3: unknown entry 'days'"),
        ('nature = "inquiry"', 'nature = "question"', "question: nature must be one of inquiry"),
        ('kind = "emergency"', 'kind = "fire"', "fire: kind must be one of problem"),
        ('nature = "inquiry"\n', "grade = 2\n", "limit: each entry needs a nature or a kind"),
        ("[[limit]]", '[[ladder]]\nnature = "help"\nlength = 2\n\n[[limit]]', "ladder: each entry needs a grade"),
        ("[natural_days]", "[days]", "missing or wrong entry: 'natural_days'"),
        ('"next_working_day"', '"before"', "missing or wrong entry: 'before'"),
        ("share = 0.5", "share = 1.5", "rework: share must lie between 0 and 1"),
    ],
)
def test_a_wrong_entry_stops_the_start(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(FactError, match=complaint):
        changed(tmp_path, old, new)
