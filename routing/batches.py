"""Batches (批处理): items of several enterprises under one topic. One answer goes to all; owner, deadline, rating and
close stay each item's own."""

from collections.abc import Iterable, Sequence
from typing import Any

from routing import outcome
from routing.lifecycle import ENDED, Action, NotAllowed, State, allows, apply
from routing.outcome import Ending
from routing.policy import Refused, Turn
from routing.telling import put, recipients
from store.history import Step, record
from store.tables import Batch, Item, Person

ANSWERED = (State.TRIAGE, State.ASSIGNED, State.HANDLING)
"""What is still worked on hears the answer; what was declared done has had its own."""

PUSHES = ("batched_officer", "batch_answer_contact", "batch_answer_officer", "batch_resolve_officer")


def open_items(batch: Batch) -> list[Item]:
    return [item for item in batch.items if item.state not in ENDED]


def add(turn: Turn, batch: Batch, found: Sequence[Item], by: Person) -> list[Item]:
    """Link items under the topic; those who have them hear of it once. What is linked already is left as it is."""
    joined = []
    for item in found:
        if item.batch is batch:
            continue
        _may_join(item)
        item.batch = batch
        record(item, "batch", by=by, now=turn.now, topic=batch.topic)
        joined.append(item)
    _tell_each(turn, joined, "officer", "batched_officer", f"batch:{batch.id}", by, topic=batch.topic)
    return joined


def _may_join(item: Item) -> None:
    if item.restricted:  # its words would reach whoever has the others
        raise Refused("merge_restricted")
    if item.state in ENDED:
        raise NotAllowed(item, "batch")
    if item.batch is not None:
        raise Refused("batch_elsewhere", number=item.number, topic=item.batch.topic)


def drop(turn: Turn, batch: Batch, item: Item, by: Person) -> None:
    """Take an item out; it goes on as before."""
    if item.batch is not batch:
        raise Refused("batch_not_in", number=item.number, topic=batch.topic)
    item.batch = None
    record(item, "unbatch", by=by, now=turn.now, topic=batch.topic)


def may_answer(batch: Batch, person: Person) -> bool:
    """The office, or whoever has one of its items in hand."""
    return person.role == "coordinator" or any(item.officer is person for item in open_items(batch))


def answer(turn: Turn, batch: Batch, by: Person, words: str) -> list[Item]:
    """One answer for all that is still worked on: a note of progress on one's own items, an answer of the batch on
    those of others, who go on with them. Each contact hears it once."""
    batch.answer, batch.answered_at = words, turn.now
    answered = [item for item in open_items(batch) if item.state in ANSWERED]
    for item in answered:
        if item.officer is by and allows(item, Action.PROGRESS):
            apply(item, Action.PROGRESS, by=by, now=turn.now, note=words, topic=batch.topic)
            item.contacted_at = item.contacted_at or turn.now
        else:
            record(item, "batch_answer", by=by, now=turn.now, note=words, topic=batch.topic)
        item.heard_at = turn.now
    facts = {"topic": batch.topic, "note": words, "answered_by": by.name}
    key = f"batch_answer:{batch.id}:{turn.now.isoformat()}"
    _tell_each(turn, answered, "contact", "batch_answer_contact", key, by, **facts)
    _tell_each(turn, answered, "officer", "batch_answer_officer", key, by, **facts)
    return answered


def resolve(turn: Turn, batch: Batch, by: Person, words: str, ending: Ending, short: str) -> tuple[int, int]:
    """The answer ends the matter: one's own items are declared done, the owners of the others are asked to do so
    themselves with one tap. How many of each."""
    batch.answer, batch.answered_at = words, turn.now
    done = asked = 0
    for item in open_items(batch):
        if not allows(item, Action.RESOLVE):
            continue
        if item.officer is by:
            outcome.resolve(turn, item, by, words, ending)
            done += 1
        else:
            event = record(item, "batch_answer", by=by, now=turn.now, note=words, topic=batch.topic)
            _ask_owner(turn, item, by, event, short)
            asked += 1
    return done, asked


def _ask_owner(turn: Turn, item: Item, by: Person, event: Step, short: str) -> None:
    for person in recipients(turn, item, "officer"):
        key = f"batch_resolve:{item.number}:{event.seq}:{person.id}"
        facts = {
            "answered_by": by.name,
            "note": event.data["note"],
            "topic": event.data["topic"],
            "result_said": short,
        }
        put(turn, item, person, "batch_resolve_officer", key, "officer", urgent=item.urgent, asking=True, **facts)


def _tell_each(
    turn: Turn, found: Iterable[Item], recipient: str, text_key: str, key: str, by: Person, **facts: Any
) -> None:
    """Everybody hears once of all that is theirs among the items; a contact once for each enterprise."""
    theirs: dict[tuple[int, int | None], tuple[Person, list[Item]]] = {}
    for item in found:
        for person in recipients(turn, item, recipient):
            enterprise = item.enterprise_id if recipient == "contact" else None
            if person is not by:
                theirs.setdefault((person.id, enterprise), (person, []))[1].append(item)
    for (person_id, enterprise), (person, own) in theirs.items():
        numbers = "、".join(item.number for item in own)
        once = f"{key}:{own[0].number}:{recipient}:{person_id}:{enterprise}"
        urgent = any(item.urgent for item in own)
        put(turn, own[0], person, text_key, once, recipient, urgent=urgent, asking=False, numbers=numbers, **facts)
