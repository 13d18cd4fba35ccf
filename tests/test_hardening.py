"""Rules of safety no story would notice: what the code must not say, what must not start, what must be pinned."""

import importlib.machinery
import importlib.util
import json
import marshal
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot import ready
from bot.environment import ConfigError
from store.migrate import migrate
from tests.processes import run

ROOT = Path(__file__).parents[1]
CODE = sorted(path for room in ("bot", "intake", "routing", "store") for path in (ROOT / room).rglob("*.py"))
PAGES = sorted(path for path in (ROOT / "bot").rglob("*") if path.suffix in (".html", ".js"))

FORBIDDEN = {
    "an exchange without checking the certificate": r"verify\s*=\s*False",
    "a signature that is compared letter by letter": r"signature\w*\s*[!=]=",
    "text into a page as it came": r"\|\s*safe\b|Markup\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write",
    "code made of text": r"(?<![.\w])(eval|exec|compile)\(|__import__\(|new Function",
    "objects made of bytes": r"\bpickle\b|\bmarshal\b|yaml\.load\b|\bshelve\b",
    "a shell": r"shell\s*=\s*True|os\.system\(|os\.popen\(",
    "a debugger": r"debug\s*=\s*True|\.run\(.*debug|use_debugger|pdb\.",
    "SQL made of text": r"""text\(\s*f["']|exec_driver_sql\(\s*f["']|\.execute\(\s*f?["']""",
    "numbers that can be guessed for secrets": r"\brandom\.(random|choice|randint)\(.*(token|key|nonce|code)",
    "an address open to all": r"0\.0\.0\.0:|host\s*=\s*[\"']0\.0\.0\.0",
}

KNOWN = {
    "objects made of bytes": {"intake/cut.py"},  # out of a folder in which only this user can write
    "SQL made of text": {"store/db.py"},  # three PRAGMAs, said to the driver
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_code_does_not_hold(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (*CODE, *PAGES)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line) and str(path.relative_to(ROOT)) not in KNOWN.get(what, set())
    ]

    assert found == []


def test_the_rules_find_what_they_are_for() -> None:
    for line in (
        "requests.get(url, verify=False)",
        "if signature == given:",
        "{{ text | safe }}",
        "box.innerHTML = said",
        "eval(said)",
        "pickle.loads(body)",
        "os.system(said)",
        "app.run(debug=True)",
        'session.execute(text(f"SELECT {name}"))',
    ):
        assert any(re.search(pattern, line) for pattern in FORBIDDEN.values()), line


# ---------------------------------------------------------------- what does not start


@pytest.mark.parametrize("key", ["", "short", "changeme" * 4])
def test_a_key_that_everybody_knows_is_refused(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_SECRET_KEY", key)

    with pytest.raises(ConfigError, match="LIANXIN_SECRET_KEY"):
        ready.unmigrated()


@pytest.mark.process
@pytest.mark.parametrize("name", ["serve", "work"])
def test_nothing_is_served_with_the_debugger_on(tmp_path: Path, name: str) -> None:
    url = f"sqlite:///{tmp_path / 'debug.db'}"
    migrate(url)
    given = {"LIANXIN_DATABASE_URL": url, "LIANXIN_SECRET_KEY": "9f2c4b7e1d6a8053b4c9e7f1", "FLASK_DEBUG": "1"}

    refused = run(tmp_path, name, **given)

    assert refused.returncode == 2
    assert "FLASK_DEBUG" in refused.stderr


def test_a_dictionary_planted_in_the_shared_folder_is_not_read(tmp_path: Path) -> None:
    """jieba alone would load `jieba.cache` from there, whoever wrote it; we never let it."""
    planted = tmp_path / "jieba.cache"
    planted.write_bytes(marshal.dumps(({"变压器坏": 999_999_999, "掉": 1}, 1_000_000_000)))
    before = planted.read_bytes()
    lines = json.dumps({"id": "1", "messages": ["我们厂变压器坏掉了，停电三天"]}) + "\n"

    clean = run(tmp_path, "classify", stdin=lines)
    poisoned = run(tmp_path, "classify", stdin=lines, TMPDIR=str(tmp_path))

    assert poisoned.stdout == clean.stdout
    assert '"UTILITY"' in clean.stdout
    assert planted.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["jieba.cache"]


# ---------------------------------------------------------------- what is pinned


PINNED = re.compile(r"[a-z0-9][a-z0-9.-]*==[\w.+!]+( ; [^\\]+)? \\\n\s+--hash=sha256:[0-9a-f]{64}")


def test_every_package_is_pinned_to_what_it_was_and_names_no_place_to_fetch_it() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    packages = [block for block in re.split(r"\n(?=\S)", lock) if block.strip()]

    assert len(packages) > 30
    for block in packages:
        assert re.match(r"[a-z0-9][a-z0-9.-]*==[\w.+!]+( ; [^\\]+)? \\\n\s+--hash=sha256:[0-9a-f]{64}", block), block[
            :80
        ]
    assert not re.search(r"://|index-url|trusted-host|find-links", lock)


def test_what_is_not_read_from_wechatpy_is_little() -> None:
    """A library of 2021: only what seals, parses and sends is used, behind few files, so that it can be replaced."""
    users = {path.name for path in CODE if re.search(r"^(from|import) wechatpy", path.read_text(), re.MULTILINE)}

    assert users <= {"api.py", "official.py", "wecom.py", "wire.py", "xml.py", "menu.py", "tokens.py"}


def audit() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("audit", str(ROOT / ".ci" / "audit"))
    spec = importlib.util.spec_from_loader("audit", loader)
    assert spec
    made = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    loader.exec_module(made)
    sys.dont_write_bytecode = before
    return made


HOLE = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
GOOD = {"name": "b", "version": "1", "vulns": []}
LEFT = {"name": "c", "skip_reason": "no index"}


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ([GOOD], 0, "audited: 1 packages, 0 holes"),
        ([GOOD, HOLE], 1, "a 1: CVE-1, mended in 2\naudited: 2 packages, 1 holes"),
        ([LEFT, LEFT], 0, "not audited: 2 of 2 packages"),
        ([GOOD, LEFT], 0, "not audited: 1 of 2 packages, 0 holes"),
        ([HOLE, LEFT], 1, "a 1: CVE-1, mended in 2\nnot audited: 1 of 2 packages, 1 holes"),
    ],
)
def test_an_audit_that_did_not_happen_does_not_look_like_one(
    found: list[object], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit().tell(found) == status
    assert capsys.readouterr().out == f"{said}\n"


def test_without_an_index_the_audit_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "audit", tmp_path / "no-pip-audit"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )

    assert (done.returncode, done.stdout) == (0, "not audited: no index answers\n")


# ---------------------------------------------------------------- the list in docs/security.md


def risks() -> list[list[str]]:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| \d+ \|", line)]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_every_risk_of_the_list_has_its_line() -> None:
    assert [row[0] for row in risks()] == [str(number) for number in range(1, 26)]


@pytest.mark.parametrize("row", risks(), ids=lambda row: row[0])
def test_what_a_line_names_is_there(row: list[str]) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[3])

    assert named or row[3] == "not built yet"
    for path, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test
