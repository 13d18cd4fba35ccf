"""Changes in the WeCom directory: whoever leaves loses every right at once."""

from sqlalchemy.orm import Session

from bot.message import Message
from store import people

LEAVING = ("delete_user",)


def changed(session: Session, message: Message) -> None:
    """The platform itself reports; what is not about rights is nothing to us."""
    if message.event == "change_contact" and message.change in LEAVING:
        people.forget_identity(session, message.channel, message.subject)
