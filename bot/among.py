"""What figures are asked about: a source, a campaign or a unit named behind the word, and which screen."""

from dataclasses import dataclass

from bot.context import Talk
from bot.facts import excerpt
from bot.which import Answer
from store import people, sources
from store.numbers import Among

SCREENS = {"更多": "more", "口径": "formulas", "帮助": "formulas", "算法": "formulas"}


@dataclass(frozen=True, slots=True)
class Asked:
    among: Among
    told: str  # what the figures cover, in words
    screen: str  # "": the first; more, formulas


def asked(talk: Talk, rest: str, word: str) -> Asked:
    """What the words behind `word` ask for. Raises Answer when one of them names nothing."""
    words = rest.split()
    screen = next((SCREENS[each] for each in words if each in SCREENS), "")
    names = [each for each in words if each not in SCREENS]
    if len(names) > 1:
        raise Answer(talk.say("stats_one_name", word=word))
    if not names:
        return Asked(Among(), talk.service.texts.label("word", "all_sources"), screen)
    return _named(talk, names[0], screen, word)


def _named(talk: Talk, name: str, screen: str, word: str) -> Asked:
    told = talk.service.texts.labels["covers"]
    if source := source_named(talk, name):
        return Asked(Among(source=source), told["source"].format(name=name), screen)
    if sources.campaign(talk.session, talk.person.district_id, name):
        return Asked(Among(campaign=name), told["campaign"].format(name=name), screen)
    units = people.departments_named(talk.session, name)
    if len(units) > 1:
        raise Answer(talk.say("person_ambiguous", said=name, names="、".join(unit.name for unit in units)))
    if not units:
        raise Answer(talk.say("stats_unknown", said=excerpt(name, 12), word=word))
    below = tuple(people.with_descendants(talk.session, units[0]))
    return Asked(Among(units=below), told["unit"].format(name=units[0].name), screen)


def source_named(talk: Talk, name: str) -> str | None:
    """The code of a source said by its word."""
    return next((code for code, word in talk.service.texts.labels["source"].items() if word == name), None)
