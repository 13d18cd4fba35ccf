"""The receipt: number, what was understood and why, who will have it, by when, what can be corrected."""

from collections.abc import Sequence
from dataclasses import replace

from bot.again import old_or_new
from bot.contact import urgent_mark
from bot.context import Talk
from bot.facts import excerpt
from bot.likeness import same_as
from bot.texts import Rendered
from bot.ties import for_whom
from routing.dispatch import expected
from store.tables import Item, Report

SHARED = 3
"""So many words are named that two reports have in common."""


def receipt(talk: Talk, report: Report) -> Rendered:
    """The passive reply to the first message of a report; where it seems to tell an open item again, with the
    question whether it does."""
    said = _received(talk, report)
    for item in report.items:
        if twin := same_as(talk, item):
            return _asked(talk, said, item, *twin)
    for item in report.items:
        if question := old_or_new(talk, item):
            return _with(said, question)
    return said


def _asked(talk: Talk, said: Rendered, item: Item, other: Item, shared: Sequence[str]) -> Rendered:
    words = "、".join(shared[:SHARED])
    question = talk.say("same_matter", item, other=other.number, shared=words, told=excerpt(other.text))
    return _with(said, question)


def _with(said: Rendered, question: Rendered) -> Rendered:
    return replace(said, text=f"{said.text}\n{question.text}", buttons=(*question.buttons, *said.buttons))


def _received(talk: Talk, report: Report) -> Rendered:
    found = list(report.items)
    if len(found) == 1 and found[0].kind in ("emergency", "misconduct"):
        return talk.say(found[0].kind, found[0])
    said, (line, buttons) = _many(talk, found) if len(found) > 1 else _one(talk, found[0]), for_whom(talk, found)
    return replace(said, text=f"{said.text}\n{line}", buttons=(*said.buttons, *buttons)) if line else said


def _many(talk: Talk, found: Sequence[Item]) -> Rendered:
    """Several at once; of the first that is doubtful the choices are offered, the others may be named."""
    unverified = _unverified(talk, found[0])
    said = talk.say("received_many", count=len(found), lines=received_lines(talk, found), unverified=unverified)
    doubtful = next((item for item in found if item.doubtful and len(item.candidates) > 1), None)
    if doubtful is None:
        return said
    question = talk.line("which_category", doubtful)
    return replace(said, text=f"{said.text}\n{question}", buttons=_choices(talk, doubtful))


def received_lines(talk: Talk, found: Sequence[Item]) -> str:
    return "\n".join(talk.line("received_line", item, plan=_plan(talk, item)) for item in found)


def _plan(talk: Talk, item: Item) -> str:
    """Who will have it and by when, where that can be said."""
    if not (plan := expected(talk.turn, item)):
        return ""
    lead, deadline = plan
    return talk.line("received_plan", lead=lead, due=talk.service.speaker.when(deadline.due_at))


def _one(talk: Talk, item: Item) -> Rendered:
    unverified = _unverified(talk, item)
    if plan := expected(talk.turn, item):
        lead, deadline = plan
        return talk.say(
            "received",
            item,
            lead=lead,
            due=talk.service.speaker.when(deadline.due_at),
            urgent_mark=urgent_mark(talk, item),
            unverified=unverified,
        )
    if item.category == "OTHER" and len(item.candidates) < 2:
        return talk.say("received_other", item, unverified=unverified)
    return _doubtful(talk, item, unverified)


def _doubtful(talk: Talk, item: Item, unverified: str) -> Rendered:
    """The three likeliest categories as one-tap choices, in the same reply."""
    due = talk.service.speaker.when(talk.turn.policy.calendar.add_days(talk.turn.now, 1))
    said = talk.say("received_doubtful", item, due=due, unverified=unverified)
    return replace(said, buttons=_choices(talk, item))


def _choices(talk: Talk, item: Item) -> tuple[tuple[str, str], ...]:
    labels = [talk.service.speaker.category(code) for code in item.candidates[:3]]
    return tuple((f"改类 {item.number} {label}", label) for label in labels)


def _unverified(talk: Talk, item: Item) -> str:
    return "" if item.enterprise else talk.line("unverified_note")
