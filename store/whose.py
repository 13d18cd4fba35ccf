"""Whose an item is, asked so that the index of either way is used: with OR the database reads all there are."""

from typing import Any

from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import aliased

from store.tables import EnterpriseContact, Item


def of_contact(person: Any, closed_since: Any = None) -> ColumnElement[bool]:
    """That a person has told of an item, or a colleague at the same enterprise has and it is not restricted; of those
    closed since then alone, if that is given."""
    told, at_home, tie = aliased(Item), aliased(Item), EnterpriseContact
    own = select(told.id).where(told.contact_id == person)
    house = select(at_home.id).join(tie, tie.enterprise_id == at_home.enterprise_id)
    house = house.where(tie.person_id == person, ~at_home.restricted)
    if closed_since is not None:
        own, house = own.where(told.closed_at >= closed_since), house.where(at_home.closed_at >= closed_since)
    return Item.id.in_(union(own, house))
