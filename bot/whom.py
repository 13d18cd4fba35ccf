"""Which person or enterprise is meant by a name."""

from bot.context import Talk
from bot.facts import excerpt
from bot.which import Answer
from store import people
from store.tables import Enterprise, Person

LONGEST_NAME = 5
SHOWN = 10


def person_named(talk: Talk, said: str, roles: tuple[str, ...]) -> Person:
    """The one person of these roles with this name; of two the unit before it tells which. Raises Answer when there
    is none or more than one."""
    said = "".join(said.split())
    found = list(people.people_named(talk.session, said, roles)) or _of_unit(talk, said, roles)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Answer(talk.say("person_unknown", said=excerpt(said, 12)))
    raise Answer(talk.say("person_ambiguous", said=said, names="、".join(map(_with_unit, found))))


def enterprise_named(talk: Talk, name: str, most: int = SHOWN) -> Enterprise:
    """The one enterprise of this name. Raises Answer where there is none, or more than one, of which so many are
    named."""
    found = people.enterprise_named(talk.session, name)
    if len(found) > 1:
        raise Answer(talk.say("person_ambiguous", said=name, names="、".join(one.name for one in found[:most])))
    if not found:
        raise Answer(talk.say("enterprise_unknown", said=excerpt(name)))
    return found[0]


def _of_unit(talk: Talk, said: str, roles: tuple[str, ...]) -> list[Person]:
    """Those whom a unit and a name, written as one, can mean."""
    tails = [said[-length:] for length in range(2, LONGEST_NAME) if length < len(said)]
    named = [person for tail in tails for person in people.people_named(talk.session, tail, roles)]
    return [person for person in named if _with_unit(person) == said]


def _with_unit(person: Person) -> str:
    return f"{person.department.name if person.department else ''}{person.name}"
