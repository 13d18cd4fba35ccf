"""One problem of one enterprise, and its history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.tables.asides import Batch, Commitment, Escalation, Extension, Handover, Pause, Reminder, Support
from store.tables.base import HOME, Base, own_number, partly
from store.tables.people import Department, Enterprise, Person

if TYPE_CHECKING:
    from store.tables.reports import Report


class Item(Base):
    """One problem of one enterprise, from registration to its end. `state` has one writer: the lifecycle."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("district_id", "number"),
        # What is due, what is open: what has ended stands in none of these, so that they do not grow with the past.
        partly("item_due", "next_check_at", "id", where="next_check_at IS NOT NULL"),
        partly("item_open_of_officer", "officer_id", "closed_at", where="closed_at IS NULL"),
        partly("item_open", "closed_at", "due_at", where="closed_at IS NULL"),
        Index("item_of_contact", "contact_id", "closed_at"),
        Index("item_by_short", "district_id", "short"),
        Index("item_merged_into", "merged_into_id"),
        Index("item_of_enterprise", "enterprise_id", "closed_at"),
        # What belongs to a period, a unit, a superior.
        Index("item_registered", "registered_at"),
        Index("item_assigned", "assigned_at"),
        partly("item_closed", "closed_at", where="closed_at IS NOT NULL"),
        Index("item_resolved", "resolved_at"),
        Index("item_deadline", "due_at"),
        Index("item_of_lead", "lead_id", "closed_at"),
        Index("item_of_superior", "superior_number"),
        Index("item_repeated", "enterprise_id", "category", "registered_at"),
        # What is not in the running totals yet: counted one by one, and folded in when it has ended long ago.
        partly("item_unfolded", "closed_at", where="NOT folded", on_sqlite="folded = 0"),
    )
    id: Mapped[int] = own_number()
    district_id: Mapped[str] = mapped_column(default=HOME)
    number: Mapped[str]
    short: Mapped[str]  # the running number of its day, as people type it
    version: Mapped[int] = mapped_column(default=1)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    source: Mapped[str] = mapped_column(default="chat")  # chat, visit, window, hotline, platform, card, superior
    scope: Mapped[str] = mapped_column(default="ours", server_default="ours")  # ours, not_in_remit
    campaign: Mapped[str | None]  # the time-boxed action it was collected in
    superior_number: Mapped[str | None]  # the number a superior gave it
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    kind: Mapped[str] = mapped_column(default="problem")  # problem, emergency, misconduct
    restricted: Mapped[bool] = mapped_column(default=False)  # seen by its receiver only

    text: Mapped[str] = mapped_column(Text)
    category: Mapped[str]
    topic: Mapped[str] = mapped_column(default="", server_default="")  # sub-topic of the category; "": none known
    confidence: Mapped[float]
    because: Mapped[list[str]]
    candidates: Mapped[list[str]]
    doubtful: Mapped[bool] = mapped_column(default=False)  # too uncertain to be sent to anybody by rule
    nature: Mapped[str]
    urgent: Mapped[bool]
    grade: Mapped[int]
    rules: Mapped[dict[str, Any]]  # what decided category, grade, urgency: "file: entry"

    state: Mapped[str] = mapped_column(default="registered")
    state_since: Mapped[datetime]
    round: Mapped[int] = mapped_column(default=1)
    registered_at: Mapped[datetime]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    follower_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who last declared it done
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # whose deputy the officer is
    attention: Mapped[int] = mapped_column(default=0, server_default="0")  # 0 owner, 1 head, 2 office, 3 leader
    mode: Mapped[str | None]
    assigned_at: Mapped[datetime | None]  # the present owner has it since then …
    sign_due_at: Mapped[datetime | None]  # … must have signed by then …
    signed_at: Mapped[datetime | None]  # … and did
    contacted_at: Mapped[datetime | None]  # the handler first spoke with the enterprise
    heard_at: Mapped[datetime | None]  # the enterprise last heard something
    paused_until: Mapped[datetime | None]  # the deadline stands still until then
    clock_from: Mapped[datetime | None]  # the deadline is counted from here
    due_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]
    checked_until: Mapped[datetime | None]  # rungs up to here have been climbed
    resolved_at: Mapped[datetime | None]  # when it was last declared done
    was_late: Mapped[bool] = mapped_column(default=False)  # done after the deadline, in whichever round
    result: Mapped[str | None] = mapped_column(Text)
    result_code: Mapped[str | None]  # solved, planned, explained, not_in_remit
    planned_at: Mapped[datetime | None]  # when what was planned is to be there
    rating: Mapped[int | None]  # the outcome: 5 very satisfied … 1 very dissatisfied; None: not rated
    reply_rating: Mapped[int | None]  # the reply, rated apart from the outcome
    rating_reason: Mapped[str | None] = mapped_column(Text)
    urged: Mapped[int] = mapped_column(default=0)
    returns: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    followup_at: Mapped[datetime | None]  # when somebody looks again after the close
    followup: Mapped[str | None]  # asked; then what was found: stable, rebound, false
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    folded: Mapped[bool] = mapped_column(default=False, server_default=false())  # counted in the running totals

    report: Mapped[Report] = relationship(back_populates="items")
    contact: Mapped[Person] = relationship(foreign_keys=contact_id)
    enterprise: Mapped[Enterprise | None] = relationship()
    lead: Mapped[Department | None] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=officer_id)
    follower: Mapped[Person | None] = relationship(foreign_keys=follower_id)
    events: Mapped[list[Event]] = relationship(back_populates="item", order_by="Event.seq")
    acting_for: Mapped[Person | None] = relationship(foreign_keys=acting_for_id)
    batch: Mapped[Batch | None] = relationship(back_populates="items")
    supports: Mapped[list[Support]] = relationship(order_by="Support.department_id", cascade="all, delete-orphan")
    extensions: Mapped[list[Extension]] = relationship(order_by="Extension.id")
    pauses: Mapped[list[Pause]] = relationship(order_by="Pause.id")
    handovers: Mapped[list[Handover]] = relationship(order_by="Handover.id")
    escalations: Mapped[list[Escalation]] = relationship(back_populates="item", order_by="Escalation.id")
    commitments: Mapped[list[Commitment]] = relationship(order_by="Commitment.id")
    reminders: Mapped[list[Reminder]] = relationship(order_by="Reminder.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  two at once: one wins, one is told


class Total(Base):
    """A running total: how many of the folded items of a source, a campaign and a unit fit a named count. "" and 0
    stand for none, which a key cannot hold."""

    __tablename__ = "total"
    district_id: Mapped[str] = mapped_column(primary_key=True, default=HOME)
    source: Mapped[str] = mapped_column(primary_key=True)
    campaign: Mapped[str] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    basis: Mapped[str]  # by which definition of the counts it was counted
    count: Mapped[int]


class ItemWord(Base):
    """The few words that tell an item apart, so that others like it are found without reading all."""

    __tablename__ = "item_word"
    district_id: Mapped[str] = mapped_column(primary_key=True, default=HOME)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)


class Correction(Base):
    """A category chosen by a person: what the machine had said, and by which words it was misled."""

    __tablename__ = "correction"
    __table_args__ = (Index("correction_of_district", "district_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    before: Mapped[str]
    after: Mapped[str]
    misled: Mapped[list[str]]  # the words and rules that had decided
    item: Mapped[Item] = relationship()
    by: Mapped[Person] = relationship()


class Event(Base):
    """What happened to an item, append-only: who, when, which rule, before, after."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("district_id", "item_id", "seq"),
        Index("event_of_item", "item_id", "seq"),  # the key above begins with what all rows share
        Index("event_of_action", "action", "at"),
    )
    id: Mapped[int] = own_number()
    district_id: Mapped[str] = mapped_column(default=HOME)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the service itself
    action: Mapped[str]
    rule: Mapped[str] = mapped_column(Text, default="")
    state_before: Mapped[str]
    state_after: Mapped[str]
    data: Mapped[dict[str, Any]]
    item: Mapped[Item] = relationship(back_populates="events")
    actor: Mapped[Person | None] = relationship()
