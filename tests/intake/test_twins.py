"""Whether two texts tell the same matter, measured on pairs labelled by hand.

twins.txt: "same" or "other", the categories, and two messages of one enterprise. The odd lines are judged here; the
even ones chose the setting. alike.txt: a group ("-": none), the category, and a message; those of a group tell one
matter of several enterprises.
"""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import twins
from intake.twins import FILE, Twins
from store.facts import FactError

HERE = Path(__file__)
PAIRS = [line.split("|") for line in HERE.with_name("twins.txt").read_text("utf-8").splitlines()]
ODD = PAIRS[::2]
GROUPED = [line.split("|") for line in HERE.with_name("alike.txt").read_text("utf-8").splitlines()]
WORDS = ["变压器", "跳闸", "补贴", "没到账", "，", "\n", "的", "😂", "x1", ""]
SPOKEN = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)
ITEMS = [
    "变压器带不动了，老跳闸，想增容",
    "去年的技改补贴到现在没到账",
    "车间招不到人，急缺焊工",
    "厂门口的路灯全坏了，晚上看不见",
    "施工许可证卡在窗口一个多月了",
]


@pytest.fixture(scope="module")
def settled(analyser) -> Twins:
    return twins.load(analyser.reader, analyser.learnt)


def score(settled: Twins, left: str, right: str) -> float:
    return settled.likeness(settled.told(left), settled.told(right)).score


def test_what_is_called_the_same_is_the_same(settled):
    found = [label == "same" for label, _, left, right in ODD if score(settled, left, right) >= settled.same]
    same = sum(label == "same" for label, *_ in ODD)

    assert sum(found) / len(found) >= 0.95
    assert sum(found) / same >= 0.13


def test_what_makes_a_batch_is_mostly_one_matter(settled):
    """Found as the service does it: by the telling words that both share."""
    each = [(group, code, settled.told(text)) for group, code, text in GROUPED]
    telling = [set(settled.telling(told)) for _, _, told in each]
    alike = [
        (group == other != "-", settled.proves(told, telling[left] & telling[right]))
        for (left, (group, code, told)), (right, (other, its_code, _)) in combinations(enumerate(each), 2)
        if code == its_code
    ]
    proved = [one for one, proves in alike if proves]

    assert sum(proved) / len(proved) >= 0.524
    assert sum(proved) / sum(one for one, _ in alike) >= 0.18


def test_likeness_is_symmetric(settled):
    for _, _, left, right in PAIRS:
        one, other = settled.told(left), settled.told(right)
        there, back = settled.likeness(one, other), settled.likeness(other, one)

        assert there.score == pytest.approx(back.score, abs=1e-6)
        assert there.shared == back.shared


@settings(deadline=None)
@given(st.one_of(st.text(), SPOKEN), st.one_of(st.text(), SPOKEN))
def test_any_two_texts_are_alike_by_a_share(settled, left, right):
    one, other = settled.told(left), settled.told(right)
    there, back = settled.likeness(one, other), settled.likeness(other, one)

    assert 0 <= there.score <= 1.0001
    assert there.score == pytest.approx(back.score, abs=1e-6)
    assert there.shared == back.shared
    assert set(there.shared) <= one.words.keys() & other.words.keys()


def test_a_text_told_again_word_for_word_is_the_same(settled):
    for text in ITEMS:
        assert score(settled, text, text) >= settled.same


def test_the_shared_words_come_the_rarest_first(settled):
    told = settled.told(ITEMS[0])
    shared = settled.likeness(told, settled.told("变压器又跳闸了")).shared
    weights = [told.words[word] for word in shared]

    assert {"变压器", "跳闸"} <= set(shared)
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("nothing", ["", "，。！", "😂", "嗯", "\x00\ud800"])
def test_what_says_nothing_is_like_nothing(settled, nothing):
    assert score(settled, nothing, ITEMS[0]) == score(settled, nothing, nothing) == 0
    assert settled.telling(settled.told(nothing)) == ()
    assert not settled.proves(settled.told(nothing), ())


@pytest.mark.parametrize(
    ("urging", "meant"),
    [
        ("变压器的事怎么样了", 0),
        ("增容还要等多久啊", 0),
        ("补贴到底什么时候给", 1),
        ("焊工的事催一下", 2),
        ("路灯的事呢", 3),
        ("许可证办到哪了", 4),
        ("施工许可还没下来吗", 4),
    ],
)
def test_a_word_of_urging_finds_the_item_meant(settled, urging, meant):
    others = [settled.told(item) for item in ITEMS]

    assert settled.nearest(settled.told(urging), others, settled.meant) == meant


@pytest.mark.parametrize(
    ("urging", "meant"), [("技改那笔钱有消息没", 1), ("招人那个有进展吗", 2), ("路灯怎么还没修", 3)]
)
def test_an_urging_that_is_too_faint_is_taken_for_no_other(settled, urging, meant):
    """It shares hardly a pair of characters with its item: better none, so that the contact is asked."""
    others = [settled.told(item) for item in ITEMS]

    assert settled.nearest(settled.told(urging), others, settled.meant) in (None, meant)


@pytest.mark.parametrize("urging", ["怎么样了", "催一下", "有进展吗", "还要多久", ""])
def test_a_word_of_urging_that_names_nothing_finds_none(settled, urging):
    others = [settled.told(item) for item in ITEMS]

    assert settled.nearest(settled.told(urging), others, settled.meant) is None


def test_nothing_is_nearest_among_none(settled):
    assert settled.nearest(settled.told(ITEMS[0]), [], 0.0) is None


def test_telling_words_are_the_few_rarest(settled):
    told = settled.told("，".join(ITEMS))
    telling = settled.telling(told)

    assert len(telling) == settled.words
    assert min(told.words[word] for word in telling) >= max(
        weight for word, weight in told.words.items() if word not in telling
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("same = ", "alike = ", "same: same must be a number"),
        ("meant = 0.", "meant = '0'# ", "meant: meant must be a number"),
        ("batch = ", "heap = ", "batch: batch must be a number"),
        ("words = 6", "words = 0", "words: must be a whole number of at least 1"),
        ("words = 6", "words = 6.5", "words: must be a whole number of at least 1"),
        ("enterprises = ", "firms = ", "enterprises: must be a whole number of at least 2"),
        ("days = ", "days = -", "days: must be a whole number of at least 1"),
    ],
)
def test_a_mistake_in_the_settings_is_named(analyser, tmp_path, old, new, message):
    shipped = Path(twins.__file__).with_name(FILE).read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / FILE).write_text(shipped.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(FactError) as caught:
        twins.load(analyser.reader, analyser.learnt, tmp_path)

    assert str(caught.value) == f"{FILE}: {message}"
