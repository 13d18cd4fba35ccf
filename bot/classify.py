"""The lines of `lianxin classify`: messages in, answers out, without database or server."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from intake.analyse import Analyser, Analysis


class BadLine(Exception):
    """A line is not what the contract asks for; the message says why."""


def run(lines: Iterable[str], analyser: Analyser) -> Iterator[tuple[str, bool]]:
    """One answer for each line, in order, and whether the line was good.

    A line is {"id": text, "messages": [text, ...]}. A bad one gives {"id": null, "error": why}.
    Empty lines are skipped.
    """
    for line in lines:
        if not line.strip():
            continue
        try:
            number, messages = _read(line)
        except BadLine as error:
            yield _write({"id": None, "error": str(error)}), False
        else:
            yield _write({"id": number, **_answer(analyser.analyse(messages))}), True


def _read(line: str) -> tuple[str, list[str]]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise BadLine("not an object")
    if not isinstance(row.get("id"), str):
        raise BadLine("id must be a text")
    messages = row.get("messages")
    if not isinstance(messages, list) or not all(isinstance(each, str) for each in messages):
        raise BadLine("messages must be a list of texts")
    for text in (row["id"], *messages):
        if not _is_unicode(text):
            raise BadLine("half of a surrogate pair is no text")
    return row["id"], messages


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _write(row: dict[str, Any]) -> str:
    """JSON in readable Chinese; what no encoding can write is replaced, so that printing never fails."""
    text = json.dumps(row, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")


def _answer(said: Analysis) -> dict[str, Any]:
    return {
        "kind": said.kind,
        "nature": said.nature,
        "urgent": said.urgent,
        "items": [
            {
                "category": problem.category,
                "confidence": problem.confidence,
                "because": list(problem.because),
                "runner_up": problem.runner_up,
                "span": problem.span,
            }
            for problem in said.problems
        ],
    }
