"""What the platforms allow us, what became of what we sent, and whom somebody must call instead."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.tables.base import HOME, Base, own_number
from store.tables.outbox import Push
from store.tables.people import Person

if TYPE_CHECKING:
    from store.tables.items import Item


class Token(Base):
    """The access token of one account, shared by every process. Whoever holds the lease fetches the next one."""

    __tablename__ = "token"
    district_id: Mapped[str] = mapped_column(primary_key=True, default=HOME)
    account: Mapped[str] = mapped_column(primary_key=True)  # the channel and the account's public id
    value: Mapped[str | None] = mapped_column(Text)  # sealed
    expires_at: Mapped[datetime | None]  # None: the platform has refused it
    refresher: Mapped[str | None]  # who is fetching the next one …
    lease_until: Mapped[datetime | None]  # … and until when they are believed to be alive
    day: Mapped[date | None]  # local
    fetched: Mapped[int] = mapped_column(default=0, server_default="0")  # on that day
    shut_until: Mapped[datetime | None]  # not asked for before: asking cannot help …
    shut_code: Mapped[int | None]  # … because of this error


class ChatWindow(Base):
    """What a person did in the chat opens it for a while: so many messages may be sent, so many have been."""

    __tablename__ = "chat_window"
    __table_args__ = (UniqueConstraint("identity_id", "kind"),)
    id: Mapped[int] = own_number()
    district_id: Mapped[str] = mapped_column(default=HOME)
    identity_id: Mapped[int] = mapped_column(ForeignKey("identity.id", ondelete="CASCADE"))
    kind: Mapped[str]  # what they did: message, menu, subscribe, scan
    until: Mapped[datetime]
    allowed: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)


class Permit(Base):
    """A person allowed subscription messages of one template: each tap allows one, or for good."""

    __tablename__ = "permit"
    __table_args__ = (UniqueConstraint("identity_id", "template_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    identity_id: Mapped[int] = mapped_column(ForeignKey("identity.id", ondelete="CASCADE"))
    template_id: Mapped[str]
    left: Mapped[int] = mapped_column(default=0)
    standing: Mapped[bool] = mapped_column(default=False, server_default=false())


class ChannelUse(Base):
    """How many messages an application has sent by one way today, and until when the platform takes no more."""

    __tablename__ = "channel_use"
    district_id: Mapped[str] = mapped_column(primary_key=True, default=HOME)
    channel: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date | None]  # local
    sent: Mapped[int] = mapped_column(default=0, server_default="0")
    shut_until: Mapped[datetime | None]


class Receipt(Base):
    """What the platform said afterwards about a message it had taken. Kept until its push is found."""

    __tablename__ = "receipt"
    district_id: Mapped[str] = mapped_column(primary_key=True, default=HOME)
    channel: Mapped[str] = mapped_column(primary_key=True)
    vendor_id: Mapped[str] = mapped_column(primary_key=True)
    failure: Mapped[str]  # "": it arrived
    at: Mapped[datetime]


class LiveCard(Base):
    """A card on a phone, as its item stood when it was made: its buttons can be changed, once, by its code."""

    __tablename__ = "live_card"
    __table_args__ = (Index("live_card_due", "next_try", "push_id"),)
    district_id: Mapped[str] = mapped_column(default=HOME)
    push_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    code: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime]  # the platform knows the code
    state: Mapped[str]
    round: Mapped[int]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    next_try: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    push: Mapped[Push] = relationship()


class Call(Base):
    """Somebody whom no message reaches is to be called by telephone. Open until it is ticked off."""

    __tablename__ = "call"
    __table_args__ = (Index("call_open", "done_at", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    push_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))  # the last one that did not arrive
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str | None] = mapped_column(Text)
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    item: Mapped[Item | None] = relationship()
    push: Mapped[Push] = relationship()
