"""An office with a long past, in a database of its own: 10,000 enterprises, 2,000 officers, and as many items as are
asked for, with all that belongs to them. The same seed and moment always make the same.

The people come in by the import of the service, the past by INSERT … SELECT inside PostgreSQL (`province.sql`), the
plans of open items and the running totals by the service's own code. Items are registered at the same rate every day:
a larger office of this kind is an older one, with the same work at hand.
"""

import json
import random
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from houses import SECRET, openid
from letters import TEXTS
from processes import ROOT
from sqlalchemy.engine import make_url

from bot.people_import import import_files
from bot.service import Service
from intake.submit import judge
from routing import ladder
from store import people, totals
from store.db import Store
from store.migrate import migrate
from store.tables import Item

ENTERPRISES, OFFICERS = 10_000, 2_000
A_DAY = 913
"""Registered on every day: a million in three years."""
SEED = 7
SENTENCES = 300
AT_ONCE = 10_000
OPENS = timedelta(hours=8)
LOCAL = timedelta(hours=8)
FILLED = ("day_counter", "report", "fragment", "item", "event", "reminder", "outbox", "inbox", "item_word")
FILLED += ("commitment", "extension")


@dataclass(frozen=True)
class Made:
    """What came of it, and how long each part took, in seconds."""

    rows: dict[str, int]
    seconds: dict[str, float]
    size: int  # bytes


def people_in(url: str, folder: Path) -> None:
    """A migrated database with everybody in it, by the import of the service."""
    migrate(url, secret=SECRET)
    told = folder / "province.toml"
    base = (ROOT / "tests" / "people.toml").read_text()
    told.write_text("\n".join([base, *_entries(base)]))
    store = Store(url, SECRET)
    with store.write() as session:
        import_files(session, [told])
    store.close()


def officer(number: int) -> str:
    return f"o_officer_{number:05}"


def _entries(base: str) -> Iterator[str]:
    codes = [unit["code"] for unit in tomllib.loads(base)["department"]]
    units = [code for code in codes if code not in ("office", "discipline")]
    for number, unit in enumerate(units):
        yield _person(f"h{number}", f"科长{number}", "head", f"o_head_{number:05}", f'department = "{unit}"')
    for number in range(OFFICERS):
        unit = f'department = "{units[number % len(units)]}"'
        yield _person(f"f{number}", f"干部{number}", "officer", officer(number), unit)
    for number in range(ENTERPRISES):
        name = f"第{number}机械有限公司"
        yield f'[[enterprise]]\nname = "{name}"\nofficer = "f{number % OFFICERS}"\n'
        yield _person(f"p{number}", f"甲{number}", "contact", openid(number), f'enterprises = ["{name}"]')


def _person(key: str, name: str, role: str, account: str, more: str) -> str:
    return f'[[person]]\nkey = "{key}"\nname = "{name}"\nrole = "{role}"\nopenid = "{account}"\n{more}\n'


def fill(url: str, service: Service, size: int, now: datetime) -> Made:
    """So many items up to that moment, and everything beside them; every key and index is back afterwards."""
    seconds: dict[str, float] = {}
    with psycopg.connect(_plain(url), autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        began = time.monotonic()
        _past(connection, service, size, now)
        seconds["rows"], began = time.monotonic() - began, time.monotonic()
        connection.execute("VACUUM ANALYZE")
        seconds["vacuum"], began = time.monotonic() - began, time.monotonic()
        _count_ended(service, now)
        seconds["totals"], began = time.monotonic() - began, time.monotonic()
        ladder.tick(service.store, service.policy, now)
        seconds["plans"] = time.monotonic() - began
        connection.execute("VACUUM ANALYZE item")
        rows = {table: _one(connection, f"SELECT count(*) FROM {table}") for table in FILLED}
        rows["open"] = _one(connection, "SELECT count(*) FROM item WHERE closed_at IS NULL")
        rows["planned"] = _one(connection, "SELECT count(*) FROM reminder WHERE status = 'planned'")
        size = _one(connection, "SELECT pg_database_size(current_database())")
    return Made(rows, seconds, size)


def _past(connection: psycopg.Connection, service: Service, size: int, now: datetime) -> None:
    """All rows, without the checks of keys on their way, which are made all at once at the end."""
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes LEFT JOIN pg_constraint ON conname = indexname"
        " WHERE schemaname = 'public' AND conname IS NULL AND tablename = ANY(%s)",
        [list(FILLED)],
    ).fetchall()
    for setting in ("timezone = 'UTC'", "session_replication_role = replica", "maintenance_work_mem = '512MB'"):
        connection.execute(f"SET {setting}")
    connection.execute("SET work_mem = '256MB'; SET synchronous_commit = off")
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    _materials(connection, service)
    script, told = (ROOT / "bench" / "province.sql").read_text(), _told(connection, size, now)
    for part in script.split("\n\n"):
        if any(line and not line.startswith("--") for line in part.splitlines()):
            connection.execute(part, told)
    for _, definition in indexes:
        connection.execute(definition)
    connection.execute("RESET ALL")
    _check_keys(connection)


