"""The platform's own ledger of the chat window: what a person did lets the account write to them for a while.

"Customer service messages", developers.weixin.qq.com: five in 48 hours after a message, three in a minute after a
menu, following or a scan. It is read from what the person's phone has shown, so that it survives a restart; it knows
nothing of the service's own.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

DAYS, MINUTE = timedelta(hours=48), timedelta(minutes=1)
OPENS = {"said": (DAYS, 5)} | dict.fromkeys(("pressed", "menu", "followed", "scanned"), (MINUTE, 3))
SENT = "custom"
OUTSIDE, USED_UP = 45015, 45047


def refusal(entries: Iterable[Mapping[str, Any]], now: datetime) -> int | None:
    """The code by which one more message is refused: outside every window, or what they allow is used up."""
    windows: dict[str, tuple[datetime, int]] = {}
    for entry in entries:
        via, at = entry.get("via"), datetime.fromisoformat(entry["at"])
        if via in OPENS:
            length, allowed = OPENS[via]
            windows[via] = (at + length, allowed)
        elif via == SENT:
            _take(windows, at)
    still_open = [left for until, left in windows.values() if now < until]
    if not still_open:
        return OUTSIDE
    return None if any(left > 0 for left in still_open) else USED_UP


def _take(windows: dict[str, tuple[datetime, int]], at: datetime) -> None:
    """From the window that closes first."""
    usable = [(until, kind) for kind, (until, left) in windows.items() if at < until and left > 0]
    if usable:
        until, kind = min(usable)
        windows[kind] = (until, windows[kind][1] - 1)
