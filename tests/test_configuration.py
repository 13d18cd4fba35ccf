"""An office's own files: what is wrong is named at the start, never met by somebody in a chat."""

from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.service import assemble
from bot.texts import Texts
from store.db import Store
from store.facts import FactError

ROOT = Path(__file__).parents[1]


def copy(folder: Path, room: str, name: str, old: str, new: str) -> None:
    text = (ROOT / room / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_file_that_replaces_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "owner.toml").write_text("[lead]", encoding="utf-8")

    with pytest.raises(FactError, match=r"owner\.toml: replaces no file"):
        assemble(Store("sqlite://"), SystemClock(), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("编号 {number}", "编号 {nummer}", "unknown fact 'nummer'"),
        ("[text.thanks]", "[text.danke]", "'thanks' is missing"),
        ('buttons = ["撤回 {number}|撤回", "帮助|帮助"]', 'buttons = ["撤回"]', "'words|label'"),
    ],
)
def test_a_wrong_text_is_refused_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    copy(tmp_path, "bot", "texts.toml", old, new)

    with pytest.raises(FactError) as failure:
        Texts.load(tmp_path)
    assert "texts.toml" in str(failure.value)
    assert said in str(failure.value)


def test_a_changed_text_is_what_people_read(tmp_path: Path) -> None:
    copy(tmp_path, "bot", "texts.toml", 'text = "不客气，有事随时说。"', 'text = "应该的。"')

    assert Texts.load(tmp_path).say("thanks") == "应该的。"


def test_a_template_part_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    copy(tmp_path, "bot", "template.toml", "todo =", "tudo =")

    with pytest.raises(FactError, match=r"template\.toml: fields: unknown 'tudo'"):
        assemble(Store("sqlite://"), SystemClock(), tmp_path)


@pytest.mark.parametrize(("old", "new"), [("a_day = 1900", "a_day = 0"), ("rest_minutes", "rest_minute")])
def test_a_wrong_limit_is_refused_by_name(tmp_path: Path, old: str, new: str) -> None:
    copy(tmp_path, "bot", "limits.toml", old, new)

    with pytest.raises(FactError, match=r"limits\.toml: missing or wrong entry"):
        assemble(Store("sqlite://"), SystemClock(), tmp_path)
