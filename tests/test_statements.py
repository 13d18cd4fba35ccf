"""What a message asks of the database: few statements, and none that reads all that is stored."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bot import later, rounds
from routing import ladder
from store import inbox, people
from tests.desk import Desk
from tests.seed import seed
from tests.statements import listening, plan

REPORT = "我们厂又跳闸了，这周第三次"
READS_WHOLE = re.compile(r"MATERIALIZE|(?:SCAN|Seq Scan on) (?!CONSTANT ROW|department)")
"""Departments are few, and stay few."""


@pytest.fixture
def quiet(desk: Desk) -> Desk:
    """Zhang Wei has written before, and nothing is pending with him."""
    desk.says("张伟", "你好")
    desk.later(minutes=2)
    return desk


def test_a_first_report_costs_few_statements(quiet: Desk) -> None:
    with listening(quiet.store.engine) as asked:
        quiet.says("张伟", REPORT)

    said = [statement for statement, _ in asked if not statement.startswith("BEGIN")]
    assert len(said) <= 13, "\n".join(said)
    assert [statement for statement in said if "SAVEPOINT" in statement] == []
    quiet.later(minutes=2)
    quiet.forget()


def test_a_next_fragment_writes_each_row_once(quiet: Desk) -> None:
    quiet.says("张伟", REPORT)
    quiet.later(seconds=20)

    with listening(quiet.store.engine) as asked:
        quiet.says("张伟", "三楼车间也跳闸了，变压器容量不够")

    said = [statement for statement, _ in asked if not statement.startswith("BEGIN")]
    written = [" ".join(statement.split()[:3]) for statement in said if not statement.startswith("SELECT")]
    assert len(said) <= 14, "\n".join(said)
    assert any(each.startswith("UPDATE item") for each in written)
    assert len(written) == len(set(written))
    quiet.later(minutes=2)
    quiet.forget()


def test_nothing_a_first_report_asks_reads_a_table_whole(quiet: Desk) -> None:
    """Neither who writes nor what is pending with them costs more when more is stored."""
    with listening(quiet.store.engine) as asked:
        quiet.says("张伟", REPORT)

    plans = [plan(quiet.store.engine, *each) for each in asked if each[0].startswith("SELECT")]
    steps = [step for told in plans for step in told.splitlines() if READS_WHOLE.search(step)]
    assert plans
    assert steps == []
    quiet.later(minutes=2)
    quiet.forget()


def test_nothing_that_waits_is_looked_for_in_the_whole_inbox(desk: Desk) -> None:
    """The worker asks every few seconds, and nearly always nothing waits."""
    with listening(desk.store.engine) as asked, desk.store.read() as session:
        assert inbox.all_waiting(session, 10) == []
        assert inbox.oldest_waiting(session) is None

    plans = [plan(desk.store.engine, *each) for each in asked if each[0].startswith("SELECT")]
    assert len(plans) == 2
    assert [told for told in plans if "inbox_waiting" not in told] == []


def test_a_round_with_nothing_to_do_asks_and_writes_nothing(desk: Desk) -> None:
    """Who writes keeps others waiting, and every few seconds some worker looks whether there is anything to do."""
    desk.later(minutes=1)
    with listening(desk.store.engine) as asked:
        later.understand(desk.service)
        rounds.tick(desk.service)

    said = [statement for statement, _ in asked]
    assert said
    assert [each for each in said if each != "BEGIN" and not each.startswith("SELECT")] == []


def test_a_tick_with_much_to_do_lets_others_write_in_between(desk: Desk) -> None:
    much = desk.store.at_once * 2 + 1
    seed(desk, much, next_check_at=desk.clock.now(), due_at=desk.clock.now() + timedelta(days=5))
    ended: list[Any] = []
    note = ended.append
    event.listen(desk.store.engine, "commit", note)

    looked = ladder.tick(desk.store, desk.service.policy, desk.clock.now())

    event.remove(desk.store.engine, "commit", note)
    assert looked == much
    assert len(ended) == 3
    desk.forget()


def test_who_writes_is_found_with_what_names_them_and_their_enterprise(desk: Desk) -> None:
    with desk.store.read() as session:
        one = people.identity(session, "oa", "o_张伟")
        assert one is not None
        assert [enterprise.name for enterprise in one.person.enterprises] == ["龙源精密机械有限公司"]
        assert one.person.name == "张伟"


def test_a_refusal_leaves_nothing_behind_but_its_answer(quiet: Desk) -> None:
    """What a refused command had begun is undone, though its message was taken without a savepoint at first."""
    quiet.says("张伟", REPORT)
    quiet.later(minutes=2)
    before = quiet.actions()

    refused = quiet.says("张伟", "满意 001") or ""

    assert "001" in refused
    assert quiet.actions() == before
    quiet.forget()
