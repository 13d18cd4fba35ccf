"""Which category, how surely, and why (domain 2.2 and 2.3)."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from intake import categories, lexicon, verdict
from intake.grams import look
from intake.verdict import Judge

CASES = [
    ("我们想扩建，手上没地了，园区还有用地指标吗", "LAND"),
    ("不动产证办了大半年还没下来", "LAND"),
    ("施工许可证卡一个多月了", "PERMIT"),
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
    ("说好的贷款贴息去年就该给，到现在没到账", "SUBSIDY", "promised money has not come"),
    ("高企奖励说好五十万，拖了两年没给", "SUBSIDY", "promised money has not come"),
    ("有没有贷款贴息的政策", "POLICY", "is there a policy, how to apply"),
    ("能不能出台政策，放宽小微企业的门槛", "POLICY", "suggestion to change a policy"),
    ("土地证的事办到一半没人管", "LAND", "title to land or buildings"),
    ("用地批复还没下来", "LAND", "title to land or buildings"),
    ("施工许可证要哪些材料", "PERMIT", "a named document or approval"),
    ("银行抵押贷款批不下来", "FINANCE", "money from bank or investor"),
    ("大货车跟学车的挤一条马路，太危险，迟早出事", "INFRA", "danger on a public road"),
    ("厂门口路灯不亮，晚上危险", "INFRA", "danger on a public road"),
    ("车间里电线老化，有起火隐患", "EHS", "hazard inside the plant"),
    ("电费太贵吃不消", "UTILITY", "price of power, water, gas, heat"),
    ("所得税太高能不能减", "SUBSIDY", "taxes and fees"),
    ("运费涨得受不了", "INFRA", "freight is transport"),
    ("贷款利息太高了", "FINANCE", "interest is finance"),
    ("工资社保涨得厉害，成本高", "LABOR", "wages and social insurance are workforce"),
    ("原料一天一个价，涨得吃不消", "MARKET", "price of inputs is market"),
    ("食堂没有，工人没地方吃饭", "INFRA", "places for people"),
    ("员工没地方住，宿舍不够", "LABOR", "people and what they need to stay"),
    ("客户欠货款收不回", "OTHER", "customer does not pay"),
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

    assert problem.category == category
    assert f"lexicon.toml: {rule}" in problem.because


def test_every_boundary_rule_is_tried():
    rules = {boundary.rule.name for boundary in lexicon.load(categories.load()).boundaries}

    assert {rule for _, _, rule in BOUNDARIES} == rules


def test_why_names_words_that_stand_in_the_message(analyser):
    problem = only_problem(analyser, "变压器太小，一开机就跳闸")

    assert "跳闸" in problem.because


def test_no_more_is_named_than_a_person_reads(analyser):
    problem = only_problem(analyser, "去年说好的技改补贴奖励到现在没到账，财政局说没钱，一直拖着不给")

    assert len(problem.because) == 3
    assert problem.because[0] == "lexicon.toml: promised money has not come"


def test_the_rule_says_which_file_knows_what_spoke(analyser):
    promised = only_problem(analyser, "技改补贴到现在没到帐")
    power = only_problem(analyser, "变压器太小，一开机就跳闸")

    assert promised.rule.startswith("lexicon.toml: promised money has not come")
    assert power.rule.startswith("lexicon.toml: ")
    assert all(word in power.rule for word in power.because)


@pytest.fixture
def judge(analyser):
    known = categories.load()
    learnt = analyser.learnt
    return Judge(known, lexicon.load(known), learnt, learnt.heads["category"], verdict.load_blend())


def test_without_evidence_it_is_other_and_unsure(analyser, judge):
    totals = analyser.learnt.totals([look("", analyser.reader.cutter)])
    nothing = judge.verdict("", [], analyser.learnt.scores(totals[0]), 1.0)

    assert (nothing.category, nothing.topic) == ("OTHER", "")
    assert nothing.because == (nothing.rule,) == ("verdict.toml: nothing",)
    assert nothing.confidence < judge.blend.nothing
    assert nothing.candidates[0] == "OTHER"
    assert nothing.candidates[1] == nothing.runner_up
    assert nothing.close == ("OTHER",)


@pytest.fixture
def scored(analyser, judge):
    """The verdict on scores for the categories; those that are not named are far behind."""

    def said(**scores):
        column = {code: judge.head.start + at for at, code in enumerate(judge.head.labels)}
        every = np.full_like(analyser.learnt.bias, -5)
        for code, score in scores.items():
            every[column[code]] = score
        return judge.verdict("那个事", [], every, 1.0)

    return said


def test_categories_about_equally_likely_are_close(scored):
    assert scored(LAND=1.0, PERMIT=1.0).close == ("LAND", "PERMIT")
    assert scored(PERMIT=1.0, LAND=0.99, EHS=0.98).close == ("PERMIT", "LAND", "EHS")


def test_only_what_is_likely_enough_beside_the_first_is_close(judge, scored):
    behind = -log(judge.blend.close) / judge.head.sharpness

    assert scored(LAND=1.0, PERMIT=1.0 - 0.99 * behind).close == ("LAND", "PERMIT")
    assert scored(LAND=1.0, PERMIT=1.0 - 1.01 * behind).close == ("LAND",)
    assert scored(LAND=1.0, PERMIT=1.0 - 1.01 * behind).candidates[:2] == ("LAND", "PERMIT")


def test_words_weigh_less_the_more_examples_there_are(judge):
    many = replace(judge, model=replace(judge.model, examples=10 * judge.model.examples))
    none = replace(judge, model=replace(judge.model, examples=0))

    assert many.words_weight < judge.words_weight < none.words_weight == judge.blend.words


@pytest.mark.parametrize("text", ["太麻烦了，能不能简单点", "东西不够用，能不能多给点"])
def test_a_clear_case_is_surer_than_a_vague_one(analyser, text):
    clear = only_problem(analyser, "变压器不够用，老是跳闸，想增容")
    vague = only_problem(analyser, text)

    assert clear.confidence > analyser.threshold > vague.confidence


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("变压器太小，一开机就跳闸", "停电跳闸"),
        ("贷款后天到期，还不上就要被抽贷", "续贷与抽贷"),
        ("员工没地方住，宿舍不够", "住房"),
        ("环评做完了怎么办手续", "环评与排污"),
    ],
)
def test_the_topic_is_one_of_the_category(analyser, text, topic):
    problem = only_problem(analyser, text)

    assert problem.topic == topic
    assert topic in analyser.topics[problem.category]


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
