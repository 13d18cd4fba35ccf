"""The same examples give the same model, and the file it is packed in answers as it did."""

from collections import defaultdict
from dataclasses import fields

import numpy as np
import pytest

from intake import categories, model, stock, train
from intake.analyse import Analyser
from intake.nearest import Nearest
from intake.stock import KINDS
from store.facts import FactError

EACH = 40
SAYINGS = [
    ["变压器老跳闸，想增容"],
    ["想贷点款买设备，还有，招不到焊工"],
    ["1.补贴没到账 2.门口路坏了"],
    ["你好", "施工许可证办不下来"],
    ["谢谢"],
    ["着火了"],
    ["xyz 123 😀"],
]


@pytest.fixture(scope="module")
def known():
    return categories.load()


@pytest.fixture(scope="module")
def sample(known):
    """A few examples of every category and every kind, and a few bursts, taken at even distances."""
    sorts = defaultdict(list)
    for example in stock.load(known).examples:
        codes = [code for _, code in example.problems]
        sorts[codes[0] if len(codes) == 1 else "burst" if codes else example.kind].append(example)
    few = [example for each in sorts.values() for example in each[:: len(each) // EACH][:EACH]]
    return stock.Stock(tuple(few), "a few")


@pytest.fixture(scope="module")
def trained(analyser, known, sample):
    return train.train(sample, list(known.by_code), analyser.reader)


@pytest.fixture(scope="module")
def reloaded(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    (folder / model.FILE).write_bytes(model.packed(trained))
    return model.load(folder)


def test_the_same_examples_give_the_same_bytes(analyser, known, sample, trained):
    again = train.train(sample, list(known.by_code), analyser.reader)

    assert model.packed(again) == model.packed(trained)


def test_the_packed_model_is_the_trained_one(trained, reloaded):
    assert reloaded.names == trained.names
    assert (reloaded.trained_on, reloaded.examples) == (trained.trained_on, trained.examples)
    assert reloaded.seams == trained.seams
    assert np.array_equal(reloaded.weights, trained.weights)
    assert np.array_equal(reloaded.steps, trained.steps)
    assert np.array_equal(reloaded.bias, trained.bias)
    for field in fields(Nearest):
        assert np.array_equal(getattr(reloaded.nearest, field.name), getattr(trained.nearest, field.name))


def test_every_example_is_nearest_to_itself(analyser, sample, trained):
    talk = [one for one in sample.examples if one.kind != "problem" and len(one.text) > 5]
    votes = [
        trained.votes([clause.look for clause in analyser.reader.read(one.text)], [0.0] * len(KINDS)) for one in talk
    ]

    known = [(one, said) for one, said in zip(talk, votes, strict=True) if said.any()]
    assert len(known) > len(talk) / 2
    assert [one.text for one, said in known if said[KINDS.index(one.kind)] < 0.99] == []


def test_the_packed_model_answers_as_the_trained_one(trained, reloaded):
    before, after = Analyser.of(trained), Analyser.of(reloaded)

    for messages in SAYINGS:
        told, again = before.analyse(messages), after.analyse(messages)

        assert (again.kind, again.nature, again.urgent) == (told.kind, told.nature, told.urgent)
        assert [problem.span for problem in again.problems] == [problem.span for problem in told.problems]
        assert [problem.candidates for problem in again.problems] == [problem.candidates for problem in told.problems]
        for left, right in zip(told.problems, again.problems, strict=True):
            assert right.confidence == pytest.approx(left.confidence, abs=0.002)


def test_the_model_says_what_it_learned_from(known, sample, trained):
    assert trained.trained_on == "a few"
    assert trained.heads["category"].labels == tuple(known.by_code)
    assert trained.heads["kind"].labels == stock.KINDS
    assert trained.heads["nature"].labels == stock.NATURES
    assert trained.heads["urgent"].labels == stock.URGENCY
    told = sum(len(example.problems) for example in sample.examples)
    assert 0.95 * told <= trained.examples <= told


def test_few_examples_teach_something(analyser, known, sample, trained):
    """Most of what it was taught it knows again, and what is called sure is likelier than chance."""
    singles = [example for example in sample.examples if len(example.problems) == 1 and "\n" not in example.text]
    head = trained.heads["category"]
    looks = [[clause.look for clause in analyser.reader.read(each.text)] for each in singles]
    scores = head.of(trained.scores(np.array([trained.totals(each).sum(axis=0) for each in looks])))
    right = [head.labels[at] == each.problems[0][1] for at, each in zip(scores.argmax(axis=1), singles, strict=True)]

    assert sum(right) / len(right) > 0.9
    assert head.chances(scores).sum(axis=1) == pytest.approx(np.ones(len(singles)), abs=1e-3)


def test_twins_share_a_fold(analyser, sample):
    twin = sample.examples[0]
    told_again = stock.Example(f"{twin.text}！", twin.kind, twin.problems)

    reads = train.read([*sample.examples, told_again], analyser.reader)

    assert reads[-1].fold == reads[0].fold
    assert {read.fold for read in reads} == set(range(train.FOLDS))


def without(sample, left_out):
    return stock.Stock(tuple(example for example in sample.examples if not left_out(example)), "fewer")


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        (lambda example: True, "examples.jsonl: has no examples"),
        (
            lambda example: any(code == "LAND" for _, code in example.problems),
            "examples.jsonl: too few examples of category LAND",
        ),
        (lambda example: example.kind == "advert", "talk.jsonl: too few examples of kind advert"),
        (lambda example: len(example.problems) > 1, "bursts.jsonl: needs texts that tell several problems"),
    ],
)
def test_too_few_examples_of_a_sort_are_named(analyser, known, sample, left_out, message):
    with pytest.raises(FactError, match=message):
        train.train(without(sample, left_out), list(known.by_code), analyser.reader)
