"""Whatever is sent, there is an answer, and in time that grows no faster than the text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.analyse import Analyser
from intake.kinds import KINDS

FIELD = st.sampled_from(["停电", "没到账", "一是", "还有", "贷款", "谢谢", "，", "。", "\n", "1.", "催", "着火", " "])


@settings(deadline=None)
@given(st.lists(st.one_of(st.text(st.characters()), st.lists(FIELD).map("".join)), max_size=6))
def test_any_text_gets_an_answer(analyser, messages):
    said = analyser.analyse(messages)

    assert said.kind in KINDS
    assert bool(said.problems) == (said.kind == "problem")
    for problem in said.problems:
        assert problem.category in analyser.categories
        assert 0 <= problem.confidence <= 1
        assert problem.because
        assert problem.grade in (1, 2, 3, 4)


def seconds(analyser: Analyser, text: str) -> float:
    start = time.process_time()
    analyser.analyse([text])
    return time.process_time() - start


@pytest.mark.parametrize(
    "unit", ["停电了。", "一是停电，", "1", "一", "a1", "没人管 ", "招不到人还有没有钱", "\ud800\x00"]
)
def test_twice_the_text_takes_about_twice_the_time(analyser, unit):
    text = unit * (20_000 // len(unit))

    assert seconds(analyser, text) < 0.3 + 4 * seconds(analyser, text[:10_000])
