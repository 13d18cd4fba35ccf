"""Joining and leaving WeCom: whoever leaves the directory, or may not use the application any more, loses every
right at once. What was theirs goes on without them."""

from bot.message import Message
from routing import departure
from routing.policy import Turn
from store import people

LEAVING = ("delete_user",)


def changed(turn: Turn, message: Message) -> None:
    """The platform itself reports; what is not about rights is nothing to us."""
    if message.event == "change_contact" and message.change in LEAVING:
        leave(turn, message.channel, message.subject)


def leave(turn: Turn, channel: str, account: str) -> None:
    """This account is nobody's from now on. Whoever has no other one has left the service, too."""
    found = people.identity(turn.session, channel, account)
    if found is None:
        return
    person = found.person
    turn.session.delete(found)
    turn.session.flush()
    if person.role in departure.POSTS and not people.identities_of(turn.session, person):
        person.active = False
        departure.sweep(turn)
