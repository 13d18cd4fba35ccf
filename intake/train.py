"""Trains the model from the example files alone; the same files give the same model.

Linear support vector machines (scikit-learn) over the grams of a text, one for each question, that of the category
together with naive Bayes, each with its scores made into chances on examples that it has not seen; and a logistic
regression for the seams between clauses.
Only `lianxin train` and `lianxin learn` come here: a running service reads what was trained.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from scipy.sparse import csr_matrix

from intake import alike
from intake.clauses import Clause, Reader
from intake.fit import Floats, Ints, Question, learn, model_of, nearest, sharpness_of
from intake.fit_seams import Read, learn_seams, questions_of_seams
from intake.grams import grams, is_long
from intake.model import Model, ordered
from intake.stock import EXAMPLES, KINDS, NATURES, TALK, URGENCY, Example, Stock
from store.facts import FactError

FOLDS = 4
RARE, RARE_LONG = 3, 4
"""A gram seen in fewer examples is left out: it can prove nothing. Pieces of three are the many and prove less."""


def train(stock: Stock, codes: Sequence[str], reader: Reader) -> Model:
    """A model of all examples. Takes about a minute. Raises FactError when there are too few of some sort."""
    if not stock.examples:
        raise FactError(f"{EXAMPLES}: has no examples")
    reads = read(stock.examples, reader)
    texts, questions = _questions(reads, codes)
    folds = np.array([one.fold for one, _ in texts])
    for question in questions:
        _check_enough(question, folds)
    # Clauses alone only teach where problems begin and end: how rare a gram is, the messages tell.
    rows, rarity = _vocabulary([seen for _, seen in texts])
    clauses, of_seams = questions_of_seams(reads)
    questions = _side_by_side(questions, len(texts), of_seams, len(clauses))
    sums = _matrix([*(seen for _, seen in texts), *(_grams(piece) for _, piece in clauses)], rows, rarity)
    folds = np.append(folds, [one.fold for one, _ in clauses])
    parts = [learn(questions, sums, rarity, folds != fold) for fold in range(FOLDS)]
    several = [question for question in questions if len(question.labels) > 1]
    sharp = {question.name: sharpness_of(question, sums, folds, parts) for question in several}
    whole = learn(questions, sums, rarity, np.ones(len(folds), bool))
    problems = int((questions[0].answers >= 0).sum())
    model = partial(model_of, rows, sharp=sharp, trained_on=stock.digest, examples=problems)
    seams = learn_seams(reads, [model(part) for part in parts])
    made = model(whole)
    kinds = questions[1].answers
    return replace(made, seams=seams, nearest=nearest(made, sums[kinds >= 0], kinds[kinds >= 0]))


def read(examples: Sequence[Example], reader: Reader) -> list[Read]:
    """Every example cut into clauses. Those that resemble each other share a fold: none is judged by its twin."""
    groups = alike.groups([example.text for example in examples])
    order = np.random.RandomState(0).permutation(len(examples))
    return [
        Read(example, reader.read(example.text), int(order[group]) % FOLDS)
        for example, group in zip(examples, groups, strict=True)
    ]


def _questions(reads: Sequence[Read], codes: Sequence[str]) -> tuple[list[tuple[Read, list[str]]], list[Question]]:
    """Texts to learn from: every example whole, and each problem of those that tell several alone."""
    texts: list[tuple[Read, list[str]]] = []
    told: list[tuple[int, int, int, int]] = []
    for one in reads:
        example = one.example
        only = example.problems[0][1] if len(example.problems) == 1 else None
        nature = NATURES.index(example.nature) if example.nature else -1
        texts.append((one, _grams(one.clauses)))
        told.append((_at(codes, only), _kind(example, only), nature, _urgency(example.urgent)))
        if len(example.problems) > 1:
            for piece, code in _pieces(one):
                texts.append((one, _grams(piece)))
                told.append((_at(codes, code), -1, -1, -1))
    category, kind, nature_of, urgent = (np.array(column) for column in zip(*told, strict=True))
    all_alike = np.ones(len(texts))
    # Problems are the many: at their full weight the few of the other kinds would drown.
    fewer = np.where(kind == 0, 0.4, 1.0)
    return texts, [
        Question("category", tuple(codes), category, all_alike, 1.0, bayes=0.3),
        Question("kind", KINDS, kind, fewer, 1.0),
        Question("nature", NATURES, nature_of, all_alike, 0.3),
        Question("urgent", URGENCY, urgent, all_alike, 0.5),
    ]


def _side_by_side(first: Sequence[Question], many: int, then: Sequence[Question], more: int) -> list[Question]:
    """Questions about `many` texts and others about `more` that stand behind them, as questions about all of them."""
    room = [(question, 0, more) for question in first] + [(question, many, 0) for question in then]
    return [
        replace(
            question,
            answers=np.pad(question.answers, (before, after), constant_values=-1),
            counts=np.pad(question.counts, (before, after), constant_values=1.0),
        )
        for question, before, after in room
    ]


def _check_enough(question: Question, folds: Ints) -> None:
    """Each part of the model must have seen every answer: examples that resemble each other count as one."""
    for at, label in enumerate(question.labels):
        if len(set(folds[question.answers == at].tolist())) < 2:
            file = TALK if question.name == "kind" and at else EXAMPLES
            raise FactError(f"{file}: too few examples of {question.name} {label}")


def _kind(example: Example, only: str | None) -> int:
    """An urgent example of danger in a plant (EHS) may be an emergency; where its author was not asked, who knows."""
    return -1 if only == "EHS" and example.urgent and not example.asked else KINDS.index(example.kind)


def _at(codes: Sequence[str], code: str | None) -> int:
    return -1 if code is None else list(codes).index(code)


def _urgency(urgent: bool | None) -> int:
    return -1 if urgent is None else int(urgent)


def _grams(clauses: Sequence[Clause]) -> list[str]:
    return [gram for clause in clauses for gram in grams(clause.look)]


def _pieces(one: Read) -> list[tuple[list[Clause], str]]:
    """The clauses of each problem of an example; a clause that holds the end of one belongs to it."""
    found, start = [], 0
    for end, code in one.example.problems:
        piece = [clause for clause in one.clauses if start <= clause.start < end]
        if piece:
            found.append((piece, code))
        start = end
    return found


def _vocabulary(texts: Sequence[Sequence[str]]) -> tuple[dict[str, int], Floats]:
    """The grams that are worth a row, and how rare each is (inverse document frequency)."""
    seen = Counter(gram for text in texts for gram in dict.fromkeys(text))
    kept = ordered(gram for gram, times in seen.items() if times >= (RARE_LONG if is_long(gram) else RARE))
    rarity = np.array([1 + math.log((1 + len(texts)) / (1 + seen[gram])) for gram in kept])
    return {gram: row for row, gram in enumerate(kept)}, rarity


def _matrix(texts: Sequence[Sequence[str]], rows: Mapping[str, int], rarity: Floats) -> csr_matrix:
    """A line for each text, of length one, exactly as `Model.scores` sees it."""
    counted = [Counter(rows[gram] for gram in text if gram in rows) for text in texts]
    starts = np.cumsum([0, *map(len, counted)])
    columns = np.array([row for counts in counted for row in counts], np.int64)
    times = np.array([times for counts in counted for times in counts.values()], np.float64)
    lengths = np.sqrt(np.add.reduceat(np.append(times * rarity[columns] ** 2, 0.0), starts[:-1]))
    lengths[starts[:-1] == starts[1:]] = 1.0
    values = times * rarity[columns] / np.repeat(lengths, np.diff(starts))
    return csr_matrix((values, columns, starts), shape=(len(texts), len(rows)))
