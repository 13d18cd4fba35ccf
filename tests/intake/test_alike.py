"""Which sentences are one sentence told twice."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import alike

ROOT = Path(__file__).parents[2]
TWINS = [
    "变压器太小一开机就跳闸",
    "银行说我们流水不够不给贷",
    "变压器太小，一开机就跳闸了",
    "变压器太小一开机就跳闸！！",
    "门口那条路大车过不去",
]


def test_a_sentence_told_again_is_found_with_the_first():
    found = dict(alike.near_duplicates(TWINS))

    assert set(found) == {2, 3}
    assert found[2] == 0
    assert found[3] in (0, 2)


def test_marks_and_case_do_not_make_a_difference():
    assert alike.pairs("ISO 认证，怎么办？") == alike.pairs("iso认证怎么办")
    assert alike.likeness(alike.pairs("ISO 认证，怎么办？"), alike.pairs("iso认证怎么办")) == 1.0


def test_likeness_is_the_share_of_common_pairs():
    assert alike.likeness(alike.pairs("停电了"), alike.pairs("停电啦")) == pytest.approx(1 / 3)
    assert alike.likeness(alike.pairs("停电"), alike.pairs("补贴")) == 0.0
    assert alike.likeness(alike.pairs(""), alike.pairs("")) == 0.0


def test_short_texts_may_repeat():
    assert list(alike.near_duplicates(["你好", "你好", "收到了", "收到了"])) == []


def test_how_near_is_near_may_be_asked():
    told = ["厂门口的路灯坏了没人修", "厂门口的路灯全坏了，都没人来修"]

    assert list(alike.near_duplicates(told, nearly=0.3)) == [(1, 0)]
    assert list(alike.near_duplicates(told, nearly=0.9)) == []


def test_those_that_resemble_each_other_share_a_group():
    assert alike.groups(TWINS) == [0, 1, 0, 0, 4]


def test_a_chain_of_likeness_is_one_group():
    chain = ["一二三四五六七八", "三四五六七八九十", "五六七八九十甲乙"]

    assert alike.groups(chain) == [0, 0, 0]


@given(st.lists(st.text("停电了补贴没到账", max_size=12), max_size=12))
def test_a_group_is_named_by_its_first(texts):
    for at, group in enumerate(alike.groups(texts)):
        assert group <= at
        assert alike.groups(texts)[group] == group


@given(st.lists(st.text("停电了补贴没到账", max_size=12), max_size=12))
def test_what_is_found_resembles_an_earlier_one(texts):
    for at, place in alike.near_duplicates(texts):
        assert place < at
        assert alike.likeness(alike.pairs(texts[at]), alike.pairs(texts[place])) > alike.NEARLY


def test_the_groups_are_the_same_in_every_process() -> None:
    """Python shuffles sets anew in each process; the folds of the training, and so the model, hang on them."""
    told = (
        "import json, pathlib; from intake import alike;"
        "files = [pathlib.Path('intake', f'{name}.jsonl') for name in ('examples', 'talk', 'bursts')];"
        "lines = [line for file in files for line in file.read_text(encoding='utf-8').splitlines()];"
        "print(alike.groups([json.loads(line)['text'] for line in lines]))"
    )
    run = [
        subprocess.run(
            [sys.executable, "-c", told], env={"PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, check=True
        )
        for seed in ("1", "2")
    ]

    assert run[0].stdout == run[1].stdout
