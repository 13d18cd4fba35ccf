"""The examples nearest to a text, and what they say where its weights leave it in doubt."""

import numpy as np
import pytest

from intake import doubt
from intake.model import Model
from intake.nearest import NEAREST, Nearest
from intake.stock import KINDS

ANY = [0.0, 0.0, 0.0]
THANKS, URGE = KINDS.index("thanks"), KINDS.index("urge")


@pytest.fixture
def nearest():
    """Five examples of answers 0, 0, 1, 1, 2. Row 0 stands in the first two, row 1 in the first four, row 2 in the
    last but one; row 3 in none. All prove as much but row 2, which proves four times as much."""
    held, starts = np.array([0, 1, 0, 1, 2, 3, 3], np.int32), np.array([0, 2, 6, 7, 7], np.int32)
    return Nearest.of(held, starts, np.array([1, 1, 4, 1], np.float32), np.array([0, 0, 1, 1, 2], np.uint8))


def test_an_example_is_near_by_what_it_shares_with_a_text_of_all_that_both_have(nearest):
    assert nearest.votes([2], ANY).tolist() == pytest.approx([0, 2 / 5**0.5, 0])
    assert nearest.votes([0, 1], ANY).tolist() == pytest.approx([2, 1 / 2**0.5, 0])


def test_what_stands_twice_in_a_text_counts_once(nearest):
    assert nearest.votes([0, 1, 0, 0], ANY).tolist() == nearest.votes([0, 1], ANY).tolist()


def test_an_example_that_is_less_like_a_text_than_its_answer_needs_says_nothing(nearest):
    assert nearest.votes([0, 1], [0.0, 0.8, 0.0]).tolist() == pytest.approx([2, 0, 0])
    assert nearest.votes([0, 1], [0.0, 0.7, 0.0]).tolist() == pytest.approx([2, 1 / 2**0.5, 0])


@pytest.mark.parametrize("rows", [[], [3]])
def test_nothing_is_near_to_what_shares_nothing(nearest, rows):
    assert nearest.votes(rows, ANY).tolist() == [0, 0, 0]


@pytest.fixture
def settled(analyser):
    """What the scores of a text are, where the model finds the named kinds so likely, once doubt is settled."""
    model: Model = analyser.learnt

    def judge(text, **likely):
        scores = np.full_like(model.bias, -2)
        for kind, score in likely.items():
            scores[model.heads["kind"].start + KINDS.index(kind)] = score
        before = scores.copy()
        doubt.load(model).settle(scores, [clause.look for clause in analyser.reader.read(text)])
        return (scores - before)[model.heads["kind"].start :][: len(KINDS)]

    return judge


def test_the_nearest_examples_speak_for_their_kind_where_no_kind_is_far_ahead(settled):
    told = settled("太感谢了，路灯修好了", thanks=0.3, urge=0.0)

    assert 0.3 < told[THANKS] <= NEAREST * 0.35
    assert told[URGE] == 0


def test_nobody_is_asked_where_there_is_no_doubt(settled):
    assert not settled("太感谢了，路灯修好了", thanks=1.0, urge=0.0).any()


@pytest.mark.parametrize("alarm", ["emergency", "misconduct"])
def test_what_is_nearly_an_alarm_is_in_doubt(settled, alarm):
    assert settled("太感谢了，路灯修好了", thanks=1.0, **{alarm: -0.4}).any()
    assert not settled("太感谢了，路灯修好了", thanks=1.0, **{alarm: -0.6}).any()


def test_what_says_nothing_is_near_to_nothing(settled):
    assert not settled("", thanks=0.0, urge=0.0).any()


@pytest.mark.parametrize("message", ["1、OTA 2、电费太高", "1、电费太高 2、OTA", "a/b"])
def test_talk_that_is_hardly_like_a_message_makes_no_talk_of_it(analyser, message):
    assert analyser.analyse([message]).kind == "problem"