def _told(connection: psycopg.Connection, size: int, now: datetime) -> dict[str, Any]:
    today = (now + LOCAL).replace(hour=0, minute=0, second=0, microsecond=0) - LOCAL
    passed = (now - today - OPENS) / timedelta(hours=10)
    of_today = round(min(1.0, max(0.0, passed)) * A_DAY)
    days = -(-(size - of_today) // A_DAY)
    coordinator = _one(connection, "SELECT min(id) FROM person WHERE role = 'coordinator'")
    return {
        "seed": SEED,
        "size": size,
        "a_day": A_DAY,
        "lead": days * A_DAY - (size - of_today),  # the first day is not a whole one
        "first": today - days * timedelta(days=1) + OPENS,
        "now": now,
        "coordinator": coordinator,
    }


def _materials(connection: psycopg.Connection, service: Service) -> None:
    """Who there is, and some hundred sentences as the service understands them."""
    for table in ("made_officer", "made_contact", "made_text"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(
        "CREATE UNLOGGED TABLE made_officer AS SELECT row_number() OVER (ORDER BY id) - 1 AS i, id AS person_id,"
        " department_id FROM person WHERE role = 'officer' AND active"
    )
    connection.execute(
        "CREATE UNLOGGED TABLE made_contact AS SELECT row_number() OVER (ORDER BY person_id) - 1 AS i, person_id,"
        " enterprise_id, bound_officer_id AS follower_id FROM enterprise_contact JOIN enterprise"
        " ON enterprise.id = enterprise_id"
    )
    rows = list(_sentences(service))
    columns = list(rows[0])
    typed = {"i": "bigint", "confidence": "float", "grade": "int"}
    told = ", ".join(f"{name} {typed.get(name, 'text')}" for name in columns)
    connection.execute(f"CREATE UNLOGGED TABLE made_text ({told})")
    with connection.cursor().copy(f"COPY made_text ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(list(row.values()))


def _sentences(service: Service) -> Iterator[dict[str, Any]]:
    lines = (ROOT / "intake" / "examples.jsonl").read_text().splitlines()
    chosen = random.Random(SEED).sample([json.loads(line)["text"] for line in lines], SENTENCES)
    taking, count = service.intake, 0
    for text in (*TEXTS, *chosen):
        for problem in taking.analyser.analyse([text], bound=True).problems[:1]:
            item = Item(kind="problem")
            judge(taking, item, problem)
            known = {name: getattr(item, name) for name in ("category", "topic", "confidence", "nature", "grade")}
            lists = {name: json.dumps(getattr(item, name)) for name in ("because", "candidates", "rules")}
            words = json.dumps(taking.twins.telling(taking.twins.told(text)))
            yield {"i": count, "text": text, **known, **lists, "words": words}
            count += 1


def _check_keys(connection: psycopg.Connection) -> None:
    """Every reference leads somewhere, no history has a gap. Raises ValueError naming the first that is wrong."""
    keys = connection.execute(
        "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, b.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]"
        " WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY(%s)",
        [list(FILLED)],
    ).fetchall()
    for table, column, other, key in keys:
        lost = f"SELECT count(*) FROM {table} t LEFT JOIN {other} o ON o.{key} = t.{column}"
        if _one(connection, f"{lost} WHERE t.{column} IS NOT NULL AND o.{key} IS NULL"):
            raise ValueError(f"{table}.{column} leads nowhere")
    gaps = "SELECT count(*) FROM (SELECT FROM event GROUP BY item_id HAVING count(*) <> max(seq)) g"
    if _one(connection, gaps):
        raise ValueError("a history has a gap")


def _count_ended(service: Service, now: datetime) -> None:
    """What ended long ago goes into the running totals, as the tick puts it there, in larger parts."""
    policy = service.policy
    before, local = now - policy.metrics.totals_after, policy.calendar.local(now)
    done = AT_ONCE
    while done == AT_ONCE:
        with service.store.write() as session:
            done = totals.fold(session, before, local, AT_ONCE)


def coordinator(service: Service) -> str:
    """Whoever checks, by name."""
    with service.store.read() as session:
        return people.with_role(session, "coordinator")[0].name


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _one(connection: psycopg.Connection, asked: str) -> int:
    row = connection.execute(asked).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def at_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
