"""What must be said to people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.tables.base import HOME, Base, own_number, partly
from store.tables.people import Identity, Person

if TYPE_CHECKING:
    from store.tables.items import Item


class Push(Base):
    """The outbox. A row is put in the transaction that causes it and is never sent twice under one key."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("district_id", "once_key"),
        partly("outbox_due", "next_try", "id", where="status IN ('ready', 'sending')"),
        partly("outbox_with_words", "id", where="body IS NOT NULL OR identity_id IS NOT NULL"),
        Index("outbox_by_status", "status"),
        Index("outbox_of_item", "item_id"),
        Index("outbox_to_person", "person_id", "sent_at"),
        Index("outbox_by_vendor", "vendor_id"),
    )
    id: Mapped[int] = own_number()
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
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("identity.id", ondelete="SET NULL"), index=True)
    body: Mapped[dict[str, Any] | None]  # final but for the account it goes to: every try sends the same
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)  # travels with that one
    lease_owner: Mapped[str | None]
    maybe_since: Mapped[datetime | None]  # a call went out and no answer is known
    sent_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]  # the platform said so afterwards
    closed_ways: Mapped[list[str] | None]  # ways that were tried and are closed for this one
    vendor_id: Mapped[str | None]
    error: Mapped[str | None]
    request_id: Mapped[str | None] = mapped_column(String(64))  # which request caused it, as the log calls it
    pressed: Mapped[str | None]  # the button of its card that was clicked, once
    person: Mapped[Person] = relationship()
    digest: Mapped[Push | None] = relationship(remote_side=id)
    identity: Mapped[Identity | None] = relationship()
    item: Mapped[Item | None] = relationship()


class Beat(Base):
    """When a rhythm (morning list, weekly, monthly, watchdog) was last kept."""

    __tablename__ = "beat"
    district_id: Mapped[str] = mapped_column(primary_key=True, default=HOME)
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Audit(Base):
    """What was done about people's accounts, ties and data: append-only, internal ids alone, each row chained to the
    one before by its hash."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("district_id", "seq"), Index("audit_of_person", "person_id", "action", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    seq: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the service, or the command line
    action: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # about whom
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    data: Mapped[dict[str, Any]]
    hash: Mapped[str]
