"""Everything that is held on one person: brought together, or taken out.

What to look at is read from the tables themselves, so that a new one is not forgotten.
"""

import json
import secrets
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, String, Table, Text, cast, delete, null, or_, select, update
from sqlalchemy.orm import Session

from store import people
from store.inbox import PURPOSE
from store.tables import (
    HOME,
    Base,
    Erasure,
    Fragment,
    Identity,
    Inbox,
    Item,
    ItemWord,
    Listing,
    Media,
    Particulars,
    Person,
    Push,
    Question,
)
from store.vault import vault

PHONE = "phone"
"""The purpose for which telephone numbers are sealed."""
GONE = "＊＊＊"
"""Stands where a name, a number or an account was."""
SUBJECT = ("person_id", "contact_id")
"""Columns that say whom a row is about; others name those who had to do with it."""
APART = ("particulars", "identity", "inbox", "enterprise_contact", "item_word")
"""Tables that are told in words of their own."""
NOT_WORDS = ("particulars", "identity", "inbox", "audit", "department", "enterprise", "item_word", "scene", "erasure")
"""Tables without free text about people, or that are dealt with apart."""
CODES = ("once_key", "number", "short", "sha256", "media_id", "hash")
"""Columns of text that nobody wrote."""
ERASURE = "erasure"
"""The purpose for which words are sealed that are still to be taken out."""
SURE, WORD, PART = 8, 40, 20
"""A shorter account might be a word of its own; so long is an indexed word; so many erasures are done at a time."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def phone_of(session: Session, person: Person) -> str | None:
    sealed = person.particulars.phone
    return vault(session).open(PHONE, sealed) if sealed else None


def set_phone(session: Session, person: Person, phone: str | None) -> None:
    person.particulars.phone = vault(session).seal(PHONE, phone) if phone else None


def sent_by(session: Session, person: Person) -> list[str]:
    """Every text this person sent that became part of a report."""
    return list(session.scalars(select(Fragment.text).where(Fragment.person_id == person.id)))


# ---------------------------------------------------------------- brought together


def everything(session: Session, person: Person) -> dict[str, Any]:
    """All rows about a person, opened, by table; of others the internal ids alone. Values as JSON knows them."""
    opened = vault(session)
    told: dict[str, Any] = {
        "person": {"id": person.id, "name": person.name, "role": person.role, "phone": phone_of(session, person)}
    }
    told["accounts"] = [
        {
            "channel": one.channel,
            "account": people.account_of(session, one),
            "told_of_privacy": _plain(one.noticed_at),
        }
        for one in people.identities_of(session, person)
    ]
    told["enterprises"] = [enterprise.name for enterprise in person.enterprises]
    arrived = select(Inbox).where(Inbox.person_id == person.id).order_by(Inbox.id)
    told["messages"] = [
        {
            "at": _plain(row.received_at),
            "body": opened.open(PURPOSE, row.body) if row.body else None,
            "reply": opened.open(PURPOSE, row.reply) if row.reply else None,
        }
        for row in session.scalars(arrived)
    ]
    for table in Base.metadata.sorted_tables:
        if table.name in APART:
            continue
        about = [table.c[name] == person.id for name in SUBJECT if name in table.c]
        if found := _rows(session, table, about):
            told[table.name] = found
    of_items = select(Item.id).where(Item.contact_id == person.id)
    events = Base.metadata.tables["event"]
    told["event"] = _rows(session, events, [events.c.item_id.in_(of_items)])
    return told


def _rows(session: Session, table: Table, about: list[ColumnElement[bool]]) -> list[dict[str, Any]]:
    if not about:
        return []
    found = session.execute(select(table).where(or_(*about)).order_by(*table.primary_key.columns))
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in found]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


# ---------------------------------------------------------------- taken out


def erase(session: Session, person: Person, placeholder: str, now: datetime, phones: Collection[str]) -> None:
    """Take out whatever names a person. Their statements, and all that is counted, stay: detached, and without the
    name, the telephone numbers (theirs, and those they gave) and the accounts in whatever has to do with them or with
    their enterprises. Numbers and accounts that occur elsewhere go later: see `scrub_rest`."""
    accounts = {people.account_of(session, one) for one in people.identities_of(session, person)}
    numbers = {number for number in (*phones, phone_of(session, person)) if number}
    theirs = {person.name} if len(person.name) > 1 and person.role != "stranger" else set()
    session.flush()
    _scrub(session, person, accounts | numbers | theirs)
    sought = [word for word in accounts | numbers if len(word) >= SURE]
    if sought:
        session.add(Erasure(at=now, words=vault(session).seal(ERASURE, json.dumps(sought))))
    _let_go(session, person)
    person.particulars.key, person.particulars.phone = f"erased:{secrets.token_hex(8)}", None
    person.name, person.active, person.erased_at, person.role = placeholder, False, now, "stranger"
    session.flush()


def scrub_rest(session: Session) -> int:
    """Take the numbers and accounts of people who were erased out of every other text; how many erasures are done
    with now. It reads every table, and is nothing for somebody who waits for an answer."""
    done = session.scalars(select(Erasure).order_by(Erasure.id).limit(PART).with_for_update(skip_locked=True)).all()
    for one in done:
        words = set(json.loads(vault(session).open(ERASURE, one.words)))
        for table, columns in _texts():
            anywhere = [cast(column, Text).contains(word, autoescape=True) for column in columns for word in words]
            _clean(session, table, columns, words, anywhere)
        session.delete(one)
    return len(done)


def _let_go(session: Session, person: Person) -> None:
    """What nobody needs without the person: accounts, raw messages, questions, what was never part of a report."""
    mine = Push.person_id == person.id
    waiting = Push.status.in_(("ready", "sending"))
    session.execute(update(Push).where(mine, waiting).values(status="cancelled", lease_owner=None))
    session.execute(update(Push).where(mine).values(body=null(), facts={}))
    session.execute(update(Inbox).where(Inbox.person_id == person.id).values(body="", reply=None))
    session.execute(delete(Question).where(Question.person_id == person.id))
    session.execute(delete(Listing).where(Listing.person_id == person.id))
    loose = (Fragment.person_id == person.id) & Fragment.report_id.is_(None) & Fragment.item_id.is_(None)
    voices = (Fragment.person_id == person.id) & (Fragment.kind == "voice")
    unneeded = Media.media_id.in_(select(Fragment.media_id).where(loose | voices, Fragment.media_id.is_not(None)))
    session.execute(update(Media).where(unneeded, Media.status == "kept").values(kept_at=LONG_AGO))
    session.execute(update(Media).where(unneeded, Media.status == "wanted").values(status="pruned"))
    session.execute(delete(Fragment).where(loose))
    for identity in people.identities_of(session, person):
        session.delete(identity)
    person.enterprises.clear()
    session.flush()
    session.expire_all()


def _scrub(session: Session, person: Person, words: set[str]) -> None:
    enterprises = [enterprise.id for enterprise in person.enterprises]
    near = or_(Item.contact_id == person.id, Item.enterprise_id.in_(enterprises))
    rows = session.execute(select(Item.id, Item.report_id).where(near)).all()
    items, reports = [row[0] for row in rows], [row[1] for row in rows]
    tied = {"person": [person.id], "item": items, "report": reports, "enterprise": enterprises}
    for table, columns in _texts():
        if close := _near(table, tied):
            _clean(session, table, columns, words, close)
    for word in words:
        session.execute(delete(ItemWord).where(ItemWord.item_id.in_(items), ItemWord.word.contains(word[:WORD])))


def _texts() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Tables that may hold what people wrote, and the columns that do."""
    for table in Base.metadata.sorted_tables:
        keys = [*table.primary_key.columns, table.c.get("district_id")]
        found = [one for one in table.columns if isinstance(one.type, String | JSON) and one.name not in CODES]
        if table.name not in NOT_WORDS and (words := [one for one in found if not any(one is key for key in keys)]):
            yield table, words


