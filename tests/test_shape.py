"""The house keeps its shape: imports point down, only `bot` knows the clock, texts and commands have one home."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "bot": {"bot", "intake", "routing", "store"},
    "intake": {"intake", "store"},
    "routing": {"routing", "store"},
    "store": {"store"},
}
ONLY_IN = {
    "flask": "bot",
    "wechatpy": "bot",
    "apscheduler": "bot",
    "requests": "bot",
    "jieba": "intake",
    "alembic": "store",
}
SQL = {"select", "insert", "update", "delete", "text", "func"}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}
SENTENCE = re.compile(r"[\u4e00-\u9fff]{4,}.*[，。？！：]")
FILES = sorted(path for room in MAY_IMPORT for path in (ROOT / room).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def imports(path: Path) -> Iterator[tuple[str, set[str]]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, set()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", {alias.name for alias in node.names}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    for module, _ in imports(path):
        top = module.split(".")[0]
        if top in MAY_IMPORT:
            assert top in MAY_IMPORT[room(path)], f"{room(path)} must not import {module}"
        if top in ONLY_IN:
            assert room(path) == ONLY_IN[top], f"only {ONLY_IN[top]} imports {top}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            hidden = [inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)]
            assert not hidden, f"import inside {node.name}"


@pytest.mark.parametrize("path", [path for path in FILES if room(path) != "bot"], ids=lambda path: path.name)
def test_nobody_below_the_edge_reads_the_clock(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            read = node.func.attr in CLOCKS and isinstance(node.func.value, ast.Name)
            owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            assert not (read and owner in {"datetime", "date", "time"}), f"line {node.lineno} reads the clock"


@pytest.mark.parametrize("path", [path for path in FILES if room(path) != "store"], ids=lambda path: path.name)
def test_only_the_store_builds_sql(path: Path) -> None:
    for module, names in imports(path):
        if module == "sqlalchemy":
            assert not names & SQL, f"builds SQL with {names & SQL}"


def test_no_sql_says_now() -> None:
    for path in FILES:
        assert not re.search(r"func\.now\(|CURRENT_TIMESTAMP", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_stands_in_code(path: Path) -> None:
    """Command words and the words that date patterns look for may; what a user reads lives in `texts.toml`."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            said = SENTENCE.search(node.value) if "\n" not in node.value else None
            assert not said or node.value.startswith("【收到不支持"), f"line {node.lineno}: {node.value}"
