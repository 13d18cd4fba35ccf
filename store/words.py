"""Named queries for what tells the same: texts of one enterprise, the few words by which items are found again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Row, Select, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from store.tables import Item, ItemWord


class Sharer(NamedTuple):
    """An item that shares a word with another."""

    id: int
    number: str
    enterprise_id: int | None


@cache
def _texts_of_enterprise(but: tuple[str, ...]) -> Select[int, int, str]:
    """Built once for each set of kinds: a list of any length would be put together anew with every message."""
    found = select(Item.id, Item.report_id, Item.text).where(
        Item.enterprise_id == bindparam("enterprise"), Item.closed_at.is_(None), ~Item.restricted
    )
    kinds = (Item.kind != kind for kind in but)
    return found.where(*kinds).order_by(Item.id.desc()).limit(bindparam("most"))


def texts_of_enterprise(
    session: Session, enterprise_id: int, but: tuple[str, ...], limit: int
) -> Sequence[Row[int, int, str]]:
    """Id, report and text of the newest open items of an enterprise, but for restricted ones and some kinds."""
    told = {"enterprise": enterprise_id, "most": limit}
    return session.connection().execute(_texts_of_enterprise(but), told).all()


_FORGET_WORDS = delete(ItemWord).where(ItemWord.item_id == bindparam("item"))
_KEEP_WORDS = insert(ItemWord)


def keep_words(session: Session, item: Item, words: Iterable[str]) -> None:
    """Remember the words by which an item is found again, in place of those it had."""
    connection = session.connection()
    connection.execute(_FORGET_WORDS, {"item": item.id})
    if rows := [{"district_id": item.district_id, "word": word, "item_id": item.id} for word in words]:
        connection.execute(_KEEP_WORDS, rows)


_NEWEST_OF_WORD = (
    select(ItemWord.item_id)
    .where(ItemWord.district_id == bindparam("district"), ItemWord.word == bindparam("word"))
    .order_by(ItemWord.item_id.desc())
    .limit(bindparam("most"))
    .subquery()
)
_SHARING = (
    select(Item.id, Item.number, Item.enterprise_id)
    .join(_NEWEST_OF_WORD, _NEWEST_OF_WORD.c.item_id == Item.id)
    .where(Item.closed_at.is_(None), ~Item.restricted, Item.category == bindparam("category"))
    .where(Item.registered_at >= bindparam("since"), Item.enterprise_id != bindparam("enterprise"))
)


def sharing_words(
    session: Session, item: Item, words: Sequence[str], since: datetime, limit: int
) -> dict[Sharer, set[str]]:
    """Open items of other enterprises, registered since then, of the same category, with
    the words they share with this one: of the newest `limit` items of each word. What is stored beside these costs
    nothing."""
    found: dict[Sharer, set[str]] = {}
    asked = {"district": item.district_id, "category": item.category, "enterprise": item.enterprise_id}
    for word in words:
        rows = session.connection().execute(_SHARING, {**asked, "word": word, "since": since, "most": limit})
        for row in rows:
            found.setdefault(Sharer(*row), set()).add(word)
    return found
