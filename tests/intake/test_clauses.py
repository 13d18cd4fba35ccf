"""A message is cut where people cut it: at marks, at the numbers of a list, and before what joins a further wish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.clauses import span_of, words_of


def words(reader, text):
    return [clause.words for clause in reader.read(text)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("停电了，怎么办？", ["停电了", "怎么办"]),
        ("停电了 路坏了\n没人管", ["停电了", "路坏了", "没人管"]),
        ("停電了……路壞了", ["停电了", "路坏了"]),
        ("涨到1.5元，贵了20.5%。", ["涨到1.5元", "贵了20.5%"]),
        ("停电了。。。，，", ["停电了"]),
        ("", []),
        ("，。 \n😀", []),
    ],
)
def test_marks_end_a_clause(reader, text, cut):
    assert words(reader, text) == cut


@pytest.mark.parametrize(
    "text",
    [
        "一是停电，二是路坏",
        "1.停电 2.路坏",
        "1、停电；2、路坏",
        "（1）停电（2）路坏",
        "①停电②路坏",
        "第一，停电，第二，路坏",
        "首先停电其次路坏",
    ],
)
def test_numbers_of_a_list_begin_a_clause(reader, text):
    listed = [clause for clause in reader.read(text) if clause.listed]

    assert len(listed) == 2
    assert listed[1].start == max(text.find(number) for number in ("二是", "2.", "2、", "（2", "②", "第二", "其次"))


@pytest.mark.parametrize(
    "marks",
    [
        [f"{number}是" for number in "一二三四五六七八九"],
        [f"第{number}，" for number in "一二三四五六七八九"],
        [f"（{number}）" for number in "一二三四五六七八九"],
        [f"{number}、" for number in "一二三四五六七八九"],
        [f"{number}." for number in range(1, 10)],
        list("①②③④⑤⑥⑦⑧⑨"),
    ],
    ids=lambda marks: marks[0],
)
def test_a_list_may_have_nine_numbers(reader, marks):
    text = "；".join(f"{mark}停电" for mark in marks)

    assert [clause.start for clause in reader.read(text) if clause.listed] == [text.index(mark) for mark in marks]


@pytest.mark.parametrize(
    "text", ["周一是开会的日子", "涨了1.5元", "3.5吨的车", "第一次来", "十一是假期", "我们厂在2.3期"]
)
def test_what_only_looks_like_a_number_of_a_list_is_none(reader, text):
    assert not any(clause.listed for clause in reader.read(text))


def test_a_further_wish_begins_a_clause_without_a_mark(reader):
    power, staff = reader.read("变压器老跳闸另外想招焊工")

    assert (power.words, staff.words) == ("变压器老跳闸", "另外想招焊工")
    assert (power.further, staff.further) == (False, True)


def test_words_that_announce_belong_to_what_they_announce(reader):
    (first, second) = reader.read("停电了。还有，停车位不够")

    assert (second.words, second.further) == ("还有，停车位不够", True)
    assert first.before == ""
    assert second.before == "。"


def test_what_comes_too_soon_joins_nothing(reader):
    assert words(reader, "人还有没有") == ["人还有没有"]


@pytest.mark.parametrize(
    ("text", "before"), [("停电。路坏", "。"), ("停电 路坏", " "), ("停电。\n路坏", "\n"), ("停电\n，路坏", "\n")]
)
def test_the_mark_between_is_kept(reader, text, before):
    assert reader.read(text)[1].before == before


def test_a_clause_knows_its_place_in_the_original(reader):
    text = "廠裡停電😂了，路壞了"

    assert [text[clause.start : clause.end] for clause in reader.read(text)] == ["廠裡停電😂了", "路壞了"]


def test_a_span_joins_neighbours_and_leaves_out_what_lies_between(reader):
    text = "停电了，路坏了，没水了，缺人"
    power, road, water, staff = reader.read(text)

    assert span_of(text, [power, road]) == "停电了，路坏了"
    assert span_of(text, [power, water, staff]) == "停电了\n没水了，缺人"
    assert words_of([power, staff]) == "停电了，缺人"


@given(st.text(st.one_of(st.characters(), st.sampled_from("停电一是二。，\n1.还有另外"))))
def test_clauses_stand_in_the_text_one_after_the_other(reader, text):
    end = 0
    for clause in reader.read(text):
        assert end <= clause.start < clause.end <= len(text)
        assert clause.words
        end = clause.end
