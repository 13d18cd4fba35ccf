"""What goes on beside the state of an item, and how it ends when nobody works on the item any more."""

from datetime import datetime

from store.tables import Handover, Item


def open_offer(item: Item) -> Handover | None:
    """The transfer that waits for a signature."""
    return next((offer for offer in item.handovers if offer.status == "offered"), None)


def void(item: Item, now: datetime) -> None:
    """The item has left the hands it was in: nobody is waited for beside it."""
    for offer in item.handovers:
        if offer.status == "offered":
            offer.status, offer.decided_at = "void", now
