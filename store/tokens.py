"""Access tokens: one row an account, sealed, read and written by every process."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import rows
from store.tables import HOME, Token
from store.vault import WrongKey, vault

PURPOSE = "token"


def look(session: Session, account: str) -> Token | None:
    return session.scalar(select(Token).filter_by(**_key(account)))


def locked(session: Session, account: str) -> Token:
    """The account's row, made where there is none; whoever else wants to change it waits."""
    return rows.locked(session, Token, _key(account), fetched=0)


def _key(account: str) -> dict[str, str]:
    return {"district_id": HOME, "account": account}


def value_of(session: Session, token: Token) -> str | None:
    """The token itself; None where there is none, or one sealed with another key."""
    if token.value is None:
        return None
    try:
        return vault(session).open(PURPOSE, token.value)
    except WrongKey:
        return None


def begin(token: Token, owner: str, until: datetime, day: date) -> None:
    """This owner fetches the next one, and one more counts for the day."""
    token.refresher, token.lease_until = owner, until
    token.fetched = token.fetched + 1 if token.day == day else 1
    token.day = day


def keep(session: Session, account: str, owner: str, value: str, expires_at: datetime) -> None:
    """What this owner has fetched, unless their lease ran out and somebody else has begun since."""
    token = locked(session, account)
    if token.refresher == owner:
        token.value, token.expires_at = vault(session).seal(PURPOSE, value), expires_at
        token.refresher = token.lease_until = token.shut_until = token.shut_code = None


def give_back(session: Session, account: str, owner: str) -> Token | None:
    """This owner got none and lets others try; the row, or None when it has been taken from them."""
    token = locked(session, account)
    if token.refresher != owner:
        return None
    token.refresher = token.lease_until = None
    return token


def expire(session: Session, account: str, failed: str) -> None:
    """The platform refuses this token. A newer one that is there already stays."""
    token = locked(session, account)
    if value_of(session, token) == failed:
        token.expires_at = None


def shut(session: Session, now: datetime) -> list[Token]:
    """The accounts that are not asked for a token at present."""
    found = select(Token).where(Token.shut_until > now).order_by(Token.account)
    return list(session.scalars(found))
