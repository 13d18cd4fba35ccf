"""Nature, urgency (domain 4.0) and grade (domain 4.1), each with the rule that decided."""

import pytest

from intake import categories, grades
from intake.grams import look
from intake.verdict import Verdict


def only_problem(analyser, *messages):
    (problem,) = analyser.analyse(messages).problems
    return problem


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("高企申报要什么条件", "inquiry"),
        ("厂房漏雨，帮忙协调房东修一下", "help"),
        ("检查太频繁了，一个月来五拨人", "complaint"),
        ("建议开一趟到园区的公交", "suggestion"),
    ],
)
def test_the_nature_of_a_request(analyser, text, nature):
    assert analyser.analyse([text]).nature == nature


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("停电到现在还没来", "grades.toml: production stands still now"),
        ("供气断了，整条生产线停了", "grades.toml: production stands still now"),
        ("冷库没电，虾都化了", "grades.toml: goods or animals are being lost now"),
        ("贷款后天到期，还不上就要被抽贷", "grades.toml: a date within a week"),
        ("明天就要拆厂房了，机器还没搬", "grades.toml: a date within a week"),
    ],
)
def test_what_is_urgent_names_its_rule(analyser, text, rule):
    problem = only_problem(analyser, text)

    assert (problem.urgent, problem.urgent_rule) == (True, rule)
    assert analyser.analyse([text]).urgent


@pytest.mark.parametrize(
    "text",
    [
        "急急急！招不到人",
        "缺工大半年了，急死人",
        "我们太生气了，电费乱收",
        "厂子停了三年，想盘活",
        "老是停电，一年好几回",
        "年年夏天鸡舍停电，怕热死",
        "每周都停电，讲座什么时候有",
    ],
)
def test_anger_or_a_long_shortage_is_not_urgent(analyser, text):
    problem = only_problem(analyser, text)

    assert (problem.urgent, problem.urgent_rule) == (False, "")


@pytest.mark.parametrize(
    ("text", "grade", "rule"),
    [
        ("土地证是历史遗留问题，要调整规划", 4, "grades.toml: needs a higher power"),
        ("再限电我们就要停产了", 4, "grades.toml: production stopped or at risk"),
        ("土地批复和施工许可证都没下来", 3, "grades.toml: land and permit named together"),
        ("联合验收几个部门凑不到一起", 3, "grades.toml: several departments"),
        ("技改有什么扶持政策", 1, "grades.toml: inquiry"),
        ("想请你们代办一下执照", 1, "grades.toml: the officer can do it"),
        ("车间招不到人，急缺焊工", 2, "grades.toml: one department"),
    ],
)
def test_the_grade_and_its_rule(analyser, text, grade, rule):
    problem = only_problem(analyser, text)

    assert (problem.grade, problem.grade_rule) == (grade, rule)


def test_a_nature_names_the_model(analyser):
    problem = only_problem(analyser, "高企申报要什么条件")

    assert (problem.nature, problem.nature_rule) == ("inquiry", "model.npz: nature inquiry")


@pytest.fixture
def judged(analyser):
    """The rule of the grade of words, when these categories are about equally likely, the likeliest first."""
    marks = grades.load(categories.load(), analyser.learnt.heads)
    words = "两个证都没下来"
    model = analyser.learnt
    scores = model.scores(model.totals([look(words, analyser.reader.cutter)])[0])

    def judge(*close):
        said = Verdict(close[0], 0.4, (), "", "PERMIT", ("LAND", "PERMIT", "OTHER"), close, "")
        return marks.judge(words, scores, said).grade_rule

    return judge


def test_two_departments_about_equally_likely_make_it_harder(judged):
    together = "grades.toml: land and permit together"

    assert judged("LAND", "PERMIT") == judged("PERMIT", "LAND") == judged("EHS", "PERMIT", "LAND") == together


def test_one_department_that_is_sure_does_not(judged):
    assert judged("LAND") == judged("PERMIT") == judged("LAND", "EHS") == "grades.toml: one department"
