"""Codes that people type: the check characters find every slip of one sign, and names are hidden before a proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import codes


@pytest.mark.parametrize("code", ["9144030071526726XG", "914403001922038216"])
def test_published_credit_codes_pass(code: str) -> None:
    assert codes.credit_code(code)


@pytest.mark.parametrize(
    "code", ["9144030071526726X1", "91440300192203821", "9144030019220382160", "", "１", "O" * 18]
)
def test_others_do_not(code: str) -> None:
    assert not codes.credit_code(code)


@given(st.integers(0, 17), st.sampled_from(codes.CREDIT))
def test_one_wrong_sign_of_a_credit_code_is_noticed(place: int, sign: str) -> None:
    code = "914403001922038216"
    changed = code[:place] + sign + code[place + 1 :]

    assert codes.credit_code(changed) is (changed == code)


def test_a_letter_for_a_digit_is_suggested() -> None:
    assert codes.suggested("9I44O3OOI922O382I6") == "914403001922038216"
    assert codes.suggested("914403001922038216") is None
    assert codes.suggested("O" * 17 + "8") is None


@given(st.integers(0, 8), st.sampled_from(codes.CROCKFORD))
def test_one_wrong_sign_of_an_invitation_is_noticed(place: int, sign: str) -> None:
    code = codes.new_invitation()
    changed = code[:place] + sign + code[place + 1 :]

    assert len(code) == 9
    assert codes.mistyped(changed) is (changed != code)
    assert not codes.mistyped("YQMJ2026")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("龙源精密机械有限公司", "龙源＊＊＊＊有限公司"),
        ("鼎禾食品厂", "鼎禾＊＊＊"),
        ("大厂", "大＊"),
    ],
)
def test_a_name_is_shown_in_part(name: str, told: str) -> None:
    assert codes.hidden(name) == told
