"""Stories of somebody who tries the demo in a browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import PHONE
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

NUMBER = re.compile(r"\d{8}-\d{3,}")
TOUR_MS = 90_000
SAMPLE_MS = 30_000


def phone(page: Page, name: str) -> Locator:
    """Somebody's phone, brought to the table when it is not there."""
    found = page.locator(f'.phone[data-phone="{name}"]')
    if not found.is_visible():
        page.locator(f'.chip[data-person="{name}"]').click()
    return found


def say(page: Page, name: str, text: str) -> Locator:
    """Types it and sends it; the answer's bubble."""
    mine = phone(page, name)
    before = mine.locator("[data-message]").count()
    mine.get_by_role("textbox").fill(text)
    mine.get_by_role("textbox").press("Enter")
    answer = mine.locator("[data-message]").nth(before + 1)
    answer.wait_for()
    return answer


def number_in(bubble: Locator) -> str:
    expect(bubble).to_contain_text(NUMBER)
    found = NUMBER.search(bubble.inner_text())
    assert found
    return found[0]


def row(page: Page, number: str) -> Locator:
    return page.locator(f'.item[data-number="{number}"]')


def state(page: Page, number: str) -> Locator:
    return row(page, number).locator("[data-state]")


def test_a_report_gets_a_number_and_reaches_the_officer(shared_demo: str, open_page: OpenPage) -> None:
    page = open_page(shared_demo)

    number = number_in(say(page, "张伟", "我们厂又跳闸了，这周第三次"))
    page.get_by_role("button", name="+2 小时").click()

    expect(phone(page, "李建国").locator(".bubble").filter(has_text=number).first).to_be_visible()
    expect(state(page, number)).to_have_text("待签收")
    expect(row(page, number)).to_contain_text("供电公司")
    expect(row(page, number)).to_contain_text("李建国")


def test_the_button_on_the_receipt_withdraws_the_item(shared_demo: str, open_page: OpenPage) -> None:
    page = open_page(shared_demo)
    receipt = say(page, "刘洋", "缺三十多个熟练工，订单赶不出来")
    number = number_in(receipt)

    receipt.get_by_role("button", name="撤回").click()

    expect(receipt.get_by_role("button", name="撤回")).to_have_class(re.compile("pressed"))
    expect(state(page, number)).to_have_text("已撤回")
    expect(phone(page, "刘洋").locator(".message:not(.own)").last).to_contain_text("撤回")


def test_a_card_that_was_overtaken_by_words_loses_its_buttons_on_the_phone(
    shared_demo: str, open_page: OpenPage
) -> None:
    page = open_page(shared_demo)
    number = number_in(say(page, "张伟", "我们厂又跳闸了，这周第三次"))
    page.request.post(f"{shared_demo}/sim/clock", data={"advance": "PT2M"})
    card = phone(page, "李建国").locator(".message:not(.own)").filter(has_text=number).first
    card.locator(".card-button").first.wait_for()

    say(page, "李建国", f"签收 {number}")

    expect(card.locator(".card-pressed")).to_contain_text("现为：办理中")
    expect(card.locator(".card-button")).to_have_count(0)


def test_the_number_in_a_bubble_unfolds_the_history_in_the_ledger(shared_demo: str, open_page: OpenPage) -> None:
    page = open_page(shared_demo)
    receipt = say(page, "徐静", "去年说好的技改补贴到现在没到账")
    number = number_in(receipt)

    receipt.get_by_role("button", name=number).click()

    history = page.locator(".history")
    expect(history.locator(".quote")).to_have_text("去年说好的技改补贴到现在没到账")
    expect(history.locator(".event").first).to_contain_text("登记")


def test_what_people_write_stays_text(shared_demo: str, open_page: OpenPage) -> None:
    page, hostile = open_page(shared_demo), "<img src=x>"

    say(page, "陈晨", hostile)
    number = number_in(say(page, "陈晨", f"厂门口天天没地方停车，货车进不来{hostile}"))
    row(page, number).click()

    own = phone(page, "陈晨").locator(".own .bubble")
    expect(own.first).to_have_text(hostile)
    expect(page.locator(".quote")).to_contain_text(hostile)
    expect(page.locator("img")).to_have_count(0)


def test_a_refusal_is_told_in_chinese_first(shared_demo: str, open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page(shared_demo)
    refusal = {"error": "at most a year at a time"}
    page.route("**/sim/clock", lambda route: route.fulfill(status=400, json=refusal), times=1)

    with page.expect_response(lambda response: response.status == 400):
        page.get_by_role("button", name="明早 9 点").click()

    expect(page.locator(".toast")).to_have_text("这一步没有做成（at most a year at a time）")
    complaints.clear()  # the browser itself notes every 400


def test_on_a_phone_one_phone_is_seen_at_a_time_and_nothing_sticks_out(shared_demo: str, open_page: OpenPage) -> None:
    page = open_page(shared_demo, PHONE)
    seen = page.locator(".phone:visible")

    say(page, "杨帆", f"设备坏了看这里 https://example.com/{'a' * 200} 缺三十多个缝纫熟练工，订单赶不出来")

    expect(seen).to_have_count(1)
    assert fits(page)

    phone(page, "林晓")

    expect(seen).to_have_count(1)
    expect(seen).to_have_attribute("data-phone", "林晓")
    assert fits(page)

    page.get_by_role("button", name="台账").click()
    page.locator(".item").first.click()

    expect(seen).to_have_count(0)
    expect(page.locator(".history")).to_be_visible()
    assert fits(page)


def fits(page: Page) -> bool:
    """Nothing scrolls sideways: neither the page, nor a chat or the ledger in it."""
    return bool(
        page.evaluate("""
            [document.documentElement, ...document.querySelectorAll(".chat, .ledger-body")]
                .every((node) => node.scrollWidth <= node.clientWidth && node.clientWidth <= innerWidth)
        """)
    )


def test_the_sample_fills_the_ledger_and_the_phones(fresh_demo: str, open_page: OpenPage) -> None:
    page = open_page(fresh_demo)

    page.get_by_role("button", name="填充示例").click()

    expect(page.locator(".toast")).to_contain_text("示例已填好", timeout=SAMPLE_MS)
    assert 25 <= page.locator(".item").count() <= 40
    roles = page.locator(".phone").evaluate_all("phones => phones.map((phone) => phone.dataset.role)")
    silent = {role for role in roles if not page.locator(f'.phone[data-role="{role}"] .message:not(.own)').count()}
    assert silent == set()


def test_the_tour_plays_from_one_sentence_to_struck_off(fresh_demo: str, open_page: OpenPage) -> None:
    page = open_page(fresh_demo)

    page.get_by_role("button", name="播放示例").click()

    expect(page.locator("[data-caption-step]")).to_have_text(re.compile("完成|停止"), timeout=TOUR_MS)
    expect(page.locator("[data-caption-text]")).to_contain_text("从一句话到销号")
    expect(page.locator(".item [data-state]")).to_have_text(["已销号"])
