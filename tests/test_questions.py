"""What a tick, a message and an answer ask of the database is found by an index: the past is not read for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text

from bot import watchdog
from store import outbox, people, totals
from store.tables import Event, Item, Push, Reminder
from tests.desk import Desk
from tests.seed import STRUCK_OFF, seed

PAST, OPEN = 1500, 12
FEW = 300
"""So many rows may be touched for one question, however many are stored."""
LARGE = {"item", "event", "outbox", "reminder"}

Question = tuple[str, Any]


@pytest.fixture
def old_office(desk: Desk) -> Iterator[Desk]:
    """Thousands of items have ended, long ago, with all that was said about them; a dozen are open."""
    now = desk.clock.now()
    long_ago = now - timedelta(days=400)
    at = {"registered_at": long_ago, "assigned_at": long_ago, "due_at": long_ago + timedelta(days=9)}
    with desk.store.read() as session:
        person = people.with_role(session, "officer")[0]
    seed(desk, PAST, **STRUCK_OFF, **at, officer_id=person.id, lead_id=person.department_id)
    # Items of the past are looked at once more or not at all; open ones all have a moment.
    seed(desk, OPEN, officer_id=person.id, due_at=now + timedelta(days=3), next_check_at=now + timedelta(days=1))
    with desk.store.write() as session:
        connection = session.connection()
        _of_each(connection, Event, seq=1, at=long_ago, action="register", state_before="x", state_after="x", data={})
        _of_each(connection, Reminder, round=1, rung="half", due_at=long_ago, status="void")
        sent = {"status": "sent", "next_try": long_ago, "created_at": long_ago, "sent_at": long_ago, "attempts": 1}
        told = {"person_id": person.id, "text_key": "remind_half", "facts": {}, "urgent": False, "reminder": True}
        _of_each(connection, Push, **sent, **told)
    policy = desk.service.policy
    with desk.store.write() as session:
        assert totals.fold(session, now - policy.metrics.totals_after, policy.calendar.local(now), 2 * PAST) == PAST
    with desk.store.write() as session:
        session.execute(text("ANALYZE"))
    yield desk
    desk.forget()


def _of_each(connection: Connection, table: type[Any], **columns: Any) -> None:
    rows = connection.execute(select(Item.id).where(Item.closed_at.is_not(None))).scalars()
    key = (lambda item: {"once_key": f"old:{item}"}) if table is Push else (lambda item: {})
    connection.execute(
        insert(table), [{"district_id": "main", "item_id": item, **key(item), **columns} for item in rows]
    )


@contextmanager
def asked(desk: Desk) -> Iterator[list[Question]]:
    found: dict[str, Any] = {}
    said: list[Question] = []

    def note(_connection: Any, _cursor: Any, statement: str, told: Any, _context: Any, many: bool) -> None:
        if statement.startswith("SELECT") and not many and statement not in found:
            found[statement] = told
            said.append((statement, told))

    event.listen(desk.store.engine, "before_cursor_execute", note)
    yield said
    event.remove(desk.store.engine, "before_cursor_execute", note)


def reads_the_past(desk: Desk, questions: list[Question]) -> list[str]:
    """The questions for which much more is read than is at work."""
    with desk.store.engine.connect() as connection:
        judge = _scans if desk.store.engine.dialect.name == "sqlite" else _touches_many
        return [statement for statement, told in questions if judge(connection, statement, told)]


def _scans(connection: Connection, statement: str, told: Any) -> bool:
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", told).all()
    steps = [str(row[3]).split() for row in plan]
    return any(step[0] == "SCAN" and step[1] in LARGE and "INDEX" not in step for step in steps)


def _touches_many(connection: Connection, statement: str, told: Any) -> bool:
    (answer,) = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", told).one()
    plan = answer if isinstance(answer, list) else json.loads(answer)
    return any(_touched(node) > FEW for node in _nodes(plan[0]["Plan"]) if "Scan" in node["Node Type"])


def _touched(node: dict[str, Any]) -> float:
    return float((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def test_a_round_of_work_does_not_read_the_past(old_office: Desk) -> None:
    old_office.work()
    with asked(old_office) as idle:
        old_office.work()
    old_office.clock.moment += timedelta(days=1, minutes=1)
    with asked(old_office) as busy:
        old_office.work()

    assert len(idle) > 4
    assert len(busy) > 12
    assert reads_the_past(old_office, idle) == []
    assert reads_the_past(old_office, busy) == []


def test_a_report_does_not_read_the_past(old_office: Desk) -> None:
    with asked(old_office) as first:
        old_office.says("张伟", "我们厂又跳闸了，这周第三次")
    with asked(old_office) as more:
        old_office.says("张伟", "变压器在东门")

    assert len(first) > 3
    assert reads_the_past(old_office, [*first, *more]) == []


@pytest.mark.parametrize(
    "said", ["超期", "待分办", "急件", "今日", "本周", "本月", "统计", "查 跳闸", "各部门", "红旗"]
)
def test_an_answer_does_not_read_the_past(old_office: Desk, said: str) -> None:
    with asked(old_office) as questions:
        answer = old_office.says("林晓", said)

    assert answer
    assert len(questions) > 2
    assert reads_the_past(old_office, questions) == []


def test_what_waits_is_found_without_what_was_sent(old_office: Desk) -> None:
    now = old_office.clock.now()
    with asked(old_office) as questions:
        watchdog.look(old_office.service)
        with old_office.store.read() as session:
            outbox.next_try(session)
            outbox.oldest_waiting(session, now)
        with old_office.store.write() as session:
            outbox.prune(session, now - timedelta(days=90))

    assert len(questions) > 4
    assert reads_the_past(old_office, questions) == []
