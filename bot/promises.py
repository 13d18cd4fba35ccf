"""What officers promise: recognised in their notes, said by 承诺, shown to the enterprise, counted."""

from dataclasses import asdict

from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.show import WORST, more
from bot.texts import Rendered
from bot.which import Answer, pick, require_owner
from intake.promises import Promise
from routing import promises as routing_promises
from routing.dates import By
from routing.lifecycle import Action
from routing.policy import Refused
from store import promises
from store.tables import Commitment, Item

WORD = "承诺"
CANCEL = ("取消", "作废", "撤销")


def noted(talk: Talk, item: Item, note: str) -> str:
    """The promises of a note, read back: what was understood, and how to put it right. What cannot be promised is
    said too; the note itself stands in any case."""
    return "\n".join(filter(None, (_noted(talk, item, one) for one in talk.service.intake.promised.promises(note))))


def _noted(talk: Talk, item: Item, one: Promise) -> str:
    due_at = routing_promises.due(talk.turn, By(**asdict(one.when)))
    if due_at is None:
        return ""
    try:
        made = routing_promises.make(talk.turn, item, talk.person, one.text, due_at, said_apart=False)
    except Refused as refusal:
        return talk.line(refusal.key, **talk.service.speaker.told(refusal.facts))
    return _read_back(talk, item, made)


def _read_back(talk: Talk, item: Item, made: Commitment) -> str:
    return talk.line("promise_noted", item, promised=made.text, when=talk.service.speaker.when(made.due_at))


def promise(talk: Talk, rest: str) -> Rendered:
    """承诺 N 日期 内容, 承诺 N 取消; alone: one's own promises, or for the office those that were broken."""
    if talk.person.role == "coordinator":
        return _broken(talk)
    if not rest:
        return _own(talk)
    item, words = pick(talk, rest, WORD, Action.PROGRESS)
    require_owner(talk, item)
    if words.startswith(CANCEL):
        return _cancel(talk, item)
    said = talk.service.intake.promised.dated(words)
    if said is None or not said.text:
        raise Answer(usage(talk, "promise"))
    due_at = routing_promises.due(talk.turn, By(**asdict(said.when)))
    if due_at is None:
        raise Answer(talk.say("promise_no_date", said=excerpt(words, 20)))
    _put_right(talk, item)
    made = routing_promises.make(talk.turn, item, talk.person, said.text, due_at, said_apart=True)
    return talk.say("promise_made", item, line=_read_back(talk, item, made))


def _put_right(talk: Talk, item: Item) -> None:
    """What was said on the same item a moment ago was understood wrongly: the new word takes its place."""
    since = talk.turn.now - talk.turn.policy.commitments.correct
    for one in routing_promises.own(item, talk.person)[-1:]:
        if one.made_at >= since:
            routing_promises.take_back(talk.turn, item, talk.person, one, silent=True)


def _cancel(talk: Talk, item: Item) -> Rendered:
    mine = routing_promises.own(item, talk.person)
    if not mine:
        raise Answer(talk.say("promise_none", item))
    routing_promises.take_back(talk.turn, item, talk.person, mine[-1])
    return talk.say(
        "promise_cancelled", item, promised=mine[-1].text, when=talk.service.speaker.when(mine[-1].due_at)
    )


def _own(talk: Talk) -> Rendered:
    mine, counts = promises.open_of(talk.session, talk.person), promises.counts_of(talk.session, talk.person)
    kept, broken = counts.get("kept", 0), counts.get("broken", 0)
    lines = [_line(talk, "promise_line", one) for one in mine[:WORST]] + more(talk, len(mine) - WORST)
    return talk.say(
        "promise_list",
        open=len(mine),
        kept=kept,
        settled=kept + broken,
        void=counts.get("void", 0),
        cutoff=talk.service.speaker.when(talk.turn.now),
        lines="\n".join(lines),
    )


def _broken(talk: Talk) -> Rendered:
    counts = promises.counts(talk.session)
    kept, broken = counts.get("kept", 0), counts.get("broken", 0)
    units = [
        talk.line("promise_unit", unit=unit, broken=failed, settled=due)
        for unit, failed, due in promises.by_unit(talk.session)
    ]
    newest = promises.newest_broken(talk.session, WORST)
    return talk.say(
        "promise_broken_list",
        open=counts.get("open", 0),
        broken=broken,
        settled=kept + broken,
        void=counts.get("void", 0),
        cutoff=talk.service.speaker.when(talk.turn.now),
        units="\n".join(units),
        lines="\n".join(_line(talk, "promise_broken_line", one) for one in newest),
    )


def _line(talk: Talk, key: str, one: Commitment) -> str:
    promised = talk.service.speaker.named.masked(one.text)
    return talk.line(key, one.item, promised=promised, when=talk.service.speaker.when(one.due_at), who=one.by.name)
