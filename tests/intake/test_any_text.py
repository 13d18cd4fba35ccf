"""Whatever is sent, there is an answer, and the work for it grows no faster than the text."""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import categories, lexicon
from intake.categories import Category
from intake.grades import GRADES
from intake.grams import grams
from intake.stock import KINDS, NATURES

LONGEST = 20_000
MOST = 12
FIELD = st.sampled_from(
    [
        "停电",
        "没到账",
        "一是",
        "还有",
        "贷款",
        "谢谢",
        "，",
        "。",
        "\n",
        "1.",
        "①",
        "催",
        "着火",
        " ",
        "😂",
        "[图片]",
        "帐",
    ]
)
ANY = st.text(st.characters())
SPOKEN = st.lists(FIELD, max_size=30).map("".join)
LONG = st.builds(lambda text, times: (text * times)[:LONGEST], st.one_of(ANY, SPOKEN), st.integers(1, 2_000))


def check(analyser, messages):
    """What holds of every analysis."""
    said = analyser.analyse(messages)

    assert said.kind in KINDS
    assert said.kind_because
    assert bool(said.problems) == (said.kind == "problem")
    assert said.nature in ((*NATURES,) if said.problems else (None,))
    assert len(said.problems) <= MOST
    for problem in said.problems:
        check_problem(analyser.categories, "\n".join(messages), problem)
    return said


def check_problem(categories: dict[str, Category], text: str, problem) -> None:
    assert problem.category in categories
    assert 0 <= problem.confidence <= 1
    assert problem.because
    assert problem.nature in NATURES
    assert problem.urgent == bool(problem.urgent_rule)
    assert problem.grade in GRADES
    assert problem.span
    place = 0
    for stretch in problem.span.split("\n"):
        place = text.index(stretch, place) + len(stretch)


@settings(deadline=None)
@given(st.lists(st.one_of(ANY, SPOKEN), max_size=6))
def test_any_text_gets_an_answer(analyser, messages):
    check(analyser, messages)


@settings(deadline=None, max_examples=40)
@given(LONG)
def test_any_long_text_gets_an_answer(analyser, text):
    check(analyser, [text])


@settings(deadline=None, max_examples=40)
@given(st.lists(SPOKEN, max_size=200))
def test_many_fragments_get_an_answer(analyser, messages):
    check(analyser, messages)


@pytest.mark.parametrize(
    "broken", ["\x00", "\ud800", "\udfff停电\ud800了", "停\x00电", "\u202e电停", "\ufeff", "\u200b"]
)
def test_what_is_no_text_does_no_harm(analyser, broken):
    check(analyser, [broken])
    check(analyser, [broken, "变压器老跳闸", broken])


GAPS = "".join(
    phrase.replace("…", "")
    for topic in tomllib.loads(Path(lexicon.__file__).with_name(lexicon.FILE).read_text(encoding="utf-8"))["topic"]
    for strength in lexicon.STRENGTHS
    for phrase in topic.get(strength, "").split()
    if "…" in phrase
)
"""Every word of the lexicon with a gap, one after the other."""
UNITS = [
    "停",
    "停电了",
    "停电了，",
    "一是停电，",
    "，",
    "😀",
    "还有",
    "1",
    "a1",
    "没人管 ",
    "招不到人还有没有钱",
    "\ud800\x00",
    "咋",
    "ß",
    "贷款",
    "贷贷款款",
    "租厂房",
    "找政策有没有补贴",
    "路口不够路",
    GAPS,
]


def times(unit: str, length: int) -> str:
    return (unit * length)[:length]


@pytest.mark.parametrize("unit", UNITS)
def test_the_longest_text_gets_an_answer(analyser, unit):
    check(analyser, [times(unit, LONGEST)])


@pytest.mark.parametrize("fragment", ["路灯坏了", "停电", "", "好", "😀"])
def test_ten_thousand_fragments_get_an_answer(analyser, fragment):
    check(analyser, [fragment] * 10_000)


def test_nothing_but_marks_has_no_clauses(analyser):
    assert analyser.reader.read(times("，。！", LONGEST)) == []
    assert analyser.reader.read(times("\ud800\x00 \n", LONGEST)) == []


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_has_no_more_pieces_than_its_length_allows(analyser, unit):
    clauses = analyser.reader.read(times(unit, LONGEST))

    assert len(clauses) <= LONGEST
    assert sum(len(clause.words) for clause in clauses) <= 2 * LONGEST
    assert sum(len(grams(clause.look)) for clause in clauses) <= 4 * LONGEST


@given(ANY)
def test_pieces_are_counted_by_the_characters_of_any_text(analyser, text):
    for clause in analyser.reader.read(text):
        folded = clause.words.casefold()

        assert len(grams(clause.look)) <= 4 * len(folded)
        assert 0 <= clause.start < clause.end <= len(text)


def steps(work: Callable[[str], object], text: str) -> int:
    """How many lines of Python are run to work on a text: the same on every machine."""
    count = 0

    def each(frame, event, _):
        nonlocal count
        count += event == "line"
        return each

    before = sys.gettrace()
    sys.settrace(each)
    try:
        work(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_is_about_twice_the_work(analyser, unit):
    def work(text: str) -> object:
        return analyser.analyse([text])

    work(times(unit, 4_000))

    once, twice = steps(work, times(unit, 2_000)), steps(work, times(unit, 4_000))

    assert twice <= 2.2 * once


@pytest.mark.parametrize(
    "text",
    ["贷款" * 10_000, "贷" * 10_000 + "款" * 10_000, "租厂房" * 6_666, times(GAPS, LONGEST)],
    ids=lambda text: text[:3],
)
def test_words_with_gaps_cost_no_more_than_the_length_of_the_text(text):
    """A phrase with a gap must not try every beginning with every end."""
    evidence = lexicon.load(categories.load()).evidence
    half = text[len(text) // 4 : -(len(text) // 4)]

    once, twice = steps(evidence, half), steps(evidence, text)

    assert twice <= 2.2 * once
