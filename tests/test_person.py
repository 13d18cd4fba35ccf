"""`lianxin person`: one person's data printed or taken out by command, and the key changed."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from store import people
from store.db import Store
from store.tables import Inbox
from store.vault import WrongKey, vault
from tests.desk import SECRET, Desk
from tests.test_sealed import holding

NEW = "another key, at least as long"


@pytest.fixture
def told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An office at work, and its settings in the environment."""
    monkeypatch.setenv("LIANXIN_DATABASE_URL", desk.store.url)
    monkeypatch.setenv("LIANXIN_SECRET_KEY", SECRET)
    desk.says("张伟", "我们厂又跳闸了，找张伟 13912345678")
    desk.says("陌生人", "招不到焊工，急缺二十个")
    desk.later(minutes=2)
    desk.forget()
    return desk


def ask(*words: str) -> int:
    return main(["person", *words])


def test_all_that_is_held_on_a_person_is_printed(told: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("export", "张伟") == 0

    held = json.loads(capsys.readouterr().out)
    assert held["accounts"][0]["account"] == "o_张伟"
    assert "跳闸" in held["item"][0]["text"]
    told.forget()


def test_who_is_meant_must_be_clear(told: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with told.store.write() as session:
        people.add_stranger(session, "oa", "o_another", "张伟")

    assert ask("export", "张伟") == 1
    assert "give the id" in capsys.readouterr().err
    assert ask("export", "没有这个人") == 1
    assert "nobody" in capsys.readouterr().err


def test_erasing_asks_first_and_then_leaves_nothing(told: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("erase", "张伟") == 1
    assert "--yes" in capsys.readouterr().out
    assert holding(told.store.url, "13912345678")

    assert ask("erase", "张伟", "--yes") == 0

    assert holding(told.store.url, "张伟", "13912345678", "o_张伟", "erasure") == set()
    assert "跳闸" in told.item("001").text
    assert ask("erase", "张伟", "--yes") == 1
    told.later(minutes=1)
    told.forget()


def test_an_official_at_their_post_is_not_erased(told: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("erase", "李建国", "--yes") == 1

    assert "离岗" in capsys.readouterr().err
    assert told.item("001").officer.name == "李建国"


def test_accounts_nobody_has_claimed_are_listed(told: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("strangers") == 0

    assert "oa\to_陌生人" in capsys.readouterr().out
    assert told.item("002")


def test_another_key_is_refused_until_everything_is_sealed_with_it(
    told: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANXIN_SECRET_KEY", NEW)
    assert ask("strangers") == 2
    assert "another one" in capsys.readouterr().err
    assert ask("rekey") == 2
    monkeypatch.setenv("LIANXIN_SECRET_KEY_OLD", "neither this nor that one")
    assert ask("rekey") == 2
    assert "LIANXIN_SECRET_KEY_OLD" in capsys.readouterr().err

    monkeypatch.setenv("LIANXIN_SECRET_KEY_OLD", SECRET)
    assert ask("rekey") == 0

    assert ask("strangers") == 0
    assert "o_陌生人" in capsys.readouterr().out
    store = Store(told.store.url, NEW)
    with store.read() as session:
        known = people.identity(session, "oa", "o_张伟")
        assert known is not None
        assert known.person.name == "张伟"
        assert {vault(session).open("inbox", row.body) for row in session.query(Inbox)} == {"<xml/>"}
    store.close()
    with told.store.read() as session, pytest.raises(WrongKey):
        people.account_of(session, people.identities_of(session, known.person)[0])


def test_without_a_key_nothing_is_imported(
    told: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("LIANXIN_SECRET_KEY")
    (tmp_path / "people.csv").write_text("name,role\n新人,contact\n", encoding="utf-8")

    assert main(["import", str(tmp_path / "people.csv")]) == 2

    assert "LIANXIN_SECRET_KEY" in capsys.readouterr().err
    assert told.item("001")
