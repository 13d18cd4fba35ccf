"""What the database does for a statement: by which indexes it finds its rows, how many it touches."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

READS = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Bitmap Index Scan")


@dataclass(frozen=True)
class Plan:
    """One statement as it was carried out: rows touched, those thrown away included; tables read as a whole."""

    statement: str
    milliseconds: float
    touched: int
    indexes: tuple[str, ...]
    whole: tuple[str, ...]


@contextmanager
def asked(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every question within the block, with what it was asked about; each wording once."""
    found: dict[str, Any] = {}
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, told: Any, _context: Any, many: bool) -> None:
        if statement.startswith("SELECT") and not many and statement not in found:
            found[statement] = told
            said.append((statement, told))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def explained(engine: Engine, questions: list[tuple[str, Any]]) -> list[Plan]:
    """Each question asked once more, with its plan; those that touch the most rows first."""
    found = []
    with engine.connect() as connection:
        for statement, told in questions:
            wanted = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
            (answer,) = connection.exec_driver_sql(wanted, told).one()
            found.append(_plan(statement, answer if isinstance(answer, list) else json.loads(answer)))
            connection.rollback()
    return sorted(found, key=lambda plan: -plan.touched)


def _plan(statement: str, answer: list[dict[str, Any]]) -> Plan:
    nodes = list(_nodes(answer[0]["Plan"]))
    reads = [node for node in nodes if node["Node Type"] in READS]
    return Plan(
        " ".join(statement.split()),
        answer[0]["Execution Time"],
        round(sum(_touched(node) for node in reads if node["Node Type"] != "Bitmap Index Scan")),
        tuple(dict.fromkeys(node["Index Name"] for node in reads if "Index Name" in node)),
        tuple(dict.fromkeys(node["Relation Name"] for node in reads if node["Node Type"] == "Seq Scan")),
    )


def _touched(node: dict[str, Any]) -> float:
    thrown = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    return float((node["Actual Rows"] + thrown) * node["Actual Loops"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
