"""The lead department by category and word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from routing.notices import Notices
from routing.owners import Owners
from store.facts import FactError

OWNERS = Owners.load()
MONDAY = datetime(2026, 9, 28, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("category", "topic", "text", "department", "entry"),
    [
        ("UTILITY", "", "老是跳闸", "power", "lead UTILITY"),
        ("UTILITY", "", "停水两小时了", "water", "utility-water"),
        ("PERMIT", "", "环评报告交上去没动静", "ecology", "permit-environment"),
        ("LABOR", "", "员工娃娃上学还没着落", "education", "labor-schooling"),
        ("LAND", "", "厂房封顶了，土地批复还没下来", "natural_resources", "land-title"),
        ("LAND", "", "想租个标准厂房", "park", "land-premises"),
        ("EHS", "", "车间消防通道堵了", "emergency", "ehs-safety"),
        ("OTHER", "", "客户欠款不给", None, "lead OTHER"),
        ("UTILITY", "供水", "龙头里没东西出来", "water", "utility-water: 供水"),
        ("UTILITY", "停电跳闸", "泵房停了，没水", "power", "lead UTILITY"),
    ],
)
def test_the_first_matching_rule_names_the_department_and_itself(
    category: str, topic: str, text: str, department: str | None, entry: str
) -> None:
    choice = OWNERS.choose(category, topic, text)

    assert choice.department == department
    assert entry in choice.rule


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "names no department"),
        ('[lead]\nUTILITY = "power"\n[[override]]\nname = "x"', "override 1: lacks category"),
        (
            '[lead]\nUTILITY = "power"\n[[override]]\nname="x"\ncategory="路灯"\nwords=["灯"]\ndepartment="p"',
            "unknown category '路灯'",
        ),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    (tmp_path / "owners.toml").write_text(wrong, encoding="utf-8")

    with pytest.raises(FactError, match=r"owners\.toml") as failure:
        Owners.load(tmp_path)
    assert said in str(failure.value)


def test_an_unknown_recipient_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "notices.toml").write_text('[dispatch]\nchief = "x"', encoding="utf-8")

    with pytest.raises(FactError, match="dispatch: unknown recipient 'chief'"):
        Notices.load(tmp_path)
