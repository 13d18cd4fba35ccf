"""The stock of example sentences from which the model is trained."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from intake.categories import Categories
from store.facts import FactError, locate

EXAMPLES, TALK, BURSTS = "examples.jsonl", "talk.jsonl", "bursts.jsonl"
LEARNED = "learned.jsonl"
"""What an office has learned from corrections; an office that has none has no such file."""
FILES = (EXAMPLES, TALK, BURSTS, LEARNED)
KINDS = (
    "problem",
    "greeting",
    "thanks",
    "urge",
    "status_query",
    "rating",
    "withdraw",
    "emergency",
    "misconduct",
    "advert",
    "resident",
    "identity_question",
    "acknowledgement",
)
EMERGENCY = "emergency"
NATURES = ("inquiry", "help", "complaint", "suggestion")
URGENCY = ("calm", "urgent")

T = TypeVar("T")
_MARK = re.compile(r"〔([^〔〕]*)〕")


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known of it; several messages of one person stand in it one a line.

    `problems`: where each of its problems ends in the text, and its category; empty for what is no problem.
    `asked`: whether its author said of what kind it is; of an example of a category that is only taken for granted.
    `marked`: whether its author said where each problem ends, also of one alone.
    """

    text: str
    kind: str
    problems: tuple[tuple[int, str], ...] = ()
    nature: str | None = None
    urgent: bool | None = None
    asked: bool = True
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """All examples, and a digest that tells whether a model was trained on exactly these."""

    examples: tuple[Example, ...]
    digest: str


def load(categories: Categories, override: Path | None = None) -> Stock:
    """The examples of every file, checked. Raises FactError naming file and line."""
    examples = [_example(entry, row, categories) for file in FILES for entry, row in _rows(file, override)]
    return Stock(tuple(examples), digest(override))


def digest(override: Path | None = None) -> str:
    """A digest of the example files as they lie there; "" for each that is missing."""
    summed = sha256()
    for file in FILES:
        path = locate(__file__, file, override)
        summed.update(path.read_bytes() if path.is_file() else b"")
    return summed.hexdigest()


def _rows(file: str, override: Path | None) -> list[tuple[str, dict[str, Any]]]:
    """The lines of a file, each an object, with where it stands ("file: line 3")."""
    path = locate(__file__, file, override)
    if file == LEARNED and not path.is_file():
        return []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FactError(f"{file}: {error}") from error
    return [_row(f"{file}: line {at}", line) for at, line in enumerate(lines, 1) if line.strip()]


def _row(entry: str, line: str) -> tuple[str, dict[str, Any]]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FactError(f"{entry}: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
        raise FactError(f"{entry}: needs a text")
    return entry, row


def _example(entry: str, row: dict[str, Any], categories: Categories) -> Example:
    """`category` says what a sentence is an example of; in a text of several problems 〔CODE〕 stands behind each."""
    text, problems = unmarked(row["text"])
    marked = bool(problems)
    if "category" in row:
        problems = ((len(text), row["category"]), *problems)
    for _, code in problems:
        if not isinstance(code, str) or code not in categories.by_code:
            raise FactError(f"{entry}: unknown category {code!r}")
    kind = _known(entry, "kind", row.get("kind", KINDS[0] if problems else None), KINDS)
    if problems and kind not in (KINDS[0], EMERGENCY):
        raise FactError(f"{entry}: only a {KINDS[0]} or an {EMERGENCY} has a category")
    return Example(
        text,
        kind,
        problems,
        _known(entry, "nature", row["nature"], NATURES) if "nature" in row else None,
        _known(entry, "urgent", row["urgent"], (True, False)) if "urgent" in row else None,
        "kind" in row or not problems,
        marked,
    )


def _known(entry: str, key: str, value: object, known: Sequence[T]) -> T:
    for each in known:
        if value == each:
            return each
    raise FactError(f"{entry}: unknown {key} {value!r}")


def unmarked(text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The text without its 〔CODE〕 marks, and where each stood."""
    plain, marks, start = "", [], 0
    for mark in _MARK.finditer(text):
        plain += text[start : mark.start()]
        marks.append((len(plain), mark.group(1)))
        start = mark.end()
    return plain + text[start:], tuple(marks)
