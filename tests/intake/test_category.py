"""Which category, how surely, and why (domain 2.2 and 2.3)."""

import pytest

CASES = [
    ("我们想扩建，手上没地了，园区还有用地指标吗", "LAND"),
    ("不动产证办了大半年还没下来", "LAND"),
    ("施工许可证卡一个多月了，楼盖不了", "PERMIT"),
    ("营业执照要加个经营范围，窗口不收材料", "PERMIT"),
    ("想贷点款买设备", "FINANCE"),
    ("贷款下月到期，想续贷银行不给批", "FINANCE"),
    ("车间招不到人，急缺焊工", "LABOR"),
    ("员工小孩上学的学校还没着落", "LABOR"),
    ("设备一开就跳闸，想增容", "UTILITY"),
    ("电价太高了，能不能降一点", "UTILITY"),
    ("门口路坏得不行，大车过不去", "INFRA"),
    ("技改补贴到现在没到帐", "SUBSIDY"),
    ("税交得太多了，有没有减的", "SUBSIDY"),
    ("高企今年怎么申报，条件是什么", "POLICY"),
    ("政策文件看不懂，能派人来讲讲吗", "POLICY"),
    ("产品检测要跑省城，一趟两天", "TECH"),
    ("专利被人仿了，怎么维权", "TECH"),
    ("订单掉了一半，能介绍点客户吗", "MARKET"),
    ("钢材又涨价，成本顶不住", "MARKET"),
    ("工业垃圾堆着没人拉，臭死了", "EHS"),
    ("客户欠我们货款一百多万不给", "OTHER"),
    ("党支部换届想请党建指导员来一趟", "OTHER"),
]

BOUNDARIES = [
    ("说好的贷款贴息去年就该给，到现在没到账", "SUBSIDY", "lexicon.toml: promised money has not come"),
    ("土地证的事办到一半没人管", "LAND", "lexicon.toml: title to land or buildings"),
    ("大货车跟学车的挤一条马路，太危险，迟早出事", "INFRA", "lexicon.toml: danger on a public road"),
]


def only_problem(analyser, text):
    (problem,) = analyser.analyse([text]).problems
    return problem


@pytest.mark.parametrize(("text", "category"), CASES)
def test_a_problem_finds_its_category_and_says_why(analyser, text, category):
    problem = only_problem(analyser, text)

    assert problem.category == category
    assert problem.because
    assert 0 <= problem.confidence <= 1
    assert problem.candidates[:2] == (category, problem.runner_up)
    assert len(set(problem.candidates)) == 3


@pytest.mark.parametrize(("text", "category", "rule"), BOUNDARIES)
def test_a_boundary_rule_decides_and_is_named(analyser, text, category, rule):
    problem = only_problem(analyser, text)

    assert (problem.category, rule in problem.because) == (category, True)


def test_why_names_words_that_stand_in_the_message(analyser):
    problem = only_problem(analyser, "变压器太小，一开机就跳闸")

    assert "跳闸" in problem.because


def test_without_evidence_it_is_other_and_unsure(analyser):
    problem = only_problem(analyser, "xyzzy plugh 9 9 9 qwertz")

    assert (problem.category, problem.confidence < analyser.threshold) == ("OTHER", True)


def test_a_clear_case_is_surer_than_a_vague_one(analyser):
    clear = only_problem(analyser, "变压器不够用，老是跳闸，想增容")
    vague = only_problem(analyser, "我们厂那个老问题又来了")

    assert clear.confidence > analyser.threshold > vague.confidence


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("UTILITY", "UTILITY"),
        ("utility", "UTILITY"),
        ("水电气热", "UTILITY"),
        (" 供电 ", "UTILITY"),
        ("供電", "UTILITY"),
        ("贷款", "FINANCE"),
        ("其他", "OTHER"),
        ("天气", None),
        ("", None),
    ],
)
def test_a_category_is_named_by_code_label_or_synonym(analyser, typed, code):
    assert analyser.category_named(typed) == code


def test_there_are_twelve_categories_in_order(analyser):
    assert len(analyser.categories) == 12
    assert next(iter(analyser.categories.values())).label == "用地厂房"
