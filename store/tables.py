"""Every table of the service. Times are aware UTC; every growing table carries its district first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from store.types import UtcDateTime

HOME = "main"
"""The district of an office that has only one."""


class Base(DeclarativeBase):
    # SQLite numbers rows by itself only in a column typed INTEGER; PostgreSQL needs 64 bits.
    type_annotation_map = {  # noqa: RUF012  declared by SQLAlchemy
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        int: BigInteger().with_variant(Integer, "sqlite"),
        str: String(200),
    }


class Department(Base):
    """A unit of the organisation tree. Units merge and are renamed: `valid_to` ends one without orphans."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("district_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    code: Mapped[str]
    name: Mapped[str]
    parent_code: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Person(Base):
    """Somebody who talks with the service. `role` alone decides which commands are open to them."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("district_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    key: Mapped[str]  # what an import file calls this person: two people may share a name
    name: Mapped[str]
    role: Mapped[str]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    active: Mapped[bool] = mapped_column(default=True)
    department: Mapped[Department | None] = relationship()
    enterprises: Mapped[list[Enterprise]] = relationship(
        secondary="enterprise_contact", back_populates="contacts", order_by="Enterprise.id"
    )


class Identity(Base):
    """Where a person can be reached: one account of one channel. Kept apart from everything else."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("district_id", "channel", "external_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    channel: Mapped[str]
    external_id: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    window_until: Mapped[datetime | None]  # customer-service messages are open until then
    window_left: Mapped[int] = mapped_column(default=0)
    person: Mapped[Person] = relationship()


class Enterprise(Base):
    __tablename__ = "enterprise"
    __table_args__ = (UniqueConstraint("district_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    name: Mapped[str]
    credit_code: Mapped[str | None]  # unified social credit code, GB 32100-2015
    bound_officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    bound_officer: Mapped[Person | None] = relationship(foreign_keys=bound_officer_id)
    contacts: Mapped[list[Person]] = relationship(
        secondary="enterprise_contact", back_populates="enterprises", order_by="Person.id"
    )


class EnterpriseContact(Base):
    __tablename__ = "enterprise_contact"
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class Invitation(Base):
    """A code that binds whoever types it to an enterprise, once."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("district_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    code: Mapped[str]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    expires_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    used_at: Mapped[datetime | None]
    enterprise: Mapped[Enterprise] = relationship()


class Inbox(Base):
    """Each delivery of the platform, written first. The unique key makes a redelivery harmless."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("district_id", "channel", "dedupe_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    channel: Mapped[str]
    dedupe_key: Mapped[str] = mapped_column(String(1000))
    received_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)
    failed: Mapped[bool] = mapped_column(default=False)  # stored, answered kindly, not understood: a person looks


class Report(Base):
    """One burst of messages of one person; one or more items come out of it."""

    __tablename__ = "report"
    __table_args__ = (Index("report_of_person", "person_id", "settles_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
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
    id: Mapped[int] = mapped_column(primary_key=True)
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


class DayCounter(Base):
    """The last number given on a day of a district."""

    __tablename__ = "day_counter"
    district_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Item(Base):
    """One problem of one enterprise, from registration to its end. `state` has one writer: the lifecycle."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("district_id", "number"),
        # What is due, what is open: found without reading what is stored.
        Index("item_due", "next_check_at"),
        Index("item_open_of_officer", "officer_id", "closed_at"),
        Index("item_of_contact", "contact_id", "closed_at"),
        Index("item_open", "closed_at", "due_at"),
        Index("item_by_short", "district_id", "short"),
        Index("item_merged_into", "merged_into_id"),
        Index("item_of_enterprise", "enterprise_id", "closed_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    number: Mapped[str]
    short: Mapped[str]  # the running number of its day, as people type it
    version: Mapped[int] = mapped_column(default=1)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    source: Mapped[str] = mapped_column(default="chat")
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
    mode: Mapped[str | None]
    clock_from: Mapped[datetime | None]  # the deadline is counted from here
    due_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]
    checked_until: Mapped[datetime | None]  # rungs up to here have been climbed
    resolved_at: Mapped[datetime | None]  # when it was last declared done
    was_late: Mapped[bool] = mapped_column(default=False)  # done after the deadline, in whichever round
    result: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[int | None]  # 5 very satisfied … 1 very dissatisfied; None: not rated
    rating_reason: Mapped[str | None] = mapped_column(Text)
    urged: Mapped[int] = mapped_column(default=0)
    returns: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))

    report: Mapped[Report] = relationship(back_populates="items")
    contact: Mapped[Person] = relationship(foreign_keys=contact_id)
    enterprise: Mapped[Enterprise | None] = relationship()
    lead: Mapped[Department | None] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=officer_id)
    follower: Mapped[Person | None] = relationship(foreign_keys=follower_id)
    events: Mapped[list[Event]] = relationship(back_populates="item", order_by="Event.seq")
    support: Mapped[list[Department]] = relationship(secondary="item_support")
    extensions: Mapped[list[Extension]] = relationship(order_by="Extension.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  two at once: one wins, one is told


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


class ItemSupport(Base):
    """Supporting departments of an item; the lead is on the item."""

    __tablename__ = "item_support"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)


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


class Event(Base):
    """What happened to an item, append-only: who, when, which rule, before, after."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("district_id", "item_id", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
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


class Push(Base):
    """The outbox. A row is put in the transaction that causes it and is never sent twice under one key."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("district_id", "once_key"),
        Index("outbox_due", "status", "next_try"),
        Index("outbox_of_item", "item_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    once_key: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    text_key: Mapped[str]
    facts: Mapped[dict[str, Any]]
    urgent: Mapped[bool] = mapped_column(default=False)
    recipient: Mapped[str | None]  # as what this person is told: officer, contact, coordinator …
    reminder: Mapped[bool] = mapped_column(default=False)  # comes by itself; several travel as one
    while_state: Mapped[str | None]  # asks for something: dropped once the item has left this state …
    while_round: Mapped[int | None]  # … or this round
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="ready")
    next_try: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str | None]
    body: Mapped[dict[str, Any] | None]  # final, stored before the first call: every try sends the same
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)  # travels with that one
    lease_owner: Mapped[str | None]
    maybe_since: Mapped[datetime | None]  # a call went out and no answer is known
    sent_at: Mapped[datetime | None]
    vendor_id: Mapped[str | None]
    error: Mapped[str | None]
    person: Mapped[Person] = relationship()
    item: Mapped[Item | None] = relationship()


class Question(Base):
    """What the service asked a person and has no answer to yet. One at a time per person."""

    __tablename__ = "question"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    data: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]
    item: Mapped[Item] = relationship()
