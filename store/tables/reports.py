"""What people sent: deliveries, reports, fragments, and the questions they were asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.tables.base import HOME, Base, own_number, partly

if TYPE_CHECKING:
    from store.tables.items import Item


class Inbox(Base):
    """Each delivery of the platform, written first. The unique key makes a redelivery harmless."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("district_id", "channel", "dedupe_key"),
        partly("inbox_waiting", "person_id", "id", where="waiting", on_sqlite="waiting = 1"),
    )
    id: Mapped[int] = own_number()
    district_id: Mapped[str] = mapped_column(default=HOME)
    channel: Mapped[str]
    dedupe_key: Mapped[str] = mapped_column(String(1000))  # a keyed index: the key itself names the sender
    received_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    body: Mapped[str] = mapped_column(Text)  # sealed, and so is the reply; "" once it is pruned or erased
    reply: Mapped[str | None] = mapped_column(Text)
    failed: Mapped[bool] = mapped_column(default=False)  # stored, answered kindly, not understood: a person looks
    waiting: Mapped[bool] = mapped_column(default=False, server_default=false())  # too many at once: understood later


class Report(Base):
    """One burst of messages of one person; one or more items come out of it."""

    __tablename__ = "report"
    __table_args__ = (Index("report_of_person", "person_id", "settles_at"),)
    id: Mapped[int] = own_number()
    district_id: Mapped[str] = mapped_column(default=HOME)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    settles_at: Mapped[datetime]
    items: Mapped[list[Item]] = relationship(back_populates="report", order_by="Item.id")
    fragments: Mapped[list[Fragment]] = relationship(back_populates="report", order_by="Fragment.id")


class Fragment(Base):
    """What a person sent, unchanged: text, picture, voice, place. Evidence."""

    __tablename__ = "fragment"
    __table_args__ = (Index("fragment_of_person", "person_id", "at"),)
    id: Mapped[int] = own_number()
    district_id: Mapped[str] = mapped_column(default=HOME)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    media_id: Mapped[str | None] = mapped_column(String(512))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    report: Mapped[Report | None] = relationship(back_populates="fragments")


class Media(Base):
    """A picture, voice or video somebody sent: fetched once from the platform and kept by its content. wanted, kept,
    failed, pruned."""

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("district_id", "channel", "media_id"),
        Index("media_due", "status", "next_try"),
        Index("media_by_content", "sha256"),
    )
    id: Mapped[int] = own_number()
    district_id: Mapped[str] = mapped_column(default=HOME)
    channel: Mapped[str]
    media_id: Mapped[str] = mapped_column(String(512))
    wanted_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="wanted")
    next_try: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    mime: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[str | None]
    kept_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Question(Base):
    """What the service asked a person and has no answer to yet. One at a time per person."""

    __tablename__ = "question"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    data: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]
    item: Mapped[Item] = relationship()


class DayCounter(Base):
    """The last number given on a day of a district; what is counted apart has a row of its own."""

    __tablename__ = "day_counter"
    district_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Listing(Base):
    """The lines of the list a person was last shown, so that they can be answered by their place: `2 延 2天`."""

    __tablename__ = "listing"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    at: Mapped[datetime]
    item: Mapped[Item] = relationship()