def _near(table: Table, tied: dict[str, list[int]]) -> list[ColumnElement[bool]]:
    """Which rows of a table have to do with a person."""
    found: list[ColumnElement[bool]] = [table.c.id.in_(tied["item"])] if table.name == "item" else []
    for column in table.columns:
        for key in column.foreign_keys:
            if key.column.table.name in tied:
                found.append(column.in_(tied[key.column.table.name]))
    return found


def _clean(
    session: Session, table: Table, columns: list[Column[Any]], words: set[str], where: list[ColumnElement[bool]]
) -> None:
    keys = list(table.primary_key.columns)
    for row in session.execute(select(*keys, *columns).where(or_(*where))).all():
        before = {column.name: value for column, value in zip(columns, row[len(keys) :], strict=True)}
        after = {name: without(value, words) for name, value in before.items()}
        changed = {name: value for name, value in after.items() if value != before[name]}
        if changed:
            this = [key == value for key, value in zip(keys, row[: len(keys)], strict=True)]
            session.execute(update(table).where(*this).values(**changed))


def without(value: Any, words: Collection[str]) -> Any:
    """A text, or JSON with texts in it, without these words."""
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, GONE)
        return value
    if isinstance(value, list):
        return [without(one, words) for one in value]
    if isinstance(value, dict):
        return {name: without(one, words) for name, one in value.items()}
    return value


def strangers(session: Session) -> list[tuple[Person, Identity]]:
    """People nobody has claimed, with their accounts, the last to come first."""
    found = select(Person, Identity).join(Identity, Identity.person_id == Person.id)
    unclaimed = found.where(Person.role == "stranger", Person.active).order_by(Person.id.desc())
    return [(person, identity) for person, identity in session.execute(unclaimed)]


def named(session: Session, said: str) -> list[Person]:
    """People, present or former, with this id or name."""
    by_name = select(Particulars.person_id).where(Particulars.district_id == HOME, Particulars.name == said)
    asked = Person.id == int(said) if said.isdecimal() else Person.id.in_(by_name)
    return list(session.scalars(select(Person).where(asked).order_by(Person.id)))
