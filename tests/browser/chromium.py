"""Debian's Chromium, quiet: it asks nobody on the network for anything but the page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAPTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def where() -> Path | None:
    """The installed browser, or None."""
    path = Path(shutil.which("chromium") or "/usr/bin/chromium")
    return path if path.exists() else None


@contextmanager
def launched(path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()
