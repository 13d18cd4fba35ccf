"""How well messages are understood: the figures of labelled messages that nobody trained on, as Markdown.

Every message of the file is analysed as the service would, once, and compared with its labels. An answer that the
readers held for right as well ("accept") counts as the labelled one. Macro-F1 is the mean over the labels that occur.
Categories are judged on messages with one problem: the first problem found counts, and none found is a mistake.
Several problems are right when exactly their categories are found. A line of the file is an object with messages,
kind, accept_kinds, items (each with category and accept), nature, urgent (null where the readers differed) and noise.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from processes import ROOT

from intake import categories
from intake.analyse import Analyser, Analysis
from intake.stock import KINDS

HELD_BACK = ROOT / "tests" / "intake" / "held_back.jsonl"
MOST = 0.8
"""The share of the surest answers that is looked at alone."""
BINS = 10
CONFUSIONS = 12
ALARMS = ("emergency", "misconduct")
NONE = "–"
"""Stands for a category where no problem was found."""

Pair = tuple[str, str]
"""What a label says, and what was answered."""


@dataclass(frozen=True)
class Answered:
    """A labelled message and what was understood of it."""

    row: dict[str, Any]
    said: Analysis

    @property
    def kind(self) -> Pair:
        return self.row["kind"], self.row["kind"] if self.said.kind in self.row["accept_kinds"] else self.said.kind

    @property
    def single(self) -> bool:
        return self.row["kind"] == KINDS[0] and len(self.row["items"]) == 1

    @property
    def several(self) -> bool:
        return len(self.row["items"]) > 1

    @property
    def category(self) -> Pair:
        """Of a message with one problem."""
        item, found = self.row["items"][0], self.codes[0] if self.codes else NONE
        return item["category"], item["category"] if found in item["accept"] else found

    @property
    def confidence(self) -> float:
        return self.said.problems[0].confidence if self.said.problems else 0.0

    @property
    def codes(self) -> list[str]:
        return [problem.category for problem in self.said.problems]

    @property
    def exact(self) -> bool:
        return sorted(self.codes) == sorted(item["category"] for item in self.row["items"])


@dataclass(frozen=True)
class Score:
    """One label: how often it was right to say so, how much of it was found, and how often it occurs."""

    precision: float
    recall: float
    f1: float
    count: int


def answers(path: Path, analyser: Analyser) -> list[Answered]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [Answered(row, analyser.analyse(row["messages"])) for row in rows]


def share(right: Iterable[bool]) -> float:
    """The share that is true; 0 of nothing."""
    counted = Counter(right)
    return counted[True] / max(1, counted.total())


def same(pairs: Iterable[tuple[object, object]]) -> float:
    return share(label == said for label, said in pairs)


def scores(pairs: Sequence[Pair], labels: Iterable[str]) -> dict[str, Score]:
    """The labels that occur, in the order given."""
    table, right = Counter(label for label, _ in pairs), Counter(label for label, said in pairs if label == said)
    answered = Counter(said for _, said in pairs)
    return {
        label: Score(
            right[label] / max(1, answered[label]),
            right[label] / table[label],
            2 * right[label] / (table[label] + answered[label]),
            table[label],
        )
        for label in labels
        if table[label]
    }


def macro(each: dict[str, Score]) -> float:
    return sum(score.f1 for score in each.values()) / max(1, len(each))


def surest(singles: Sequence[Answered]) -> list[Answered]:
    answered = sorted((one for one in singles if one.said.problems), key=lambda one: -one.confidence)
    return answered[: int(MOST * len(singles))]


def figures(all_: Sequence[Answered], codes: Sequence[str]) -> list[tuple[str, str, int]]:
    """Name, value, and of how many."""
    singles = [one for one in all_ if one.single]
    pairs = [one.category for one in singles]
    top = surest(singles)
    return [
        ("category, one problem", f"{same(pairs):.3f}", len(pairs)),
        ("category, macro-F1", f"{macro(scores(pairs, codes)):.3f}", len(pairs)),
        (f"category, the surest {MOST:.0%}", f"{same(one.category for one in top):.3f}", len(top)),
        *figures_of_kinds(all_),
        *figures_of_problems(all_),
    ]


def figures_of_kinds(all_: Sequence[Answered]) -> list[tuple[str, str, int]]:
    pairs = [one.kind for one in all_]
    each = scores(pairs, KINDS)
    found = [("kind", f"{same(pairs):.3f}", len(pairs)), ("kind, macro-F1", f"{macro(each):.3f}", len(pairs))]
    for alarm in ALARMS:
        others = [said for label, said in pairs if label != alarm]
        recall, count = (each[alarm].recall, each[alarm].count) if alarm in each else (0.0, 0)
        found.append((f"{alarm} found", f"{recall:.3f}", count))
        found.append((f"{alarm}, false alarms", str(others.count(alarm)), len(others)))
    return found


def figures_of_problems(all_: Sequence[Answered]) -> list[tuple[str, str, int]]:
    singles, several = [one for one in all_ if one.single], [one for one in all_ if one.several]
    natures = [(one.row["nature"], one.said.nature) for one in all_ if one.row["kind"] == KINDS[0]]
    urgent = [(one.row["urgent"], one.said.urgent) for one in all_ if one.row["urgent"] is not None]
    hits, either = sum(told and said for told, said in urgent), sum(told + said for told, said in urgent)
    return [
        ("several problems, exactly", f"{share(one.exact for one in several):.3f}", len(several)),
        ("one problem not split", f"{share(len(one.codes) == 1 for one in singles):.3f}", len(singles)),
        ("nature", f"{same(natures):.3f}", len(natures)),
        ("urgent, F1", f"{2 * hits / max(1, either):.3f}", len(urgent)),
    ]


def print_table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    print(f"\n## {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def print_scores(title: str, each: dict[str, Score], names: dict[str, str]) -> None:
    rows = [
        (names.get(label, label), f"{one.precision:.2f}", f"{one.recall:.2f}", f"{one.f1:.2f}", one.count)
        for label, one in each.items()
    ]
    print_table(title, ("", "precision", "recall", "F1", "n"), rows)


def print_noise(singles: Sequence[Answered]) -> None:
    by_noise: dict[str, list[Pair]] = {}
    for one in singles:
        by_noise.setdefault(one.row["noise"], []).append(one.category)
    rows = [(noise, f"{same(pairs):.3f}", len(pairs)) for noise, pairs in sorted(by_noise.items())]
    print_table("Category by noise", ("", "right", "n"), rows)


def print_reliability(singles: Sequence[Answered]) -> None:
    """What is called 0.8 should be right in 0.8. Where no problem was found there is no confidence to judge."""
    bins: list[list[Answered]] = [[] for _ in range(BINS)]
    for one in singles:
        if one.said.problems:
            bins[min(BINS - 1, int(one.confidence * BINS))].append(one)
    rows: list[tuple[str, int, str, str]] = []
    apart = 0.0
    for at, held in enumerate(bins):
        sure, right = sum(one.confidence for one in held) / max(1, len(held)), same(one.category for one in held)
        apart += abs(sure - right) * len(held)
        told = (f"{sure:.3f}", f"{right:.3f}") if held else (NONE, NONE)
        rows.append((f"{at / BINS:.1f}–{(at + 1) / BINS:.1f}", len(held), *told))
    print_table("Confidence of the category", ("between", "n", "mean confidence", "right"), rows)
    print(f"\nMean distance of the two (expected calibration error): {apart / max(1, sum(map(len, bins))):.3f}.")


def print_confusions(title: str, pairs: Iterable[Pair], names: dict[str, str]) -> None:
    wrong = Counter((label, said) for label, said in pairs if label != said).most_common(CONFUSIONS)
    rows = [(names.get(label, label), names.get(said, said), times) for (label, said), times in wrong]
    print_table(title, ("labelled", "answered", "times"), rows)


CELL, LEFT, TOP, FOOT = 58, 108, 110, 40
PAPER, INK, FAINT, RIGHT, WRONG = "#fbfaf7", "#222222", "#777777", (31, 97, 141), (200, 90, 30)
FONTS = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Zen Hei', sans-serif"


def picture(pairs: Sequence[Pair], names: dict[str, str], source: str) -> str:
    """The confusion matrix as SVG: a row is a label, a column an answer, the shade the share of the row.

    It brings its own light ground, so that it reads the same on a dark page.
    """
    size = CELL * len(names)
    width, height = LEFT + size + 20, TOP + size + FOOT
    title = f"Labelled category (rows) and answered category (columns), {len(pairs)} messages with one problem"
    lost = sum(said == NONE for _, said in pairs)
    foot = f"Shade: share of the row. Blue is right, orange is not. Not drawn: {lost} read as no problem. {source}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"',
            f'viewBox="0 0 {width} {height}" role="img" font-family="{FONTS}" font-size="14" fill="{INK}">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
            written(20, 34, title, 'font-size="17" font-weight="bold"'),
            *headings(list(names.values())),
            *cells(Counter(pairs), list(names)),
            written(20, height - 15, foot, f'font-size="12" fill="{FAINT}"'),
            "</svg>\n",
        ]
    )


def headings(labels: Sequence[str]) -> list[str]:
    """Labels beside the rows and above the columns."""
    beside = 'text-anchor="end" dominant-baseline="central"'
    rows = [written(LEFT - 12, TOP + CELL * (at + 0.5), label, beside) for at, label in enumerate(labels)]
    above = 'text-anchor="middle" font-size="13"'
    return rows + [written(LEFT + CELL * (at + 0.5), TOP - 14, label, above) for at, label in enumerate(labels)]


def cells(times: Counter[Pair], codes: Sequence[str]) -> list[str]:
    drawn: list[str] = []
    for down, label in enumerate(codes):
        row = sum(count for (labelled, _), count in times.items() if labelled == label)
        for across, said in enumerate(codes):
            x, y, count = LEFT + CELL * across, TOP + CELL * down, times[label, said]
            part = count / max(1, row)
            colour = shade(RIGHT if label == said else WRONG, part)
            drawn.append(f'<rect x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="{CELL - 2}" fill="{colour}"/>')
            if count:
                ink = "#ffffff" if part > 0.4 else INK
                style = f'text-anchor="middle" dominant-baseline="central" fill="{ink}"'
                drawn.append(written(x + CELL / 2, y + CELL / 2, str(count), style))
    return drawn


def shade(full: tuple[int, int, int], part: float) -> str:
    """From near white to the full colour. By the square root, so that the few mistakes of a row can be seen."""
    mixed = (round(238 + (tone - 238) * part**0.5) for tone in full)
    return "#" + "".join(f"{tone:02x}" for tone in mixed)


def written(x: float, y: float, text: str, style: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(text)}</text>'


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How well labelled messages are understood, as Markdown.")
    parser.add_argument("file", nargs="?", type=Path, default=HELD_BACK, help="labelled messages, one a line")
    parser.add_argument("--picture", type=Path, help="draw the confusion matrix of categories here, as SVG")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    analyser = Analyser.load()
    names = {code: category.label for code, category in categories.load().by_code.items()}
    all_ = answers(given.file, analyser)
    singles = [one for one in all_ if one.single]
    pairs, kinds = [one.category for one in singles], [one.kind for one in all_]
    digest = sha256(given.file.read_bytes()).hexdigest()[:8]
    print(f"`{given.file.name}`: {len(all_)} messages (sha256 {digest}…), {len(singles)} with one problem.")
    print_table("Figures", ("", "", "of"), figures(all_, list(names)))
    print_scores("Categories", scores(pairs, list(names)), names)
    print_scores("Kinds", scores(kinds, KINDS), {})
    print_noise(singles)
    print_reliability(singles)
    print_confusions("Categories most often confused", pairs, names)
    print_confusions("Kinds most often confused", kinds, {})
    if given.picture:
        given.picture.write_text(picture(pairs, names, given.file.name), "utf-8")


if __name__ == "__main__":
    main()
