"""How an item ended, read from the words of 办结: recognised, or asked back in one tap."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.context import Talk
from bot.parse import take_months
from bot.texts import Rendered
from routing import deadlines
from routing.outcome import Ending
from routing.results import Result
from store import people, reports
from store.tables import Item, Question

ASKED = "ending"
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
    chosen, before = results.named(words), _asked(talk, item)
    extra = words.removeprefix(chosen.name).strip(" ，,。:：") if chosen else ""
    if chosen and before is not None and not results.told(extra):
        return _complete(talk, item, word, before, chosen, extra)
    told = (chosen,) if chosen and word == "结果" else results.told(words)
    if pending := next((result for result in told if not result.done), None):
        said = talk.say("result_not_done", item, told=pending.name)
        note = (f"进展 {item.number} {words}", talk.service.texts.label("word", "as_note"))
        return _ask(talk, item, words, replace(said, buttons=(note, _choice(word, item, results.otherwise))))
    if len(told) > 1:
        said = talk.say("result_unclear", item)
        return _ask(talk, item, words, replace(said, buttons=tuple(_choice(word, item, one) for one in told)))
    return _complete(talk, item, word, words, told[0] if told else results.otherwise, words)


def _complete(talk: Talk, item: Item, word: str, result: str, end: Result, words: str) -> Told | Rendered:
    """With the date or the unit that this end must name, from the words, or from what was said before."""
    planned_at = whom = None
    if end.dated:
        planned_at = _day_in(talk, words) or _day_in(talk, result)
        if planned_at is None:
            return _ask(talk, item, result, _ask_when(talk, item, word, end))
    if end.referred:
        whom = talk.turn.policy.results.whom(words) or talk.turn.policy.results.whom(result)
        if not whom:
            return _ask(talk, item, result, talk.say("result_whom", item, word=word))
        if unit := _at_hand(talk, item, whom):
            return talk.say("result_use_transfer", item, unit=unit)
    if (asked := reports.question(talk.session, talk.person, talk.turn.now)) and asked.kind == ASKED:
        talk.session.delete(asked)
    return Told(result, Ending(end.code, planned_at, whom or ""))


def _asked(talk: Talk, item: Item) -> str | None:
    """What this person said of this item before being asked how it ended."""
    asked = reports.question(talk.session, talk.person, talk.turn.now)
    if asked is None or asked.kind != ASKED or asked.item_id != item.id or asked.data["round"] != item.round:
        return None
    return str(asked.data["words"])


def _ask(talk: Talk, item: Item, words: str, question: Rendered) -> Rendered:
    asked = talk.session.get(Question, talk.person.id) or Question(person_id=talk.person.id)
    asked.kind, asked.item_id, asked.data = ASKED, item.id, {"round": item.round, "words": words}
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


def _at_hand(talk: Talk, item: Item, whom: str) -> str | None:
    """The unit of this office that is meant: it is handed the item itself, under its number."""
    found = [unit for unit in people.departments_named(talk.session, whom) if unit.id != item.lead_id]
    return found[0].name if len(found) == 1 else None
