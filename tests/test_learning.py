"""What people correct is kept with the words that misled, and becomes a proposal; nothing changes by itself."""

import json
from pathlib import Path

import pytest

import intake
from bot.learning import propose, train_to
from intake import model, stock
from intake.analyse import Analyser
from intake.stock import LEARNED
from store import corrections
from tests.desk import Desk

SHIPPED = Path(intake.__file__).parent
FEW = 12
"""Every so many-th example is enough to see how learning goes on, in a few seconds."""


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration folder with fewer examples, and a model trained on them."""
    folder = tmp_path_factory.mktemp("office")
    for name in (stock.EXAMPLES, stock.TALK, stock.BURSTS):
        lines = (SHIPPED / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(lines[::FEW]), encoding="utf-8")
    train_to(folder, folder, None)
    return folder


def told(desk: Desk, name: str, text: str) -> None:
    desk.says(name, text)
    desk.later(minutes=2)
    desk.forget()


def test_a_category_changed_by_a_contact_is_kept_with_the_words_that_misled(desk: Desk) -> None:
    told(desk, "张伟", "我们厂又跳闸了")

    desk.says("张伟", "改类 001 环保安全")

    with desk.store.read() as session:
        (kept,) = corrections.latest_of_each_item(session)
        assert (kept.before, kept.after, kept.by.name) == ("UTILITY", "EHS", "张伟")
        assert "跳闸" in kept.misled
        assert kept.item.text == "我们厂又跳闸了"
    desk.forget()


def test_of_several_corrections_of_an_item_the_last_counts(desk: Desk) -> None:
    told(desk, "张伟", "我们厂又跳闸了")

    desk.says("张伟", "改类 001 环保安全")
    desk.says("林晓", "改类 001 交通配套")

    with desk.store.read() as session:
        assert [(one.before, one.after) for one in corrections.latest_of_each_item(session)] == [("EHS", "INFRA")]
    desk.forget()


def test_a_report_of_misconduct_is_never_learned_from(desk: Desk) -> None:
    told(desk, "张伟", "供电所有人要好处费，不给就拖着")

    with desk.store.read() as session:
        assert list(corrections.latest_of_each_item(session)) == []


def test_learning_writes_a_proposal_and_says_what_it_would_fix_and_break(
    desk: Desk, office: Path, tmp_path: Path
) -> None:
    before = (office / model.FILE).read_bytes()
    told(desk, "张伟", "三楼打印机老卡纸，13812345678 找我")
    told(desk, "黄磊", "打印机又卡纸了，墨也没有")
    told(desk, "刘洋", "门口的路坏得大车过不去")
    desk.says("林晓", "改类 001 其他")
    desk.says("林晓", "改类 002 其他")
    desk.forget()
    out = tmp_path / "proposal"
    out.mkdir()

    with desk.store.read() as session:
        said = list(propose(session, out, office, None))

    learned = [json.loads(line) for line in (out / LEARNED).read_text(encoding="utf-8").splitlines()]
    assert [row["category"] for row in learned] == ["OTHER", "OTHER"]
    assert "13812345678" not in (out / LEARNED).read_text(encoding="utf-8")
    assert any(line.startswith("+{") for line in said)
    assert any(line.startswith("replayed ") and "fixes" in line and "breaks" in line for line in said)
    assert any(line.startswith("weight of 打印机 for ") for line in said)
    assert Analyser.load(out).analyse(["打印机老卡纸"]).problems[0].category == "OTHER"
    assert (office / model.FILE).read_bytes() == before
    assert not (office / LEARNED).exists()


def test_without_corrections_there_is_nothing_to_learn(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "proposal"
    out.mkdir()

    with desk.store.read() as session:
        (said,) = propose(session, out, None, None)

    assert said.startswith("nothing to learn")
    assert list(out.iterdir()) == []
