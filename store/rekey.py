"""Seals everything anew after the secret key was changed: all of it, or nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import people
from store.dossier import ERASURE, PHONE
from store.inbox import PURPOSE
from store.tables import Erasure, Identity, Inbox, Particulars
from store.vault import Vault, vault

PART = 500


def rekey(session: Session, old_secret: str) -> dict[str, int]:
    """How many rows of each kind were sealed with the old key and are now with that of the session. Raises
    WrongKey where the old key does not open what is there."""
    old, new = Vault(old_secret), vault(session)
    counted = {"accounts": 0, "phones": 0, "messages": 0, "erasures": 0}
    for identity in session.scalars(select(Identity)):
        account = old.open(people.ACCOUNT, identity.account)
        identity.account = new.seal(people.ACCOUNT, account)
        identity.account_index = people.account_index(session, identity.channel, account)
        counted["accounts"] += 1
    for one in session.scalars(select(Particulars).where(Particulars.phone.is_not(None))):
        one.phone = new.seal(PHONE, old.open(PHONE, str(one.phone)))
        counted["phones"] += 1
    for waiting in session.scalars(select(Erasure)):
        waiting.words = new.seal(ERASURE, old.open(ERASURE, waiting.words))
        counted["erasures"] += 1
    counted["messages"] = _messages(session, old, new)
    return counted


def _messages(session: Session, old: Vault, new: Vault) -> int:
    """Raw messages, some at a time. By what a repeat is recognised was made with the old key and stays."""
    count = last = 0
    while rows := session.scalars(select(Inbox).where(Inbox.id > last).order_by(Inbox.id).limit(PART)).all():
        for row in rows:
            row.body = new.seal(PURPOSE, old.open(PURPOSE, row.body)) if row.body else row.body
            row.reply = new.seal(PURPOSE, old.open(PURPOSE, row.reply)) if row.reply else row.reply
        count, last = count + len(rows), rows[-1].id
        session.flush()
        session.expunge_all()
    return count
