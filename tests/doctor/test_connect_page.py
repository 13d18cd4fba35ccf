"""The page that leads an office through connecting names what there is: settings, places, fields, files."""

import re
from pathlib import Path

import pytest

from bot.doctor.findings import Wording
from bot.doctor.settings import NEEDED
from tests.test_readme import names_of_secrets, names_read

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("connect.zh.md", "connect.md", "deploy.md")]
CHINESE = PAGES[0].read_text(encoding="utf-8")
CONSOLES = ("微信开发者平台", "微信公众平台", "企业微信管理后台", "服务号管理员")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_a_page_names_is_one_that_is_read(page: Path) -> None:
    named = set(re.findall(r"LIANXIN_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8")))

    assert named
    assert named <= names_read() | {f"{name}_FILE" for name in names_of_secrets()}


def test_every_setting_of_an_account_is_explained_step_by_step() -> None:
    assert [name for names in NEEDED.values() for name in names if f"`{name}`" not in CHINESE] == []


def test_every_place_the_doctor_sends_people_to_is_on_the_page() -> None:
    places = [place for place in Wording.load().places.values() if place.startswith(CONSOLES)]

    assert len(places) >= 12
    assert [place for place in places if place not in CHINESE] == []


def test_the_last_line_of_the_doctor_is_quoted_as_it_is() -> None:
    assert Wording.load().words["all_good"] in CHINESE


def test_pictures_on_the_page_are_there() -> None:
    for page in PAGES:
        for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), link
            assert (page.parent / link).stat().st_size < 150_000
