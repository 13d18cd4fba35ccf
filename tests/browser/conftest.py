"""One browser for all stories; one demo for the short ones, and a fresh one where the ledger must be empty."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from bot.sim import demo
from tests.browser import chromium

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium.where()
    if path is None:
        missing = "no chromium here: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with chromium.launched(path) as browser:
        yield browser


@pytest.fixture(scope="module")
def shared_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo that several stories use, each with its own people."""
    yield from _running(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def fresh_demo(tmp_path: Path) -> Iterator[str]:
    """The address of a demo nobody has used."""
    yield from _running(tmp_path)


def _running(folder: Path) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for every look of the page says nothing
    running = demo.start(folder, 0, keep=False)
    yield running.address
    running.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about. Empty at the end of every story."""
    return []


@pytest.fixture
def open_page(browser: Browser, complaints: list[str]) -> Iterator[OpenPage]:
    """Opens the page at an address, at the size of a laptop unless told."""
    pages: list[Page] = []

    def open_at(address: str, viewport: dict[str, int] = chromium.LAPTOP) -> Page:
        page = browser.new_page(viewport=viewport)  # type: ignore[arg-type]
        page.on("console", lambda message: _note(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(address)
        page.locator(".phone:visible").first.wait_for()
        pages.append(page)
        return page

    yield open_at
    for page in pages:
        page.close()
    assert complaints == []


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning"):
        complaints.append(message.text)
