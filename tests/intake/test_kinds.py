"""What kind of message it is. The sentences stand in kinds.txt, under the kind they must have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.analyse import Analyser
from intake.kinds import KINDS


def sentences() -> Iterator[tuple[str, str]]:
    kind = ""
    for line in Path(__file__).with_name("kinds.txt").read_text(encoding="utf-8").splitlines():
        if line.strip("[]") in KINDS:
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            yield kind, line


@pytest.mark.parametrize(("kind", "sentence"), list(sentences()))
def test_a_sentence_has_its_kind(analyser, kind, sentence):
    said = analyser.analyse([sentence])

    assert (said.kind, bool(said.kind_because)) == (kind, True)


def test_every_kind_is_tried():
    assert {kind for kind, _ in sentences()} == set(KINDS)


def test_problems_are_told_only_by_a_problem(analyser):
    for kind, sentence in sentences():
        said = analyser.analyse([sentence])

        assert bool(said.problems) == (said.kind == "problem"), (kind, sentence)


@pytest.mark.parametrize(
    "messages",
    [
        ["你好", "想问下贷款的事", "车间着火了！快来人"],
        ["一是用电紧张，二是仓库起火了", "谢谢"],
    ],
)
def test_an_emergency_wins_over_everything(analyser, messages):
    said = analyser.analyse(messages)

    assert (said.kind, said.urgent, said.problems) == ("emergency", True, ())


@pytest.mark.parametrize(
    "messages",
    [
        ["补贴没到账", "经办的科长说要给点好处费才批"],
        ["谢谢你们", "但是说办结了，根本没人来过"],
    ],
)
def test_misconduct_wins_over_problem_and_thanks(analyser, messages):
    assert analyser.analyse(messages).kind == "misconduct"


@pytest.mark.parametrize("before", [["在吗"], ["你好", "打扰了"], ["早上好！"]])
def test_a_greeting_before_a_problem_does_not_matter(analyser, before):
    alone = analyser.analyse(["变压器带不动了，想增容"])
    greeted = analyser.analyse([*before, "变压器带不动了，想增容"])

    assert greeted.problems == alone.problems


@pytest.mark.parametrize("nothing", [[], [""], ["  "], ["\x00"]])
def test_nothing_said_is_a_lone_ping(analyser, nothing):
    assert analyser.analyse(nothing).kind == "greeting"


def test_a_phone_number_makes_no_advert_of_a_problem(analyser: Analyser) -> None:
    for told in ("我们厂又跳闸了，联系电话13812345678", "资金周转困难想贷款，电话13812345678"):
        assert analyser.analyse([told]).kind == "problem"
