"""Every entry of the ladder changes what happens: none stands there for nothing."""

import itertools
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from routing import calendar_file, rungs
from routing.lifecycle import ENDED, State
from routing.rungs import Ladder
from store.tables import Escalation, Event, Handover, Item, Support

CALENDAR = calendar_file.load()
SHIPPED = Path(rungs.__file__).with_name("ladder.toml").read_text(encoding="utf-8")
MONDAY = datetime.fromisoformat("2026-09-28T09:00:00+08:00")
CHANGES = (
    (r"(?<== )-?\d+\.\d+", lambda found: f"{float(found[0]) + 0.2:g}"),  # shares, hours
    (r"(?<== )\d+(?=[ ,])", lambda found: str(int(found[0]) + 3)),  # days, minutes
    (r"(?<=[\[ ])\d(?=[\],])", lambda found: "1" if found[0] != "1" else "4"),  # grades
    (r'(?<=states = \[)"\w+"', lambda _: '"registered"'),
    (r'(?<= )"\w+"(?=\])', lambda _: '"registered"'),
    (r'(?<=anchor = )"\w+"', lambda found: '"closed_at"'),
    (r', unless = "\w+"', lambda _: ""),
    (r'(?<=does = )"\w+"', lambda found: '"lapse"' if "lapse" not in found[0] else '"bulletin"'),
    (r'(?<=notice = )"\w+"', lambda found: '"red"' if "red" not in found[0] else '"blue"'),
    (r'(?<= = )"(?:remind|escalate|interim|watched)_\w+"(?= [},])', lambda _: '"said_otherwise"'),
)
"""What another office might write instead."""


def changed_files() -> Iterator[object]:
    """The shipped file with one entry changed, for every entry of every rung."""
    place = 0
    for line in SHIPPED.splitlines(keepends=True):
        if name := re.match(r'\s+\{ name = "(\w+)"', line):
            for pattern, other in CHANGES:
                for found in re.finditer(pattern, line):
                    start, end = place + found.start(), place + found.end()
                    before = line[: found.start()].rstrip(" =[")
                    text = SHIPPED[:start] + other(found) + SHIPPED[end:]
                    yield pytest.param(name[1], text, id=f"{name[1]}: {before.split()[-1]} {found[0]}")
        place += len(line)


def everything() -> list[Item]:
    """An item in every state, of every grade, urgent or not, spoken with or not; with all that can wait beside it."""
    open_states = [state for state in State if state not in ENDED]
    return [
        Item(
            number="20260928-001",
            state=state,
            grade=grade,
            urgent=urgent,
            restricted=False,
            contacted_at=MONDAY if contacted else None,
            clock_from=MONDAY,
            due_at=MONDAY + timedelta(days=20),
            closed_at=None,
            events=[Event(action="return", state_before="assigned", state_after="triage", at=MONDAY)],
            pauses=[],
            handovers=[Handover(status="offered", asked_at=MONDAY)],
            supports=[Support(status="asked", due_at=MONDAY + timedelta(days=2))],
            escalations=[
                Escalation(level=level, status="asked", asked_at=MONDAY) for level in ("leader", "superior")
            ],
            **dict.fromkeys(("registered_at", "state_since", "checked_until", "heard_at", "signed_at"), MONDAY),
            sign_due_at=MONDAY + timedelta(days=1),
        )
        for state, grade, urgent, contacted in itertools.product(
            open_states, (1, 2, 3, 4), (False, True), (False, True)
        )
    ]


def course(ladder: Ladder, name: str) -> list[tuple[object, ...]]:
    """What happens to these items at one rung: when, what is done, who hears what."""
    (rung,) = (rung for rung in ladder.rungs if rung.name == name)
    told = [(rung.tell, rung.does, rung.notice, rung.again)]
    moments = ([*itertools.islice(rung.moments(item, CALENDAR), 2)] for item in ITEMS)
    return [(place, found, *told) for place, found in enumerate(moments) if found]


ITEMS = everything()
SHIPPED_LADDER = Ladder.load()


@pytest.mark.parametrize(("name", "text"), [*changed_files()])
def test_each_entry_changes_what_happens(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "ladder.toml").write_text(text, encoding="utf-8")

    assert course(Ladder.load(tmp_path), name) != course(SHIPPED_LADDER, name)


@pytest.mark.parametrize("name", [rung.name for rung in SHIPPED_LADDER.rungs])
def test_each_rung_has_its_turn(name: str) -> None:
    assert course(SHIPPED_LADDER, name)


def test_it_is_read_on_one_screen() -> None:
    table = SHIPPED[SHIPPED.index("rung = [") :].splitlines()

    assert len(table) <= 60
