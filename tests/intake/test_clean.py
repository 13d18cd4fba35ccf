"""Cleaning makes text comparable and leaves the original alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import clean

CLEANER = clean.load()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("企業用電缺口很大", "企业用电缺口很大"),
        ("补贴没到帐", "补贴没到账"),
        ("施工许可正办不下来", "施工许可证办不下来"),
        ("急急急急急！！！！", "急急！！"),
        ("路坏了😂😂[图片]", "路坏了"),
        ("  停　电　了  ", "停 电 了"),
        ("木有人管", "没有人管"),
        ("500000元", "500000元"),
        ("", ""),
    ],
)
def test_a_text_becomes_what_was_meant(typed, meant):
    assert CLEANER.clean(typed) == meant


def test_chinese_marks_keep_their_meaning():
    assert CLEANER.clean("停电了，怎么办？") == "停电了，怎么办？"


@pytest.mark.parametrize("broken", ["\x00", "\ud800", "a\udfffb", "\x00停\ud800电", "\u200b"])
def test_what_is_no_text_does_no_harm(broken):
    plain = CLEANER.plain(broken)

    assert len(plain) == len(broken)
    plain.encode("utf-8")


@given(st.text(st.characters()))
def test_a_place_in_the_plain_text_is_a_place_in_the_original(text):
    assert len(CLEANER.plain(text)) == len(text)


@pytest.mark.parametrize(
    ("shown", "said"), [("👌", "nod"), ("🙏", "thanks"), ("🐷", "nod"), ("", None), ("好", None)]
)
def test_a_symbol_says_something(shown, said):
    assert CLEANER.symbol(shown) == said
