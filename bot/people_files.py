"""The files of an import, TOML or CSV, as rows of text with the place where each stands, and what a row may hold."""

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

FIELDS = {
    "department": {"code", "name", "parent", "merged_into", "valid_to"},
    "enterprise": {"name", "credit_code", "officer"},
    "person": {"key", "name", "role", "department", "enterprises", "phone", "openid", "wecom", "active", "successor"},
    "invitation": {"code", "enterprise"},
}
NEEDED = {
    "department": ("code", "name"),
    "enterprise": ("name",),
    "person": ("name", "role"),
    "invitation": ("code", "enterprise"),
}
ROLES = ("contact", "officer", "head", "coordinator", "leader", "duty", "discipline", "stranger")
LONGEST = 200


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


def complaints(row: Row) -> Iterator[str]:
    """What is wrong with a row by itself: what is missing, too long, or not known."""
    for name in NEEDED[row.kind]:
        if not row.values.get(name):
            yield f"{name} is missing"
    for name, value in row.values.items():
        if len(value) > LONGEST:
            yield f"{name} is longer than {LONGEST} characters"
    for name in sorted(row.values.keys() - FIELDS[row.kind]):
        yield f"unknown field {name!r}"
    if row.kind == "person" and row.values.get("role") not in (*ROLES, None):
        yield f"unknown role {row.values['role']!r}; one of {', '.join(ROLES)}"
