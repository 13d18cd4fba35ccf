"""What the service says to a PostgreSQL is what a distributed engine of its kind understands (docs/scale.md).

Every statement of whole stories is written down on its way and looked at: shapes, functions and locks that are on the
list pass, all else is found.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import UniqueConstraint, event

from bot import ledger
from store import engines
from store.migrate import migrate
from store.tables.base import Base
from tests.conftest import Copies
from tests.desk import Desk
from tests.postgres import Postgres
from tests.statements import listening

SHAPES = re.compile(
    r"(SELECT|INSERT INTO|UPDATE|DELETE FROM|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT)\b", re.IGNORECASE
)
DDL_SHAPES = re.compile(
    r"(CREATE TABLE|CREATE (UNIQUE )?INDEX|ALTER TABLE|DROP (TABLE|INDEX)|INSERT INTO|UPDATE|DELETE FROM|SELECT)\b",
    re.IGNORECASE,
)
REFUSED = {
    "advisory locks": r"pg_(try_)?advisory",
    "waking by NOTIFY": r"\b(LISTEN|NOTIFY|UNLISTEN)\b",
    "triggers and rules": r"\bCREATE (OR REPLACE )?(CONSTRAINT )?(TRIGGER|RULE|FUNCTION|PROCEDURE)\b|^\s*DO\b",
    "temporary or unlogged tables": r"\b(TEMP|TEMPORARY|UNLOGGED)\b",
    "locking whole tables": r"\bLOCK TABLE\b",
    "extensions and exclusion": r"\bCREATE EXTENSION\b|\bEXCLUDE USING\b|\bUSING (gist|gin|brin|hash)\b",
    "the database's own clock and zones": r"\b(now|clock_timestamp|statement_timestamp)\s*\(|CURRENT_|AT TIME ZONE",
    "sequences by name": r"\b(nextval|setval|currval|lastval)\s*\(",
    "regular expressions and text search of the engine": r"[^<>=!]~|to_tsvector|to_tsquery|similarity\(",
    "cursors": r"\bDECLARE\b|\bFETCH\b",
    "recursion": r"\bWITH RECURSIVE\b|\bLATERAL\b",
    "MERGE and copying": r"^\s*(MERGE|COPY|VACUUM|TRUNCATE)\b",
    "two-phase commit": r"\b(PREPARE TRANSACTION|COMMIT PREPARED)\b",
    "isolation by hand": r"\bSET (SESSION|LOCAL|TRANSACTION)\b",
}
FUNCTIONS = {"count", "sum", "min", "max", "coalesce", "cast", "lower", "substr", "length", "row_number", "extract"}
NOT_FUNCTIONS = {"in", "and", "or", "not", "exists", "values", "key", "on", "as", "by", "over", "any", "all", "when"}
NOT_FUNCTIONS |= {
    "from",
    "then",
    "else",
    "union",
    "select",
    "where",
    "filter",
    "varchar",
    "numeric",
    "imp_sen",
    "join",
    "case",
    "conflict",
}
CALL = re.compile(r"\b([a-z_][a-z0-9_]*)\s*\(", re.IGNORECASE)
INSERT = re.compile(r'INSERT INTO "?\w+"? \(.*?\)', re.DOTALL)
LOCK = re.compile(r"\bFOR (NO KEY )?(UPDATE|SHARE)\b.*", re.IGNORECASE)


def found(statement: str, shapes: re.Pattern[str] = SHAPES) -> list[str]:
    """What of a statement is not on the list."""
    wrong = [] if shapes.match(statement.strip()) else ["its shape"]
    wrong += [what for what, pattern in REFUSED.items() if re.search(pattern, statement, re.IGNORECASE | re.DOTALL)]
    calls = {name.lower() for name in CALL.findall(INSERT.sub("", statement))}
    if shapes is SHAPES:
        wrong += [f"{name}()" for name in sorted(calls - FUNCTIONS - NOT_FUNCTIONS)]
    return wrong


ADDED = re.compile(r'INSERT INTO "?(\w+)"? \((.*?)\)', re.DOTALL)
SET_UP = {
    *("person", "identity", "particulars"),  # once for everybody who ever writes
    *("extension", "handover", "leave", "commitment", "support", "pause", "escalation", "correction"),  # now and then
    *("visit", "batch", "call", "claim", "invitation", "campaign", "permit"),
}
"""Tables that a person's own decision adds a row to, not every message or push: a sequence may number these."""


