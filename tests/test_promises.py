"""Notes as officers write them: which promise something, and by when, against the working calendar.

`promises.jsonl` is what the patterns were written with; `promises_held_back.jsonl` was written afterwards and has
changed nothing since: it says how well they read what they have not seen.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intake import promises
from routing import calendar_file, dates
from routing.commitments import Commitments
from routing.dates import By
from store.facts import FactError

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "intake" / "promises.toml"
READER, CALENDAR, RULES = promises.load(), calendar_file.load(), Commitments.load().dates
MISSED = {"这个月内把出口退税办了", "国庆节后三天内给结果", "临时停车位月底前划好，先让大车停东门"}
"""Notes of `promises.jsonl` whose promise is not found: a promise missed may still be given by 承诺."""
PRECISION, RECALL = 19 / 22, 19 / 23


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def found(note: str, now: str, reader: promises.Reader = READER) -> list[str]:
    moment = datetime.fromisoformat(f"{now}+08:00")
    due = (dates.moment(By(**asdict(one.when)), moment, CALENDAR, RULES) for one in reader.promises(note))
    return [f"{CALENDAR.local(each):%Y-%m-%d %H:%M}" for each in due if each is not None]


def wanted(row: dict[str, Any]) -> list[str]:
    return [due if len(due) > len("10-15 17:30") else f"2026-{due}" for due in row["due"]]


@pytest.mark.parametrize("row", rows("promises.jsonl"), ids=lambda row: row["note"])
def test_a_note_promises_what_it_says_and_nothing_else(row: dict[str, Any]) -> None:
    assert found(row["note"], row["now"]) == ([] if row["note"] in MISSED else wanted(row))


def test_there_are_enough_notes_of_both_kinds() -> None:
    labelled = rows("promises.jsonl")

    assert sum(bool(row["due"]) for row in labelled) >= 40
    assert sum(not row["due"] for row in labelled) >= 40


def test_of_notes_never_seen_as_many_are_read_right_as_were_measured() -> None:
    right = said = there = 0
    for row in rows("promises_held_back.jsonl"):
        got, due = found(row["note"], row["now"]), wanted(row)
        right += len(set(got) & set(due))
        said += len(got)
        there += len(due)

    assert there >= 20
    assert right / said >= PRECISION
    assert right / there >= RECALL


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("我们争取周四前给企业答复", "给企业答复"),
        ("最迟下周一上午到现场查看。", "到现场查看"),
        ("配件到了，周五给你们换上", "给你们换上"),
    ],
)
def test_what_is_promised_is_said_without_the_words_around_it(note: str, text: str) -> None:
    assert [one.text for one in READER.promises(note)] == [text]


@pytest.mark.parametrize(
    ("words", "text", "kind"),
    [
        ("10月15日 答复企业", "答复企业", "day"),
        ("周四前给答复", "答复", "weekday"),
        ("把图纸送过去 明天下午", "把图纸送过去", "near"),
        ("3天内 报方案", "报方案", "days"),
    ],
)
def test_after_the_command_a_date_is_enough(words: str, text: str, kind: str) -> None:
    said = READER.dated(words)

    assert said is not None
    assert (said.text, said.when.kind) == (text, kind)


def test_after_the_command_no_date_is_no_promise() -> None:
    assert READER.dated("尽快答复") is None


def test_every_kind_of_date_is_one_that_routing_finds() -> None:
    assert READER.dates.said <= dates.KINDS.keys() | dates.COUNTED


@pytest.mark.parametrize(
    ("old", "new", "note", "before", "after"),
    [
        ('"给[^，,]{0,8}(?:结果', '"[^，,]{0,8}(?:结论', "周四前给结果", ["2026-10-15 17:30"], []),
        ('"尽量", ', "", "周四前尽量答复", [], ["2026-10-15 17:30"]),
        ('"左右", ', "", "周四左右答复", [], ["2026-10-15 17:30"]),
    ],
)
def test_the_words_are_settings(
    tmp_path: Path, old: str, new: str, note: str, before: list[str], after: list[str]
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "promises.toml").write_text(text.replace(old, new, 1), encoding="utf-8")

    assert found(note, "2026-10-12 10:00") == before
    assert found(note, "2026-10-12 10:00", promises.load(tmp_path)) == after


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[strip]", "[stripes]", r"\[strip\] is missing"),
        ('questions = ["[?？]"', 'questions = ["[?？"', "questions: bad pattern"),
        ("[[date]]", "[[days]]", r"needs at least one \[\[date\]\]"),
        ('kind = "weekday"\npattern = "', 'kind = "weekday"\npattern = "(', "date weekday: bad pattern"),
    ],
)
def test_a_mistake_in_the_file_stops_the_start_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "promises.toml").write_text(
        text.replace(old, new, 1) if old != "[[date]]" else text.replace(old, new), encoding="utf-8"
    )

    with pytest.raises(FactError, match=said):
        promises.load(tmp_path)
