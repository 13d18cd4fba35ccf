"""`python -m tests.browser.picture LAPTOP.png PHONE.png`: the pictures of the README, from a demo in full swing."""

import re
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from bot.sim import demo
from tests.browser import chromium

CONTACT, OFFICER, COORDINATOR = "张伟", "李建国", "林晓"
REPORT = "我们厂又跳闸了，这周第三次"
SCENES = (  # one item's way to its rating, dispatched by now: who, what they type, or the button they press
    (OFFICER, "[签收]"),
    (OFFICER, "办结 {n} 变压器已增容，线路正常"),
    (CONTACT, "[满意]"),
)
SAMPLE_MS = 30_000
TOAST_MS = 10_000
NUMBER = re.compile(r"\d{8}-\d{3,}")


def main(laptop: str, phone: str) -> None:
    path = chromium.where()
    if path is None:
        raise SystemExit("no chromium here: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(demo.start(Path(folder), 0, keep=False)) as running,
        chromium.launched(path) as browser,
    ):
        page = open_page(browser, running.address, chromium.LAPTOP)
        _fill(page)
        _play(page, running.address)
        _shoot(page, laptop)
        page = open_page(browser, running.address, chromium.PHONE)
        phone_of(page, CONTACT)
        _shoot(page, phone)


def open_page(browser: Browser, address: str, viewport: dict[str, int]) -> Page:
    page = browser.new_page(viewport=viewport, device_scale_factor=2, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(address)
    page.locator(".phone:visible").first.wait_for()
    return page


def phone_of(page: Page, name: str) -> Locator:
    """Somebody's phone, brought to the table when it is not there."""
    found = page.locator(f'.phone[data-phone="{name}"]')
    if not found.is_visible():
        page.locator(f'.chip[data-person="{name}"]').click()
    return found


def _fill(page: Page) -> None:
    page.get_by_role("button", name="填充示例").click()
    expect(page.locator(".toast")).to_contain_text("示例已填好", timeout=SAMPLE_MS)


def _play(page: Page, address: str) -> None:
    say(page, COORDINATOR, "今日")
    say(page, OFFICER, "待办")  # who has written lately gets messages with buttons
    number = NUMBER.search(say(page, CONTACT, REPORT))
    assert number
    page.request.post(f"{address}/sim/clock", data={"advance": "PT2M"})
    for name, what in SCENES:
        if what.startswith("["):
            press(page, name, number[0], what.strip("[]"))
        else:
            say(page, name, what.format(n=number[0].rpartition("-")[2]))
    phone_of(page, COORDINATOR).locator(".message").filter(has_text=number[0]).wait_for()


def say(page: Page, name: str, text: str) -> str:
    """Types it and sends it; the answer."""
    phone = phone_of(page, name)
    before = phone.locator("[data-message]").count()
    phone.get_by_role("textbox").fill(text)
    phone.get_by_role("textbox").press("Enter")
    return phone.locator("[data-message]").nth(before + 1).inner_text()


def press(page: Page, name: str, number: str, label: str) -> None:
    message = phone_of(page, name).locator(".message").filter(has_text=number)
    message.get_by_role("button", name=label, exact=True).click()
    message.locator(".card-button.pressed, .card-pressed").wait_for()


def _shoot(page: Page, target: str) -> None:
    """Takes the picture, with the sentence that began it at the top of its phone."""
    began = phone_of(page, CONTACT).locator(".message.own").filter(has_text=REPORT).last
    began.evaluate("node => node.parentElement.scrollTo(0, node.offsetTop - node.parentElement.offsetTop - 36)")
    expect(page.locator(".toast")).to_have_count(0, timeout=TOAST_MS)
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=target)


if __name__ == "__main__":
    main(*sys.argv[1:])