@pytest.fixture(scope="module")
def office(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(copies.new("postgresql", tmp_path_factory.mktemp("sql"), peopled=True))
    yield desk
    desk.close()


LOOKS = ("超期", "今日", "本周", "本月", "统计", "待分办", "查 001", "查 跳闸", "各部门", "红旗", "急件", "未送达")
LOOKS += ("为什么 001", "承诺", "走访", "回头看", "不属职责", "上级")


def a_whole_life(desk: Desk) -> None:
    """Most of what people do: report, sign, ask for time, merge, go on leave, look, rate, close, look again."""
    for who, said in (
        ("张伟", "我们厂又跳闸了，这周第三次"),
        ("刘洋", "缺二十名分拣工，订单赶不出来"),
        ("陈晨", "供电公司有人办事要好处费，不给就拖着不办"),
        ("刘洋", "办公楼后面停电了"),
    ):
        desk.says(who, said)
        desk.later(minutes=5)
    for who, said in (
        ("李建国", "签收 001"),
        ("李建国", "待办"),
        ("李建国", "延期 001 3天 等批文"),
        ("林晓", "同意延期 001"),
        ("李建国", "请假 明天-后天 代理 王芳"),
        ("李建国", "承诺 001 后天前 给答复"),
        ("张伟", "进度"),
        ("张伟", "催办"),
        ("张伟", "补充 001 是三号车间"),
        *(("林晓", word) for word in LOOKS),
        ("林晓", "督办 001"),
        ("林晓", "批办 跳闸 001 003"),
        ("马志远", "批示 001 抓紧"),
    ):
        desk.says(who, said)
        desk.later(seconds=2)
    desk.later(days=3)
    for who, said in (
        ("李建国", "办结 001 换了断路器"),
        ("张伟", "不满意 今天又跳了"),
        ("李建国", "办结 001 变压器已增容"),
        ("张伟", "满意"),
        ("林晓", "核实 001 通过"),
        ("林晓", "销号 001"),
        ("林晓", "离岗 王芳 接手 李建国"),
    ):
        desk.says(who, said)
        desk.later(hours=2)
    desk.later(days=40)
    desk.forget()


def test_a_whole_life_is_said_in_words_that_are_on_the_list(office: Desk) -> None:
    with listening(office.store.engine) as asked:
        a_whole_life(office)
        with office.store.read() as session:
            list(ledger.rows(session, office.service.speaker, office.service.policy.flags, office.clock.now()))

    assert office.item("001").state == "closed"
    wrong = {statement: what for statement, _ in asked if (what := found(statement))}
    assert wrong == {}
    assert len({statement for statement, _ in asked}) > 100


def test_no_sequence_is_asked_for_what_a_message_or_a_push_adds(office: Desk) -> None:
    numbered_by_the_database = {name for name, table in Base.metadata.tables.items() if "id" in table.columns}
    with listening(office.store.engine) as asked:
        for phone in ("张伟", "刘洋"):
            office.says(phone, "仓库的货运电梯停了三天")
            office.says(phone, "进度")
        office.later(days=8)
        office.says("张伟", "不用办了")
        office.later(days=1)
        office.forget()

    added = [match for statement, _ in asked for match in ADDED.finditer(statement)]
    names = {match[1] for match in added}
    without = {match[1] for match in added if "id" not in re.split(r'[\s,"]+', match[2])}
    assert names >= {"inbox", "report", "fragment", "item", "event", "outbox", "reminder", "chat_window"}
    assert without & numbered_by_the_database <= SET_UP


def test_the_queues_are_read_past_what_others_hold(office: Desk) -> None:
    """Only single rows are waited for; what is chosen by time is chosen with SKIP LOCKED."""
    with listening(office.store.engine) as asked:
        office.says("刘洋", "门口的路坑坑洼洼，货车进不来")
        office.later(days=8)
        office.forget()

    queues = [one for one, _ in asked if LOCK.search(one) and re.search(r"next_(try|check_at) <=", one)]
    assert queues
    assert [one for one in queues if "SKIP LOCKED" not in one] == []


def test_no_transaction_outlives_a_call_to_the_platform(office: Desk) -> None:
    """While a push is on its way the database holds no transaction of ours: a slow platform never blocks a table."""
    open_then: list[int] = []

    class Phones:
        def channels(self) -> tuple[str, ...]:
            return ("custom", "template")

        def send(self, channel: str, body: dict[str, Any]) -> str:
            open_then.append(office.store.engine.pool.checkedout())  # type: ignore[attr-defined]
            return "1"

    office.says("张伟", "车间的水管漏了")
    office.phones = Phones()  # type: ignore[assignment]
    office.later(minutes=5)
    office.forget()

    assert open_then
    assert set(open_then) == {0}


def test_the_schema_is_made_with_words_that_are_on_the_list(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real: Callable[..., Any] = engines.engine

    def listened(url: str, **options: Any) -> Any:
        engine = real(url, **options)
        event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_r: made.append(statement))
        return engine

    monkeypatch.setattr("store.migrate.engine_of", listened)
    url = postgres.database("schema_words")
    migrate(url)
    migrate(url, "base")

    ours = [one for one in made if "pg_catalog" not in one and "version()" not in one and "current_schema" not in one]
    assert {statement: what for statement in ours if (what := found(statement, DDL_SHAPES))} == {}
    assert len(ours) > 50


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_try_advisory_xact_lock(1)",
        "LISTEN pushes",
        "SELECT pg_notify('x', 'y')",
        "CREATE TEMP TABLE t (a int)",
        "SELECT now()",
        "SELECT id FROM item WHERE text ~ 'x'",
        "SELECT date_trunc('day', registered_at) FROM item",
        "LOCK TABLE item",
        "DO $$ BEGIN END $$",
        "SELECT nextval('item_id_seq')",
    ],
)
def test_other_words_are_found(statement: str) -> None:
    assert found(statement)


def test_a_table_can_be_distributed_by_district_through_its_keys() -> None:
    """Every unique key begins with the district, or with the account of one person, which is of one district."""
    keys = [
        next(iter(constraint.columns)).name
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]

    assert len(keys) > 10
    assert set(keys) <= {"district_id", "identity_id"}
