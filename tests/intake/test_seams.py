"""What can be seen at the seams between the clauses of a message."""

import numpy as np
import pytest

from intake.seams import FEW, MANY, MEASURES, MUCH, measures


@pytest.fixture
def seen(analyser):
    """What is seen at every seam of a text: the measures by name, and the other names."""

    def look(text):
        clauses = analyser.reader.read(text)
        table, names = measures(clauses, analyser.learnt.totals([c.look for c in clauses]), analyser.learnt)
        assert table.shape == (len(clauses) - 1, len(MEASURES))
        return [dict(zip(MEASURES, row, strict=True)) for row in table.tolist()], names

    return look


def test_there_is_a_seam_between_each_two_clauses(seen):
    table, names = seen("变压器跳闸，没电了，想增容")

    assert len(table) == len(names) == 2
    assert [(row["first"], row["last"], row["bias"]) for row in table] == [(1, 0, 1), (0, 1, 1)]


def test_two_matters_are_far_apart_and_one_is_not(seen):
    (apart,), names = seen("变压器老是跳闸，想贷款买设备")
    (same,), others = seen("变压器老是跳闸，停电停到现在")

    assert (apart["next same"], same["next same"]) == (0, 1)
    assert apart["next apart"] > 0.8 > same["next apart"] == 0
    assert apart["next agree"] < same["next agree"]
    assert "next UTILITY then FINANCE" in names[0]
    assert not any(" then " in name for name in others[0])


def test_how_clauses_end_and_begin_and_the_mark_between_have_names(seen):
    _, (names,) = seen("招不到人；想贷款")

    assert {"ends 人", "ends 到人", "begins 想", "begins 想贷", "mark ；", "mark ； of 2"} <= set(names)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("停电了。路坏了", "mark 。"),
        ("停电了 路坏了", "mark  "),
        ("停电了\n路坏了", "mark new message"),
        ("停电了。\n\n路坏了", "mark new message"),
    ],
)
def test_a_new_message_is_the_strongest_mark(seen, text, mark):
    _, (names,) = seen(text)

    assert mark in names


def test_a_number_of_a_list_is_seen(seen):
    table, _ = seen("一是停电了，二是路坏了，也没人修")

    assert [row["listed"] for row in table] == [1, 0]


def test_long_clauses_and_many_are_told_only_so_far(seen):
    table, names = seen("停" + "电水" * MANY + "，路坏了" * (2 * MUCH))

    assert table[0]["length before"] == table[-1]["told before"] == table[0]["told after"] == 1
    assert f"mark ， of {FEW}" in names[0]


def test_chances_are_chances(seen):
    table, _ = seen("停电了，路坏了，想贷款，谢谢，xyz，😀好")

    for row in table:
        told = [row[name] for name in MEASURES if name.split()[-1] in {"agree", "apart"} or "problem" in name]
        assert all(0 <= chance <= 1.0001 for chance in told)
        assert np.isfinite(list(row.values())).all()
