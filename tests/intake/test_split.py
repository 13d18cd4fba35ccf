"""One message, several problems (domain rule 2)."""

import pytest


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


def test_a_span_is_the_original_text(analyser):
    said = analyser.analyse(["廠裡老是跳閘😂", "還有，停車位不夠"])

    assert [problem.span for problem in said.problems] == ["廠裡老是跳閘😂", "還有，停車位不夠"]


def test_a_span_leaves_out_what_belongs_to_another(analyser):
    said = analyser.analyse(["变压器老跳闸。另外想招二十个焊工。对了，电费单子也看不懂，电价怎么算"])

    power = next(problem for problem in said.problems if problem.category == "UTILITY")
    assert "焊工" not in power.span
