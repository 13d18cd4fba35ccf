"""How people come to speak for an enterprise: invitations, codes to scan, claims that wait for a proof."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.tables.base import HOME, Base
from store.tables.people import Enterprise, Person


class Invitation(Base):
    """A code that binds whoever types it to an enterprise, once."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("district_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    code: Mapped[str]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    expires_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who made it; None: an import
    handed_over_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # whose open items go along
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    used_at: Mapped[datetime | None]
    enterprise: Mapped[Enterprise] = relationship()
    handed_over_by: Mapped[Person | None] = relationship(foreign_keys=handed_over_by_id)


class Scene(Base):
    """A code to scan: 128 random bits that mean nothing outside this row. wanted, made, failed."""

    __tablename__ = "scene"
    __table_args__ = (UniqueConstraint("district_id", "token"), Index("scene_due", "status", "next_try"))
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    token: Mapped[str]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    tail_index: Mapped[str | None]  # of the last four digits of the telephone number the cadre has on file
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    used_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default="wanted")
    next_try: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    url: Mapped[str | None] = mapped_column(Text)  # of its picture
    enterprise: Mapped[Enterprise] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=by_id)


class Claim(Base):
    """Somebody who says they speak for an enterprise and has yet to show it. open, asked, bound, refused, void."""

    __tablename__ = "claim"
    __table_args__ = (Index("claim_of_person", "person_id", "status"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[str] = mapped_column(default=HOME)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    via: Mapped[str]  # scene, credit_code
    scene_id: Mapped[int | None] = mapped_column(ForeignKey("scene.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="open")
    wrong: Mapped[int] = mapped_column(default=0)  # how often the second proof did not fit
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    enterprise: Mapped[Enterprise] = relationship()
    scene: Mapped[Scene | None] = relationship()
