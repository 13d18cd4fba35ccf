"""How well the sets apart are understood (tests/intake/*_look.jsonl), as one Markdown table.

No line of them is trained on; some were used for choosing settings (docs/classification.md says which). A line is an
object with messages, kind and, where it tells problems, the categories of these. Several problems are right when
exactly their categories are found; one problem that is taken for another kind of message counts as split.
A second table tells of alarms beside something else: each that is heard alone is told before and after a problem, the
longest ones of the set.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import classification
from classification import ALARMS, NONE, Answered, print_table, share
from processes import ROOT

from intake.analyse import Analyser

LOOKS = ("second", "third", "fourth", "fifth", "sixth", "seventh")
FIGURES = (
    "category, one problem",
    "one problem not split",
    "several problems, exactly",
    "kind",
    *(f"{alarm}{what}" for alarm in ALARMS for what in (" found", ", false alarms")),
)


def labelled(line: str) -> dict[str, Any]:
    """A line as bench/classification.py wants it: here nothing but the label is right, and nature and urgency are not
    labelled."""
    row = json.loads(line)
    items = [{"category": code, "accept": [code]} for code in row.get("categories", ())]
    return {**row, "accept_kinds": [row["kind"]], "items": items, "nature": None, "urgent": None}


def read(path: Path, analyser: Analyser) -> list[Answered]:
    rows = map(labelled, path.read_text("utf-8").splitlines())
    return [Answered(row, analyser.analyse(row["messages"])) for row in rows]


def figures(all_: Sequence[Answered], codes: Sequence[str]) -> dict[str, str]:
    """Each share and of how many; a dash where none was asked."""
    found = {
        name: f"{value} of {count}" if count else NONE for name, value, count in classification.figures(all_, codes)
    }
    return {name: found[name] for name in FIGURES}


def beside(all_: Sequence[Answered], analyser: Analyser) -> Iterator[tuple[str, str]]:
    alone = {alarm: [one for one in all_ if one.row["kind"] == one.said.kind == alarm] for alarm in ALARMS}
    single = sorted((one for one in all_ if one.single), key=lambda one: -len("".join(one.row["messages"])))
    for alarm, heard in alone.items():
        pairs = [(one.row["messages"], problem.row["messages"]) for one, problem in zip(heard, single, strict=False)]
        told = [first + then for pair in pairs for first, then in (pair, pair[::-1])]
        right = share(analyser.analyse(messages).kind == alarm for messages in told)
        yield alarm, f"{right:.3f} of {len(told)}" if told else NONE


def main() -> None:
    analyser = Analyser.load()
    looks = [read(ROOT / "tests" / "intake" / f"{look}_look.jsonl", analyser) for look in LOOKS]
    for title, tables in (
        ("The sets apart", [figures(all_, tuple(analyser.categories)) for all_ in looks]),
        ("An alarm heard beside a problem", [dict(beside(all_, analyser)) for all_ in looks]),
    ):
        print_table(title, ("", *LOOKS), [(name, *(table[name] for table in tables)) for name in tables[0]])


if __name__ == "__main__":
    main()
