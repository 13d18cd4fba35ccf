"""Which window of the chat something opens that a person did; see `limits.toml`."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.limits import Limits, began
from bot.message import Message
from store import windows
from store.tables import Identity

OPENS = {
    "click": "menu",
    "scancode_push": "menu",
    "scancode_waitmsg": "menu",
    "subscribe": "subscribe",
    "scan": "scan",
}
"""Events; any other opens none."""


def window(session: Session, limits: Limits, message: Message, identity: Identity, now: datetime) -> None:
    """What they did lets us write to them for a while, which the platform counts from when they did it. A pressed
    button counts as the menu: it does not open the two days anew."""
    kind = OPENS.get(message.event) if message.kind == "event" else "menu" if message.menu_id else "message"
    if kind is not None:
        limit = limits.windows[kind]
        windows.open_(session, identity, kind, began(message.created, now) + limit.length, limit.messages)
