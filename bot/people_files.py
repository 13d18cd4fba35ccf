"""The files of an import, TOML or CSV, as rows of text with the place where each stands."""

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = ("department", "enterprise", "person", "invitation")
"""In the order in which they refer to each other."""
CSV_KINDS = {
    "departments": "department",
    "enterprises": "enterprise",
    "people": "person",
    "invitations": "invitation",
}


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    where: str
    values: dict[str, str]


def rows(path: Path) -> Iterator[Row]:
    """The rows of one file. Raises ValueError, OSError or csv.Error when it cannot be read."""
    if path.suffix == ".csv":
        return _csv_rows(path)
    if path.suffix == ".toml":
        return _toml_rows(path)
    raise ValueError("only .toml and .csv files can be imported")


def _csv_rows(path: Path) -> Iterator[Row]:
    kind = CSV_KINDS.get(path.stem)
    if kind is None:
        raise ValueError(f"call it one of {', '.join(f'{stem}.csv' for stem in CSV_KINDS)}")
    with path.open(encoding="utf-8-sig", newline="") as lines:  # spreadsheets write a byte-order mark
        reader = csv.DictReader(lines, strict=True)
        for values in reader:
            cells = {str(k): (v or "").strip() for k, v in values.items() if k and isinstance(v, str) and v.strip()}
            yield Row(kind, f"{path.name}:{reader.line_num}", cells)


def _toml_rows(path: Path) -> Iterator[Row]:
    text = path.read_text(encoding="utf-8")
    facts = tomllib.loads(text)
    for kind, entries in facts.items():
        lines = [n for n, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[\[\s*{kind}\s*\]\]", line)]
        if kind not in KINDS or not isinstance(entries, list):
            raise ValueError(f"unknown entry {kind!r}; use {', '.join(f'[[{known}]]' for known in KINDS)}")
        for line, entry in zip(lines, entries, strict=False):
            yield Row(kind, f"{path.name}:{line}", {name: _cell(value) for name, value in entry.items()})


def _cell(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, list) else str(value).strip()
