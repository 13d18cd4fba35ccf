"""The menu at the foot of the chat: pressing a button is the same as typing its words."""

from pathlib import Path

import pytest

from bot.menu import Menus
from store.facts import FactError
from tests.desk import Desk
from tests.door.test_wecom import Corp, only_in_directory


def presses(desk: Desk, name: str, key: str) -> str | None:
    desk.clock.moment += desk.clock.moment.resolution * 1_000_000  # a second: events have no number of their own
    return desk.says(name, MsgType="event", Event="CLICK", EventKey=key)


def test_a_button_of_the_menu_says_its_words(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")

    assert presses(desk, "张伟", "进度") == desk.says("张伟", "进度")
    assert "已撤回" in (presses(desk, "张伟", "撤回") or "")

    desk.forget()


@pytest.mark.parametrize("key", ["待办", "谢谢", "我们厂又跳闸了"])
def test_whatever_its_words_are_they_are_answered_as_if_typed(desk: Desk, key: str) -> None:
    pressed = presses(desk, "吴小满", key)

    typed = desk.says("陈晨", key)

    assert pressed
    assert typed
    assert pressed.replace("001", "N")[:12] == typed.replace("002", "N")[:12]
    desk.forget()


def test_a_button_without_words_is_met_with_silence(desk: Desk) -> None:
    assert presses(desk, "张伟", "") is None


def test_an_officer_presses_the_menu_in_wecom(desk: Desk) -> None:
    only_in_directory(desk, "李建国", "lijianguo")
    corp = Corp(desk)

    answer = corp.read(corp.event("lijianguo", "click", EventKey="待办"))

    assert "手上没有在办的事项" in answer


def test_a_press_delivered_three_times_is_one(desk: Desk) -> None:
    message = desk.message("张伟", MsgType="event", Event="CLICK", EventKey="我们厂又跳闸了")

    said = {desk.delivers(message) for _ in range(3)}

    assert len(said) == 1
    assert desk.item().number.endswith("-001")
    assert desk.says("张伟", "进度 002") is not None
    assert desk.actions() == ["register"]
    desk.forget()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[[oa]]\nname = '一二三四五六'\nkey = '进度'", "1 to 16 bytes"),
        ("[[oa]]\nname = ''\nkey = '进度'", "1 to 16 bytes"),
        ("[[oa]]\nname = '进度'\nkey = 'V1001'", "no command"),
        ("[[oa]]\nname = '进度'", "needs either"),
        ("[[oa]]\nname = '进度'\nkey = '进度'\n[[oa.below]]\nname = '一'\nkey = '催办'", "needs either"),
        ("[[oa]]\nname = '进度'\nkeys = '进度'", "unknown 'keys'"),
        ("[[oa]]\nname = '一'\nkey = '进度'\n" * 4, "at most 3"),
        ("[[oa]]\nname = '一'\n" + "[[oa.below]]\nname = '一'\nkey = '进度'\n" * 6, "at most 5"),
        ("[[kf]]\nname = '一'\nkey = '进度'", "unknown menu 'kf'"),
        ("oa = '进度'", r"\[\[oa\]\]"),
    ],
)
def test_a_menu_that_the_platform_would_refuse_is_named(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "menu.toml").write_text(written, encoding="utf-8")

    with pytest.raises(FactError, match=rf"menu\.toml: .*{said}|menu\.toml: {said}"):
        Menus.load(tmp_path)
