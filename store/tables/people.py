"""Who there is: units, people, enterprises, how they are reached, who is away, who was visited."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, false
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.tables.base import HOME, Base


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
    successor_code: Mapped[str | None]  # the unit that took over what this one had


class Person(Base):
    """Somebody who talks with the service. `role` alone decides which commands are open to them.

    What names them lies in `Particulars` and `Identity`; every other table knows this row's id.
    """

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    role: Mapped[str]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    active: Mapped[bool] = mapped_column(default=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who took over, when this one left
    erased_at: Mapped[datetime | None]  # what named them is gone since then
    department: Mapped[Department | None] = relationship()
    successor: Mapped[Person | None] = relationship(remote_side=id)
    enterprises: Mapped[list[Enterprise]] = relationship(
        secondary="enterprise_contact", back_populates="contacts", order_by="Enterprise.id"
    )
    particulars: Mapped[Particulars] = relationship(lazy="joined", innerjoin=True, cascade="all, delete-orphan")
    key: AssociationProxy[str] = association_proxy("particulars", "key", creator=lambda key: Particulars(key=key))
    name: AssociationProxy[str] = association_proxy(
        "particulars", "name", creator=lambda name: Particulars(name=name)
    )


class Particulars(Base):
    """What names a person: all there is to erase beside their accounts."""

    __tablename__ = "particulars"
    __table_args__ = (UniqueConstraint("district_id", "key"), Index("particulars_by_name", "name"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    key: Mapped[str]  # what an import file calls this person: two people may share a name
    name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(Text)  # sealed


class Identity(Base):
    """Where a person can be reached: one account of one channel, sealed, and found by its keyed index."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("district_id", "channel", "account_index"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    channel: Mapped[str]
    account: Mapped[str] = mapped_column(Text)  # the openid or user id, sealed
    account_index: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    plain: Mapped[bool] = mapped_column(default=False, server_default=false())  # reads texts, not cards
    noticed_at: Mapped[datetime | None]  # when they were told what is kept of them
    heard_at: Mapped[datetime | None]  # when they last wrote …
    in_minute: Mapped[int] = mapped_column(default=0, server_default="0")  # … how often in that minute …
    in_day: Mapped[int] = mapped_column(default=0, server_default="0")  # … and on that day
    person: Mapped[Person] = relationship()


class Erasure(Base):
    """Somebody was erased, and their numbers and accounts are still to be taken out of texts that have nothing to do
    with them. The words are sealed, and the row goes when it is done."""

    __tablename__ = "erasure"
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)


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
    __table_args__ = (Index("enterprise_of_contact", "person_id"),)  # asked with every message
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class Leave(Base):
    """An absence, and who acts meanwhile: planned, running, over, void. Days are local, both included."""

    __tablename__ = "leave"
    __table_args__ = (Index("leave_due", "status", "starts_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="planned")
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    deputy: Mapped[Person] = relationship(foreign_keys=deputy_id)


class Visit(Base):
    """An officer was at an enterprise (走访); what was told there may have become a report."""

    __tablename__ = "visit"
    __table_args__ = (Index("visit_of_officer", "officer_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    officer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    officer: Mapped[Person] = relationship()
    enterprise: Mapped[Enterprise] = relationship()
