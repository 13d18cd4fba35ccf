"""The cases A to M of the edge: each has tests that name it, and docs/conformance.md says which.

A test names what it proves in its docstring, as "B: a right signature beside a wrong msg_signature is refused". The
page is made of these sentences; a rule that nobody proves any more disappears from it and this test fails.
"""

import ast
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "conformance.md"
CASES = {
    "A": "Handshake",
    "B": "Signature, freshness, replay",
    "C": "Seals and keys",
    "D": "Modes",
    "E": "Bodies and XML",
    "F": "Types",
    "G": "Fidelity of texts, both ways",
    "H": "Delivery",
    "I": "Coming, going, scanning",
    "J": "Cards",
    "K": "Tokens",
    "L": "Sending",
    "M": "Privacy",
}
NAMED = re.compile(r"(?:^|; )([A-M]): (.+?)(?=; [A-M]: |\.?$)", re.MULTILINE)


class Proof(NamedTuple):
    """One sentence of a docstring, and the test it stands in."""

    case: str
    rule: str
    test: str


def told(folder: Path) -> Iterator[tuple[str, str]]:
    """What the tests below a folder say of themselves: docstring and name of each, by file."""
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield ast.get_docstring(node) or "", f"{path.relative_to(ROOT).as_posix()}::{node.name}"


def proofs() -> Iterator[Proof]:
    for said, test in told(ROOT / "tests"):
        for case, rule in NAMED.findall(said):
            yield Proof(case, rule, test)


def tables() -> str:
    """What stands in the page below its introduction."""
    lines: list[str] = []
    for case, proven in groupby(sorted(proofs(), key=lambda proof: proof.case), key=lambda proof: proof.case):
        lines += [f"## {case}. {CASES[case]}", "", "| Rule | Shown by |", "| --- | --- |"]
        lines += [f"| {proof.rule} | `{proof.test}` |" for proof in proven] + [""]
    return "\n".join(lines)


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_proven_by_a_test_that_names_it(case: str) -> None:
    assert [proof for proof in proofs() if proof.case == case]


def test_no_two_tests_claim_the_same_rule() -> None:
    rules = [(proof.case, proof.rule) for proof in proofs()]

    assert sorted(rules) == sorted(set(rules))


def test_the_page_names_what_the_tests_name() -> None:
    text = PAGE.read_text(encoding="utf-8")

    written = text[text.index("## A. ") :]

    assert written == tables(), "bring it into step: python -m tests.test_conformance"


def write() -> None:
    """Bring the page into step: python -m tests.test_conformance"""
    introduction, _, _ = PAGE.read_text(encoding="utf-8").partition("## A. ")
    PAGE.write_text(introduction + tables(), encoding="utf-8")


def test_the_page_can_be_found() -> None:
    for readme in (ROOT / "README.md", ROOT / "docs" / "README.zh.md"):
        assert "conformance.md)" in readme.read_text(encoding="utf-8")


if __name__ == "__main__":
    write()
