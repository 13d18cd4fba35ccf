"""What the platforms allow us: the token of each account."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import HOME, Base


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
