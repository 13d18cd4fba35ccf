"""What words and boundary rules say for a category; the longest word wins."""

import pytest

from intake import categories, lexicon

SMALL = """
[weights]
strong = 3.0
good = 2.0
against = -1.0

[[topic]]
category = "LAND"
name = "厂房租赁"
strong = "租厂房 租…厂房"
good = "租赁 厂房"
against = "融资租赁"

[[topic]]
category = "FINANCE"
name = "租赁融资"
strong = "融资租赁"
good = "银行"

[[rule]]
name = "promised money"
category = "SUBSIDY"
weight = 5.0
all = ["补贴 奖励", "没到账 没给"]
unless = "客户"
less = ["FINANCE"]
"""


@pytest.fixture
def small(tmp_path):
    (tmp_path / "lexicon.toml").write_text(SMALL, encoding="utf-8")
    return lexicon.load(categories.load(), tmp_path)


def test_strong_and_good_words_add_up(small):
    said = small.evidence("银行不肯，想找租赁，厂房太小")

    assert said.scores == {"FINANCE": 2.0, "LAND": 4.0}
    assert said.reasons["LAND"] == {"租赁": 2.0, "厂房": 2.0}


def test_a_word_inside_a_longer_one_does_not_count(small):
    assert small.evidence("想租厂房").reasons == {"LAND": {"租厂房": 3.0}}
    assert small.evidence("租了一间厂房").reasons == {"LAND": {"租了一间厂房": 3.0}}


def test_one_word_may_speak_for_one_category_and_against_another(small):
    said = small.evidence("做融资租赁")

    assert said.scores == {"LAND": -1.0, "FINANCE": 3.0}
    assert (said.topic("FINANCE"), said.topic("LAND")) == ("租赁融资", None)


def test_a_word_said_twice_counts_once(small):
    assert small.evidence("厂房，厂房，还是厂房").scores == {"LAND": 2.0}


def test_a_rule_needs_one_phrase_of_each_list(small):
    assert small.evidence("补贴").scores == small.evidence("没到账").scores == {}

    said = small.evidence("补贴说了两年，到现在没到账")

    assert said.scores == {"SUBSIDY": 5.0, "FINANCE": -5.0}
    assert said.reasons["SUBSIDY"] == {"lexicon.toml: promised money": 5.0}


def test_a_rule_is_silent_when_one_word_forbids_it(small):
    assert small.evidence("客户答应的奖励没给").scores == {}


def test_nothing_said_is_no_evidence(small):
    said = small.evidence("")

    assert (said.scores, said.topic("LAND")) == ({}, None)


def test_every_category_has_topics_and_every_topic_a_name_of_its_own():
    known = categories.load()
    topics = lexicon.load(known).topics
    names = [name for each in topics.values() for name in each]

    assert set(topics) == set(known.by_code)
    assert all(topics.values())
    assert len(names) == len(set(names))
