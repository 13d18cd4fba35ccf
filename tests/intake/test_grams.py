"""The pieces of a text that the model weighs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.grams import WORD, grams, look


@pytest.fixture(scope="module")
def pieces(cutter):
    return lambda text: grams(look(text, cutter))


def test_a_text_is_its_words_characters_and_neighbours(pieces):
    two, three = [" 变", "变压", "压器", "器坏", "坏 "], [" 变压", "变压器", "压器坏", "器坏 "]
    assert pieces("变压器坏") == ["/变压器", "变", "压", "器", "坏", *two, *three]


def test_numbers_are_alike_and_case_does_not_matter(pieces):
    assert pieces("欠15万") == pieces("欠800万")
    assert pieces("ISO认证") == pieces("iso认证")


def test_marks_part_neighbours(pieces):
    assert "电路" not in pieces("停电，路坏")
    assert {"电 ", " 路"} <= set(pieces("停电，路坏"))


def test_nothing_has_no_pieces(pieces):
    assert pieces("") == pieces("，。！_") == []


@given(st.text(st.one_of(st.sampled_from("停电变压器跳闸，。 \n_A1０"), st.characters())))
def test_the_model_finds_exactly_the_pieces_it_knows(analyser, text):
    """It finds them all in one pass; here each is looked up by itself."""
    seen = look(text, analyser.reader.cutter)
    rows = [row for row, _, _ in analyser.learnt.pieces.find_matches_as_indexes(seen.runs, overlapping=True)]
    rows += [row for word in seen.words if (row := analyser.learnt.words.get(word)) is not None]

    known = [row for gram in grams(seen) if (row := analyser.learnt.row(gram)) is not None]
    assert sorted(rows) == sorted(known)


def test_a_word_weighs_what_all_that_lies_in_it_weighs(analyser):
    model, word = analyser.learnt, "变压器"
    lie_in_it = [f"{WORD}{word}", "变", "压", "器", "变压", "压器", "变压器"]

    rows = [row for gram in lie_in_it if (row := model.row(gram)) is not None]
    assert model.spoken(word, 0) == pytest.approx(float(model.weights[rows, 0].sum() * model.steps[0]))
    assert len(rows) > 3
