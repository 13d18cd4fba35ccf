"""`python -m tests.browser.cards FOLDER`: pictures of the cards and of their text twin, from a demo."""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Locator, Page

from bot.sim import demo
from tests.browser import chromium, picture
from tests.browser.picture import COORDINATOR, NUMBER, OFFICER, phone_of, press, say

CONTACT, REPORT = picture.CONTACT, picture.REPORT
EDGE = 8
SECOND = "车间又停电了，冷库里的货要坏"
OTHER, THIRD = "刘洋", "我们这边老是跳闸，想增容"


def main(folder: str) -> None:
    path = chromium.where()
    if path is None:
        raise SystemExit("no chromium here: apt-get install chromium")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        closing(demo.start(Path(place), 0, keep=False)) as running,
        chromium.launched(path) as browser,
    ):
        play(picture.open_page(browser, running.address, chromium.LAPTOP), running.address, target)


def play(page: Page, address: str, target: Path) -> None:
    """One item from its card to its close, one that was signed by words, and one for who reads texts."""
    number = _reported(page, address, CONTACT, REPORT)
    _shoot(_card(page, OFFICER, number), target / "card-officer.png")
    press(page, OFFICER, number, "签收")
    page.request.post(f"{address}/sim/clock", data={"advance": "PT1M"})
    _shoot(_pressed(page, OFFICER, number), target / "card-pressed.png")
    _shoot(_card(page, OFFICER, number), target / "card-handling.png")
    short = number.rpartition("-")[2]
    say(page, OFFICER, f"已联系 {short}")
    say(page, OFFICER, f"办结 {short} 变压器已增容，送电正常")
    page.request.post(f"{address}/sim/clock", data={"advance": "PT2H"})
    say(page, CONTACT, "满意")
    page.request.post(f"{address}/sim/clock", data={"advance": "PT1M"})
    _shoot(_card(page, COORDINATOR, number), target / "card-office.png")
    press(page, COORDINATOR, number, "核实通过")
    page.request.post(f"{address}/sim/clock", data={"advance": "PT1M"})
    _shoot(_card(page, COORDINATOR, number), target / "card-close.png")
    third = _reported(page, address, OTHER, THIRD)
    say(page, OFFICER, f"签收 {third}")
    _shoot(_pressed(page, OFFICER, third), target / "card-overtaken.png")
    say(page, OFFICER, "卡片 关")
    second = _reported(page, address, CONTACT, SECOND)
    _shoot(_messages(page, OFFICER, second).last, target / "card-text.png")


def _reported(page: Page, address: str, who: str, what: str) -> str:
    found = NUMBER.search(say(page, who, what))
    assert found
    page.request.post(f"{address}/sim/clock", data={"advance": "PT2M"})
    return found[0]


def _messages(page: Page, name: str, number: str) -> Locator:
    return phone_of(page, name).locator(".message:not(.own)").filter(has_text=number)


def _card(page: Page, name: str, number: str) -> Locator:
    """The newest message about an item that still has buttons."""
    return _messages(page, name, number).filter(has=page.locator(".card-button")).last


def _pressed(page: Page, name: str, number: str) -> Locator:
    return _messages(page, name, number).filter(has=page.locator(".card-pressed")).last


def _shoot(message: Locator, target: Path) -> None:
    message.wait_for()
    message.scroll_into_view_if_needed()
    box = message.bounding_box()
    assert box
    around = {"x": box["x"] - EDGE, "y": box["y"] - EDGE}
    size = {"width": box["width"] + 2 * EDGE, "height": box["height"] + 2 * EDGE}
    message.page.screenshot(path=target, animations="disabled", clip={**around, **size})


if __name__ == "__main__":
    main(*sys.argv[1:])
