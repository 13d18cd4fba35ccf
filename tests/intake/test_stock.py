"""The example sentences that the model is trained from."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from intake import alike, categories, model, stock

FEWEST = 400
TOLD_TWICE = 11
"""Pairs of shipped examples that say nearly the same; the number may only fall."""


@pytest.fixture(scope="module")
def known():
    return categories.load()


@pytest.fixture(scope="module")
def shipped(known):
    return stock.load(known)


def kept(folder, known, **files):
    """The stock of an office with files of its own."""
    for name in ("examples", "talk", "bursts"):
        (folder / f"{name}.jsonl").write_text(files.get(name, ""), encoding="utf-8")
    if "learned" in files:
        (folder / "learned.jsonl").write_text(files["learned"], encoding="utf-8")
    return stock.load(known, folder)


def test_a_mark_becomes_the_place_where_a_problem_ends():
    text, problems = stock.unmarked("想贷点款〔FINANCE〕，再招几个焊工〔LABOR〕")

    assert text == "想贷点款，再招几个焊工"
    assert problems == ((4, "FINANCE"), (11, "LABOR"))
    assert [text[:end] for end, _ in problems] == ["想贷点款", "想贷点款，再招几个焊工"]


@pytest.mark.parametrize("text", ["", "想贷点款", "想贷点款〔", "〕想贷点款", "（FINANCE）"])
def test_a_text_without_marks_stays_as_it_is(text):
    assert stock.unmarked(text) == (text, ())


def test_each_kind_of_line_is_understood(tmp_path, known):
    read = kept(
        tmp_path,
        known,
        examples='{"text": "停电了", "category": "UTILITY", "nature": "help", "urgent": true}\n'
        '{"text": "氨漏了", "category": "EHS", "kind": "emergency"}',
        talk='{"text": "谢谢", "kind": "thanks"}\n{"text": "有个事想说", "kind": "problem"}',
        bursts='{"text": "路坏了〔INFRA〕\\n招不到人〔LABOR〕"}\n{"text": "路坏了，车进不来〔INFRA〕"}',
        learned='{"text": "账上没钱", "category": "FINANCE"}\n',
    )

    assert read.examples == (
        stock.Example("停电了", "problem", ((3, "UTILITY"),), "help", True, asked=False),
        stock.Example("氨漏了", "emergency", ((3, "EHS"),)),
        stock.Example("谢谢", "thanks"),
        stock.Example("有个事想说", "problem"),
        stock.Example("路坏了\n招不到人", "problem", ((3, "INFRA"), (8, "LABOR")), asked=False, marked=True),
        stock.Example("路坏了，车进不来", "problem", ((8, "INFRA"),), asked=False, marked=True),
        stock.Example("账上没钱", "problem", ((4, "FINANCE"),), asked=False),
    )


def test_the_digest_tells_of_any_change(tmp_path, known):
    before = kept(tmp_path, known, talk='{"text": "谢谢", "kind": "thanks"}').digest
    after = kept(tmp_path, known, talk='{"text": "谢谢", "kind": "rating"}').digest
    learned = kept(tmp_path, known, talk='{"text": "谢谢", "kind": "rating"}', learned="\n").digest

    assert len({before, after, learned}) == 3
    assert learned == stock.digest(tmp_path)


def test_every_shipped_example_loads_and_every_kind_and_nature_is_there(shipped):
    assert {example.kind for example in shipped.examples} == set(stock.KINDS)
    assert {example.nature for example in shipped.examples} == {None, *stock.NATURES}
    assert {example.urgent for example in shipped.examples} == {None, True, False}


def test_a_problem_of_a_shipped_example_ends_where_something_stands(shipped):
    for example in shipped.examples:
        ends = [0, *(end for end, _ in example.problems)]
        told = [example.text[start:end].strip("，。；、 \n") for start, end in pairwise(ends)]
        assert all(told), example
        assert example.kind in ("problem", "emergency") or not told


def test_every_category_has_examples_enough(shipped, known):
    singles = Counter(example.problems[0][1] for example in shipped.examples if len(example.problems) == 1)

    assert set(singles) == set(known.by_code)
    assert min(singles.values()) >= FEWEST


def test_hardly_any_example_is_told_twice(known, shipped):
    lines = Path(stock.__file__).with_name(stock.EXAMPLES).read_bytes().count(b'"text"')
    texts = [example.text for example in shipped.examples[:lines]]

    assert len(list(alike.near_duplicates(texts))) <= TOLD_TWICE


def test_no_sentence_is_an_example_of_two_categories(shipped):
    said = {}
    for example in shipped.examples:
        if len(example.problems) == 1:
            assert said.setdefault(example.text, example.problems[0][1]) == example.problems[0][1], example.text


def test_the_shipped_model_was_trained_on_the_shipped_examples(shipped):
    assert model.load().trained_on == shipped.digest == stock.digest()
