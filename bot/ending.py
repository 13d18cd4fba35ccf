"""How an item ended, read from the words of 办结: recognised, or asked back in one tap."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.context import Talk
from bot.parse import take_months
from bot.texts import Rendered
from routing import deadlines
from routing.outcome import Ending
from routing.results import Result
from store import people, reports
from store.tables import Department, Item, Question

ASKED, CORRECTING = "ending", "结果"
BLANKS = " ,，。:：;；"
TAPPED = re.compile(r"\d{4}-\d{2}-\d{2}")
"""The day that a button says."""
ANSWER_WITHIN = timedelta(days=5)
OFFERED = (1, 3, 6)
"""By when a plan may be offered to be done: at the end of the month so many months ahead."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the officer said was done, and how it ended."""

    result: str
    ending: Ending


def read(talk: Talk, item: Item, word: str, words: str) -> Told | Rendered:
    """The end that words tell of; where they leave it open, the question to ask. What was said is kept until it is
    answered, so that a tap is enough."""
    results = talk.turn.policy.results
    chosen = results.named(words)
    if chosen is not None and chosen.done and (answered := _answered(talk, item, chosen, words)):
        return _complete(talk, item, word, answered, chosen, words)
    told = (chosen,) if chosen and word == CORRECTING else results.told(words)
    if pending := next((result for result in told if not result.done), None):
        said = talk.say("result_not_done", item, told=pending.name)
        note = (f"进展 {item.number} {words}", talk.service.texts.label("word", "as_note"))
        said = replace(said, buttons=(note, _choice(word, item, results.otherwise)))
        return _ask(talk, item, f"{results.otherwise.name}，{words}", said)
    if len(told) > 1:
        said = talk.say("result_unclear", item)
        return _ask(talk, item, words, replace(said, buttons=tuple(_choice(word, item, one) for one in told)))
    return _complete(talk, item, word, words, told[0] if told else results.otherwise, words)


def _answered(talk: Talk, item: Item, chosen: Result, words: str) -> str | None:
    """What was done, where these words only answer how it ended: a tap, or the day or unit that was asked for."""
    asked = reports.question(talk.session, talk.person, talk.turn.now)
    if asked is None or asked.kind != ASKED or asked.item_id != item.id or asked.data["round"] != item.round:
        return None
    before, extra = str(asked.data["words"]), words.removeprefix(chosen.name).strip(BLANKS)
    if not extra or TAPPED.fullmatch(extra):
        return before
    return f"{before}，{extra}" if asked.data["end"] == chosen.code else None


def _complete(talk: Talk, item: Item, word: str, result: str, end: Result, words: str) -> Told | Rendered:
    """With the date or the unit that this end must name, from the words, or from what was said before."""
    planned_at = whom = None
    if end.dated:
        planned_at = _day_in(talk, words) or _day_in(talk, result)
        if planned_at is None:
            return _ask(talk, item, result, _ask_when(talk, item, word, end), end.code)
    if end.referred:
        whom = talk.turn.policy.results.whom(words) or talk.turn.policy.results.whom(result)
        unit = _at_hand(talk, whom) if whom else None
        if not whom or (unit is not None and unit.id == item.lead_id):
            return _ask(talk, item, result, talk.say("result_whom", item, word=word), end.code)
        if unit is not None:
            return talk.say("result_use_transfer", item, unit=unit.name)
    if (asked := reports.question(talk.session, talk.person, talk.turn.now)) and asked.kind == ASKED:
        talk.session.delete(asked)
    return Told(result, Ending(end.code, planned_at, whom or ""))


def _ask(talk: Talk, item: Item, words: str, question: Rendered, end: str = "") -> Rendered:
    """Ask, and keep what was said; `end`: the one whose day or unit is asked for."""
    asked = talk.session.get(Question, talk.person.id) or Question(person_id=talk.person.id)
    asked.kind, asked.item_id, asked.data = ASKED, item.id, {"round": item.round, "words": words, "end": end}
    asked.expires_at = talk.turn.now + ANSWER_WITHIN
    talk.session.add(asked)
    return question


def _choice(word: str, item: Item, end: Result) -> tuple[str, str]:
    return f"{word} {item.number} {end.name}", end.name


def _ask_when(talk: Talk, item: Item, word: str, end: Result) -> Rendered:
    days = [_month_end(talk.today, months) for months in OFFERED]
    buttons = tuple(
        (f"{word} {item.number} {end.name} {day:%Y-%m-%d}", talk.service.speaker.day(day)) for day in days
    )
    return replace(talk.say("result_when", item, word=word), buttons=buttons)


def _month_end(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _day_in(talk: Talk, words: str) -> datetime | None:
    """The day by which something is planned, named anywhere in the words; the end of that working day."""
    day = take_months(words, talk.today)
    if day is None:
        named = (m.value for m in talk.service.intake.named.mentions(words, talk.today) if m.kind == "date")
        day = next((found for value in named if value and (found := date.fromisoformat(value)) > talk.today), None)
    return deadlines.end_of(day, talk.turn.policy.calendar) if day and day > talk.today else None


def _at_hand(talk: Talk, whom: str) -> Department | None:
    """The unit of this office that is meant: it is handed the item itself, under its number."""
    found = people.departments_named(talk.session, whom)
    return found[0] if len(found) == 1 else None
