"""A mistake in a file stops the start and names file, entry and reason."""

from pathlib import Path

import pytest

import intake
from intake.analyse import Analyser
from store.facts import FactError

SHIPPED = Path(intake.__file__).parent


def load_with(folder: Path, name: str, old: str, new: str) -> Analyser:
    """The analyser with one passage of one shipped file changed."""
    text = (SHIPPED / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return Analyser.load(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("categories.toml", 'code = "LAND"', 'code = "PERMIT"', "categories.toml: PERMIT: stands twice"),
        ("categories.toml", 'none = "OTHER"', 'none = "NIX"', "categories.toml: none: unknown category 'NIX'"),
        ("categories.toml", '"贷款"', '"用地"', "categories.toml: FINANCE: '用地' already names LAND"),
        ("categories.toml", 'label = "其他"', "", "label is missing"),
        ("lexicon.toml", "[LAND]", "[ROADS]", "lexicon.toml: ROADS: unknown category 'ROADS'"),
        ("lexicon.toml", "用地指标 ", "用地指标 用地指标 ", "lexicon.toml: LAND: '用地指标' stands twice"),
        ("lexicon.toml", '"租.{0,6}(', '"租.{0,6}((', "lexicon.toml: LAND: bad pattern"),
        ("lexicon.toml", 'category = "SUBSIDY"', 'category = "LAMPS"', "unknown category 'LAMPS'"),
        ("lexicon.toml", "weight = 5.0", 'weight = "much"', "weight must be a number"),
        ("lexicon.toml", "strong = 3.0", "", "lexicon.toml: weights: strong must be a number"),
        ("kinds.toml", 'kind = "emergency"', 'kind = "panic"', "kinds.toml: danger right now: unknown kind 'panic'"),
        ("kinds.toml", '"救命', '"救命)', "kinds.toml: danger right now: bad pattern"),
        ("kinds.toml", "every = 6", "every = 0", "kinds.toml: every: must be at least 1"),
        ("grades.toml", '["A", "B", "C", "D"]', '["A", "B"]', "grades.toml: labels: needs 4 different labels"),
        ("grades.toml", "grade = 4", "grade = 5", "grade must be one of 1 to 4, not 5"),
        ("grades.toml", 'nature = "suggestion"', 'nature = "wish"', "unknown nature 'wish'"),
        ("grades.toml", "grade = 2\n", 'grade = 2\nany = ["a"]\n', "the last grade must hold without conditions"),
        ("split.toml", "keep = true\n", "keep = true\nany = 3\n", "split.toml"),
        ("clean.toml", '"帐" = "账"', '"帐" = 1', "clean.toml: slips: '帐' must name its correction"),
        ("verdict.toml", "ask = 0.", "ask = 7.", "verdict.toml: threshold: needs nothing <= ask <= 1"),
        ("verdict.toml", "[blend]", "[stir]", "verdict.toml: blend: is missing"),
        ("words.txt", "高企", "高企 3", "words.txt: line"),
        ("examples.jsonl", '"category": "FINANCE"', '"category": "BANK"', "unknown category 'BANK'"),
        ("examples.jsonl", "{", "", "examples.jsonl: line 1"),
        ("talk.jsonl", '"kind": "greeting"', '"kind": "hello"', "talk.jsonl: line 1: unknown kind 'hello'"),
    ],
)
def test_a_mistake_is_named(tmp_path, name, old, new, message):
    with pytest.raises(FactError) as caught:
        load_with(tmp_path, name, old, new)

    assert name in str(caught.value)
    assert message in str(caught.value)


def test_an_office_may_use_its_own_labels(tmp_path):
    own = load_with(tmp_path, "grades.toml", '["A", "B", "C", "D"]', '["D", "C", "B", "A"]')

    assert own.grade_label(4) == "A"


def test_an_office_may_add_a_synonym(tmp_path):
    own = load_with(tmp_path, "categories.toml", '"供水"', '"供水", "井水"')

    assert own.category_named("井水") == "UTILITY"


def test_loading_leaves_no_cache_in_the_shared_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    Analyser.load()

    assert list(tmp_path.iterdir()) == []
