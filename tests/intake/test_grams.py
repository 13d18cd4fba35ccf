"""The pieces of a text that the model weighs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.grams import WORD, grams, grams_of_word, look


@pytest.fixture(scope="module")
def pieces(cutter):
    return lambda text: grams(look(text, cutter))


def test_a_text_is_its_words_characters_and_neighbours(pieces):
    assert pieces("变压器坏") == ["/变压器", "变", "压", "器", "坏", " 变", "变压", "压器", "器坏", "坏 "]


def test_numbers_are_alike_and_case_does_not_matter(pieces):
    assert pieces("欠15万") == pieces("欠800万")
    assert pieces("ISO认证") == pieces("iso认证")


def test_marks_part_neighbours(pieces):
    assert "电路" not in pieces("停电，路坏")
    assert {"电 ", " 路"} <= set(pieces("停电，路坏"))


def test_nothing_has_no_pieces(pieces):
    assert pieces("") == pieces("，。！_") == []


def test_the_pieces_of_a_word_lie_in_every_text_with_it(pieces):
    for word, text in (("变压器", "我们的变压器坏了"), ("停电", "停电"), ("iso", "办ISO认证")):
        assert set(grams_of_word(word)) <= set(pieces(text))


@given(st.text(st.one_of(st.sampled_from("停电变压器跳闸，。 \n_A1０"), st.characters())))
def test_the_model_finds_exactly_the_pieces_it_knows(analyser, text):
    """It finds them all in one pass; here each is looked up by itself."""
    seen = look(text, analyser.reader.cutter)
    rows = [row for row, _, _ in analyser.learnt.pieces.find_matches_as_indexes(seen.runs, overlapping=True)]
    rows += analyser.learnt.known([WORD + word for word in seen.words])

    assert sorted(rows) == sorted(analyser.learnt.known(grams(seen)))
