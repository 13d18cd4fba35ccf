"""What is sealed opens with its own key and purpose only, and says nothing to whoever reads the database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.db import Store
from store.vault import NoKey, Vault, WrongKey, vault

OURS, OTHER = Vault("the secret of this office"), Vault("the secret of another office")


@given(st.text())
def test_whatever_is_sealed_comes_back(text: str) -> None:
    assert OURS.open("openid", OURS.seal("openid", text)) == text


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert OURS.seal("openid", "oABC") != OURS.seal("openid", "oABC")
    assert "oABC" not in OURS.seal("openid", "oABC")


@pytest.mark.parametrize(
    ("by", "purpose", "change"),
    [
        (OTHER, "openid", str),
        (OURS, "phone", str),
        (OURS, "openid", lambda sealed: sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]),
        (OURS, "openid", lambda sealed: sealed[:9]),
        (OURS, "openid", lambda _: "oABC in plain words"),
        (OURS, "openid", lambda _: ""),
    ],
    ids=["another secret", "another purpose", "one character changed", "cut off", "never sealed", "empty"],
)
def test_what_was_not_sealed_so_does_not_open(by: Vault, purpose: str, change: object) -> None:
    with pytest.raises(WrongKey):
        by.open(purpose, change(OURS.seal("openid", "oABC")))  # type: ignore[operator]


def test_an_index_is_the_same_each_time_and_another_for_each_secret_and_purpose() -> None:
    found = {OURS.index("openid", "oABC"), OURS.index("phone", "oABC"), OTHER.index("openid", "oABC")}

    assert OURS.index("openid", "oABC") in found
    assert len(found) == 3
    assert Vault("the secret of this office").index("openid", "oABC") in found


def test_a_store_without_a_secret_says_so_when_it_is_needed() -> None:
    with Store("sqlite://").read() as session, pytest.raises(NoKey):
        vault(session)
    with Store("sqlite://", "a secret of the test").read() as session:
        assert vault(session).open("x", vault(session).seal("x", "y")) == "y"
