"""The pieces of a text that the model weighs."""

from intake.grams import grams, grams_of_word


def test_a_text_is_its_words_characters_and_neighbours(cutter):
    assert grams("变压器坏", cutter) == ["/变压器", "变", "压", "器", "坏", " 变", "变压", "压器", "器坏", "坏 "]


def test_numbers_are_alike_and_case_does_not_matter(cutter):
    assert grams("欠15万", cutter) == grams("欠800万", cutter)
    assert grams("ISO认证", cutter) == grams("iso认证", cutter)


def test_marks_part_neighbours(cutter):
    assert "电路" not in grams("停电，路坏", cutter)
    assert {"电 ", " 路"} <= set(grams("停电，路坏", cutter))


def test_nothing_has_no_pieces(cutter):
    assert grams("", cutter) == grams("，。！_", cutter) == []


def test_the_pieces_of_a_word_lie_in_every_text_with_it(cutter):
    for word, text in (("变压器", "我们的变压器坏了"), ("停电", "停电"), ("iso", "办ISO认证")):
        assert set(grams_of_word(word)) <= set(grams(text, cutter))
