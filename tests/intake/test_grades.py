"""Nature, urgency (domain 4.0) and grade (domain 4.1), each with the rule that decided."""

import pytest


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
        ("停电到现在还没来，冷库里的货快坏了", "grades.toml: production stands still now"),
        ("供气断了，整条生产线停了", "grades.toml: production stands still now"),
        ("冷库没电，虾都化了", "grades.toml: goods or animals are being lost now"),
        ("贷款后天到期，还不上就要被抽贷", "grades.toml: a date within a week"),
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
        ("联合验收几个部门凑不到一起", 3, "grades.toml: several departments"),
        ("技改有什么扶持政策", 1, "grades.toml: inquiry"),
        ("车间招不到人，急缺焊工", 2, "grades.toml: one department"),
    ],
)
def test_the_grade_and_its_rule(analyser, text, grade, rule):
    problem = only_problem(analyser, text)

    assert (problem.grade, problem.grade_rule) == (grade, rule)


def test_labels_are_the_offices_own(analyser):
    assert [analyser.grade_label(grade) for grade in (1, 2, 3, 4)] == ["A", "B", "C", "D"]
