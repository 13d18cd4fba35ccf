"""Phrases as people say them, with gaps, all found in one pass."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import rules
from intake.phrases import REACH, Phrases
from store.facts import FactError

LOAN = Phrases({"loan": ["贷…款"]})


def found(phrases, text):
    return [(match.key, match.words) for match in phrases.find(text)]


def test_a_phrase_is_found_wherever_it_stands():
    power = Phrases({"power": ["停电", "跳闸"]})

    (first, second, third) = power.find("停电，又停电，还跳闸")

    assert [(first.start, first.end), (second.start, second.end)] == [(0, 2), (4, 6)]
    assert (third.phrase, third.words) == ("跳闸", "跳闸")


def test_nothing_is_found_where_nothing_stands():
    assert found(LOAN, "") == found(LOAN, "款贷") == found(Phrases({}), "贷款") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("想贷款", "贷款"),
        ("想贷点款", "贷点款"),
        ("贷一二三四五六七八款", "贷一二三四五六七八款"),
        ("贷、，贷点款", "贷点款"),
        ("贷了贷点款", "贷点款"),
    ],
)
def test_a_gap_stands_for_up_to_eight_characters(text, words):
    assert found(LOAN, text) == [("loan", words)]


@pytest.mark.parametrize("text", ["贷一二三四五六七八九款", "想贷，款没有", "贷，款", "款子贷"])
def test_a_gap_is_no_wider_and_never_leaves_its_clause(text):
    assert found(LOAN, text) == []


@pytest.mark.parametrize("phrase", ["说…给…没", "……", "…", "…款", "贷…", "贷……款"])
def test_a_phrase_may_have_one_gap_only_and_has_words_on_both_sides(phrase):
    with pytest.raises(FactError) as caught:
        rules.words("kinds.toml", "promised", {"all": f"没给 {phrase}"}, "all")

    assert str(caught.value) == f"kinds.toml: promised: {phrase!r}: … may stand once, with words on both sides"


def test_phrases_that_end_or_begin_alike_are_all_found():
    promised = Phrases({"promised": ["说…没", "给…没", "说…给", "说…说"]})

    assert found(promised, "说好要给我们，没给") == [("promised", "说好要给")]
    assert sorted(words for _, words in found(promised, "说好要给却没")) == ["给却没", "说好要给", "说好要给却没"]
    assert found(promised, "说说") == [("promised", "说说")]


def test_a_gap_reaches_from_the_end_of_what_comes_before():
    promised = Phrases({"promised": ["说好了…没给"]})
    far = "一" * REACH

    assert found(promised, f"说好了{far}没给") == [("promised", f"说好了{far}没给")]
    assert found(promised, f"说好了{far}一没给") == []


def test_the_two_sides_of_a_gap_do_not_share_characters():
    again = Phrases({"again": ["停电…电停"]})

    assert found(again, "停电停") == []
    assert found(again, "停电电停") == [("again", "停电电停")]


def test_one_phrase_may_stand_under_several_keys():
    shared = Phrases({"bank": ["放款", "贷…款"], "money": ["放款", "贷…款"]})

    assert sorted(found(shared, "贷的款放款了")) == [
        ("bank", "放款"),
        ("bank", "贷的款"),
        ("bank", "贷的款放款"),
        ("money", "放款"),
        ("money", "贷的款"),
        ("money", "贷的款放款"),
    ]


def test_what_was_found_comes_in_the_order_in_which_it_ends():
    nested = Phrases({"short": ["许可"], "long": ["施工许可证"], "gap": ["施…可"]})

    assert [match.end for match in nested.find("施工许可证")] == [4, 4, 5]


@given(st.text("贷款证，点", max_size=30))
def test_a_gap_is_what_a_regular_expression_would_find(text):
    ends = {hit.end() for at in range(len(text)) if (hit := re.compile(r"款").match(text, at))}
    reached = {end for end in ends if re.search(rf"贷[^，]{{0,{REACH}}}$", text[: end - 1])}

    assert {match.end for match in LOAN.find(text)} == reached
