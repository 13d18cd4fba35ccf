"""Leaving WeCom: whoever leaves the directory, is disabled there, or may not use the application any more, loses
every right at once, on every account. What was theirs goes on without them; `lianxin import` brings them back."""

from bot.message import Message
from routing import departure
from routing.policy import Turn
from store import people

GONE = ("2", "5")
"""The status of a member who was disabled, and of one who has quit (WeCom page 90970)."""


def changed(turn: Turn, message: Message) -> None:
    """The platform itself reports; what is not about rights is nothing to us."""
    if message.event != "change_contact":
        return
    if message.change == "delete_user" or (message.change == "update_user" and message.status in GONE):
        leave(turn, message.channel, message.subject)
    elif message.change == "update_user" and message.renamed:
        _renamed(turn, message)


def leave(turn: Turn, channel: str, account: str) -> None:
    """This account is nobody's from now on, and an official whose account it was is in the service no more. Somebody
    else keeps their other accounts."""
    found = people.identity(turn.session, channel, account)
    if found is None:
        return
    person = found.person
    turn.session.delete(found)
    turn.session.flush()
    if person.role in departure.POSTS:
        person.active = False
        departure.sweep(turn)


def _renamed(turn: Turn, message: Message) -> None:
    """The same member under another user id, unless that one is somebody's already."""
    found = people.identity(turn.session, message.channel, message.subject)
    if found is not None and people.identity(turn.session, message.channel, message.renamed) is None:
        people.rename_account(turn.session, found, message.renamed)
