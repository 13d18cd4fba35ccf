"""One message, several problems (domain rule 2)."""

import re
from pathlib import Path

import pytest

from intake import split

MATTERS = ["变压器老跳闸", "想贷点款", "招不到焊工", "门口路坏了", "施工许可证没下来", "技改补贴没到账"]


@pytest.mark.parametrize(
    ("messages", "categories"),
    [
        (["一是用电紧张老跳闸，二是招工难，三是门口路该修了"], ["UTILITY", "LABOR", "INFRA"]),
        (["1.去年的补贴没到账 2.想贷点款买设备"], ["SUBSIDY", "FINANCE"]),
        (["厂里老是跳闸", "还有，停车位不够，工人都停路边"], ["UTILITY", "INFRA"]),
        (["施工许可证卡了一个月。另外想招二十个焊工"], ["PERMIT", "LABOR"]),
        (["一是东门缺路灯，二是西门路面全是坑"], ["INFRA", "INFRA"]),
    ],
)
def test_several_problems_become_several(analyser, messages, categories):
    said = analyser.analyse(messages)

    assert [problem.category for problem in said.problems] == categories


@pytest.mark.parametrize(
    "messages",
    [
        ["师傅", "变压器烧了", "整条线都停着", "能不能快点来修"],
        ["人才公寓还有没有空房，新来的大学生没地方住"],
        ["银行说流水不够", "抵押也没有", "还有没有别的办法贷款"],
        ["招不到人，工资开到八千也没人来，宿舍都空着"],
    ],
)
def test_one_problem_told_at_length_stays_one(analyser, messages):
    assert len(analyser.analyse(messages).problems) == 1


def test_what_nobody_has_seen_is_no_further_problem(analyser):
    (problem,) = analyser.analyse(["电费太高，还有 qwrtz xcvbn"]).problems
    assert problem.category == "UTILITY"


def test_a_span_is_the_original_text(analyser):
    said = analyser.analyse(["廠裡老是跳閘😂", "還有，停車位不夠"])

    assert [problem.span for problem in said.problems] == ["廠裡老是跳閘😂", "還有，停車位不夠"]


def test_a_span_leaves_out_what_belongs_to_another(analyser):
    said = analyser.analyse(["变压器老跳闸。另外想招二十个焊工。对了，电费单子也看不懂，电价怎么算"])

    power = next(problem for problem in said.problems if problem.category == "UTILITY")
    assert "焊工" not in power.span


@pytest.fixture
def pieces(analyser, tmp_path):
    """How a text is split by an office whose split.toml says something else: the words of each problem."""

    def split_by(text, **changed):
        shipped = Path(split.__file__).with_name(split.FILE).read_text(encoding="utf-8")
        for key, value in changed.items():
            shipped, count = re.subn(rf"(?m)^{key} = [\d.]+", f"{key} = {value}", shipped)
            assert count == 1
        (tmp_path / split.FILE).write_text(shipped, encoding="utf-8")
        splitter = split.load(analyser.learnt, tmp_path)
        clauses = analyser.reader.read(text)
        totals = analyser.learnt.totals([clause.look for clause in clauses])
        return ["，".join(clauses[at].words for at in piece) for piece in splitter.pieces(clauses, totals)]

    return split_by


def test_each_clause_belongs_to_one_piece_in_order(pieces):
    assert pieces("变压器老跳闸，想增容。还有，招不到焊工") == ["变压器老跳闸，想增容", "还有，招不到焊工"]


def test_no_more_than_twelve_come_out_and_the_rest_stays_with_the_last(pieces):
    matters = [MATTERS[at % len(MATTERS)] for at in range(20)]

    found = pieces("\n".join(matters), apart=0.0001, same=0.0001)

    assert found == [*matters[:11], "，".join(matters[11:])]


def test_an_office_may_want_fewer(pieces):
    text = "一是变压器老跳闸，二是招不到焊工，三是门口路坏了"

    assert len(pieces(text)) == 3
    assert pieces(text, most=2) == ["一是变压器老跳闸", "二是招不到焊工，三是门口路坏了"]
    assert pieces(text, most=1) == ["一是变压器老跳闸，二是招不到焊工，三是门口路坏了"]


def test_the_surer_a_seam_must_be_the_fewer_problems_there_are(pieces):
    text = "招不到人，工资开到八千，宿舍也不够，门口路坏了，想贷款"

    found = [pieces(text, apart=apart) for apart in (0.0001, 0.2, 0.5, 0.9, 1)]

    assert [len(each) for each in found] == sorted((len(each) for each in found), reverse=True)
    assert len(found[0]) > len(found[-1]) == 1


def test_the_same_category_again_is_the_same_matter_unless_it_is_listed(pieces):
    told = "变压器老跳闸，门口路坏了，电压也不稳"

    assert pieces(told, apart=0.0001, same=1) == ["变压器老跳闸，电压也不稳", "门口路坏了"]
    assert pieces(told, apart=0.0001, same=0.0001) == ["变压器老跳闸", "门口路坏了", "电压也不稳"]
    assert pieces("1.变压器老跳闸 2.门口路坏了 3.电压不稳", apart=0.0001, same=1) == [
        "1.变压器老跳闸",
        "2.门口路坏了",
        "3.电压不稳",
    ]


def test_before_a_number_of_a_list_a_seam_need_not_be_so_clear(pieces):
    told = "1.东门缺路灯 2.西门路面全是坑"

    assert pieces(told, apart=1, numbered=0.0001) == ["1.东门缺路灯", "2.西门路面全是坑"]
    assert pieces(told, apart=1, numbered=1) == ["1.东门缺路灯，2.西门路面全是坑"]
