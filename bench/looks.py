"""How well the sets apart are understood (tests/intake/*_look.jsonl), as one Markdown table.

No line of them is trained on; some were used for choosing settings (docs/classification.md says which). A line is an
object with messages, kind and, where it tells problems, the categories of these. Several problems are right when
exactly their categories are found; one problem that is taken for another kind of message counts as split.
A second table tells of alarms beside something else: each that is heard alone is told before and after a problem, the
longest ones of the set.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classification import ALARMS, NONE, print_table, share
from processes import ROOT

from intake.analyse import Analyser, Analysis

LOOKS = ("second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True)
class Told:
    """A labelled message and what was understood of it."""

    row: dict[str, Any]
    said: Analysis

    @property
    def told(self) -> list[str]:
        return self.row.get("categories", [])

    @property
    def codes(self) -> list[str]:
        return [problem.category for problem in self.said.problems]


def read(path: Path, analyser: Analyser) -> list[Told]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Told(row, analyser.analyse(row["messages"])) for row in rows]


def part(asked: Iterable[Told], right: Callable[[Told], bool]) -> str:
    """The share that is right, and of how many; a dash where none was asked."""
    those = list(asked)
    return f"{share(map(right, those)):.3f} of {len(those)}" if those else NONE


def figures(all_: list[Told]) -> Iterator[tuple[str, str]]:
    single, several = [one for one in all_ if len(one.told) == 1], [one for one in all_ if len(one.told) > 1]
    yield "category, one problem", part(single, lambda one: one.codes[:1] == one.told)
    yield "one problem not split", part(single, lambda one: len(one.codes) == 1)
    yield "several problems, exactly", part(several, lambda one: sorted(one.codes) == sorted(one.told))
    yield "kind", part(all_, lambda one: one.said.kind == one.row["kind"])
    for alarm in ALARMS:
        those, others = ([one for one in all_ if (one.row["kind"] == alarm) is told] for told in (True, False))
        yield f"{alarm} found", part(those, lambda one: one.said.kind == one.row["kind"])
        yield f"{alarm}, false alarms", f"{sum(one.said.kind == alarm for one in others)} of {len(others)}"


def beside(all_: list[Told], analyser: Analyser) -> Iterator[tuple[str, str]]:
    alone = {alarm: [one for one in all_ if one.row["kind"] == one.said.kind == alarm] for alarm in ALARMS}
    single = sorted((one for one in all_ if len(one.told) == 1), key=lambda one: -len("".join(one.row["messages"])))
    for alarm, heard in alone.items():
        pairs = [(one.row["messages"], problem.row["messages"]) for one, problem in zip(heard, single, strict=False)]
        told = [first + then for pair in pairs for first, then in (pair, pair[::-1])]
        right = share(analyser.analyse(messages).kind == alarm for messages in told)
        yield alarm, f"{right:.3f} of {len(told)}" if told else NONE


def main() -> None:
    analyser = Analyser.load()
    looks = [read(ROOT / "tests" / "intake" / f"{look}_look.jsonl", analyser) for look in LOOKS]
    for title, tables in (
        ("The sets apart", [dict(figures(all_)) for all_ in looks]),
        ("An alarm heard beside a problem", [dict(beside(all_, analyser)) for all_ in looks]),
    ):
        print_table(title, ("", *LOOKS), [(name, *(table[name] for table in tables)) for name in tables[0]])


if __name__ == "__main__":
    main()
