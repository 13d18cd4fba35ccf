"""What goes on beside the state of an item, each in a table of its own with its own few steps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.tables.base import HOME, Base, own_number, partly
from store.tables.people import Department, Person

if TYPE_CHECKING:
    from store.tables.items import Item


class Support(Base):
    """A supporting department of an item (the lead is on the item): asked, answered, void."""

    __tablename__ = "item_support"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str] = mapped_column(default="asked", server_default="asked")
    asked_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
    department: Mapped[Department] = relationship()
    officer: Mapped[Person | None] = relationship()


class Extension(Base):
    """A request for a later deadline, and what became of it: asked, granted or refused."""

    __tablename__ = "extension"
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    old_due_at: Mapped[datetime]
    new_due_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(default="asked")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class Pause(Base):
    """A time in which the deadline stands still until its wake-up date: asked, running, over, refused, void."""

    __tablename__ = "pause"
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(default="asked")
    ended_at: Mapped[datetime | None]


class Handover(Base):
    """A transfer that waits for the new owner's signature; until then the old one stays responsible: offered, taken,
    declined, void."""

    __tablename__ = "handover"
    __table_args__ = (Index("handover_to", "to_id", "status"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(default="offered")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    item: Mapped[Item] = relationship(back_populates="handovers")
    from_person: Mapped[Person] = relationship(foreign_keys=from_id)
    to_person: Mapped[Person] = relationship(foreign_keys=to_id)
    lead: Mapped[Department] = relationship()


class Escalation(Base):
    """An item put to a leader (`leader`) or to a higher authority (`superior`): asked, answered, void."""

    __tablename__ = "escalation"
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    level: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: by rule
    asked_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(default="asked")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    item: Mapped[Item] = relationship(back_populates="escalations")


class Commitment(Base):
    """What an officer promised the enterprise, and by when: open, kept, broken, void."""

    __tablename__ = "commitment"
    __table_args__ = (Index("commitment_due", "status", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]  # None: said, or not to be said any more
    status: Mapped[str] = mapped_column(default="open")
    settled_at: Mapped[datetime | None]
    item: Mapped[Item] = relationship(back_populates="commitments")
    by: Mapped[Person] = relationship()


class Batch(Base):
    """Items of several enterprises linked under one topic: one answer goes to all, each is closed on its own."""

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("district_id", "topic"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    topic: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    items: Mapped[list[Item]] = relationship(back_populates="batch", order_by="Item.id")


class Campaign(Base):
    """A time-boxed action in which problems are collected: what is registered while it runs carries its name."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("district_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    name: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Reminder(Base):
    """A rung planned for an item: when it is due, whether it was said, or why not. One per round and moment."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("district_id", "item_id", "round", "rung", "due_at"),
        Index("reminder_of_item", "item_id"),
        partly("reminder_due", "due_at", where="status = 'planned'"),
    )
    id: Mapped[int] = own_number()
    district_id: Mapped[str] = mapped_column(default=HOME)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    round: Mapped[int]
    rung: Mapped[str]
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="planned")  # planned, said, void
    said_at: Mapped[datetime | None]
    why: Mapped[str | None]  # void: it moved on, nobody looked in time, nobody was there to be told
    item: Mapped[Item] = relationship(back_populates="reminders")
