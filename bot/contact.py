"""What a contact of an enterprise can say: progress, urge, supplement, withdraw, reclassify, bind."""

from collections.abc import Sequence
from dataclasses import replace

from bot import first
from bot.again import ask_closed, closed
from bot.context import Talk
from bot.facts import excerpt, owns
from bot.likeness import alike, meant
from bot.parse import plain, take_number
from bot.texts import Rendered
from bot.which import Answer, numbered, pick
from routing import review
from routing.acting import keeper
from routing.dispatch import BY_HAND, usual_deadline
from routing.lifecycle import ENDED, Action, State, allows
from store import corrections, items
from store.tables import Enterprise, Item

ROLES = ("contact", "stranger")
UNTOLD = ("remind", "notice", "bulletin", "withdrawal_doubted", "promise", "remind_dropped", "phoned")
"""Steps that are no news to those whose matter an item is; promises have a line of their own."""
SHOWN = 8


def progress(talk: Talk, rest: str) -> Rendered:
    if take_number(rest)[0]:
        return progress_of(talk, pick(talk, rest, "进度")[0])
    mine = items.of_contact(talk.session, talk.person, 200)
    if not mine:
        return talk.say("progress_none")
    return _progress_list(talk, list(mine)) if len(mine) > 1 else progress_of(talk, mine[0])


def progress_speech(talk: Talk) -> Rendered:
    """Asked in words: the one they are about, or else all."""
    item = meant(talk, items.of_contact(talk.session, talk.person, 200))
    return progress_of(talk, item) if item else progress(talk, "")


def heard(talk: Talk, item: Item) -> None:
    """The enterprise has just been told where this item stands."""
    if talk.person.role in ROLES and owns(item, talk.person):
        item.heard_at = talk.turn.now


def progress_of(talk: Talk, item: Item) -> Rendered:
    heard(talk, item)
    result = talk.line("result_line", item) if item.result and item.result_code else ""
    return talk.say(
        "progress_one",
        item,
        latest=latest(talk, item),
        result_line=result,
        urgent_mark=urgent_mark(talk, item),
        promises=talk.service.speaker.promises(item),
    )


def _progress_list(talk: Talk, mine: list[Item]) -> Rendered:
    shown = mine[:SHOWN]
    for item in shown:
        heard(talk, item)
    lines = [talk.line("progress_line", item) for item in shown]
    if len(mine) > len(shown):
        lines.append(talk.service.texts.label("word", "more").format(count=len(mine) - len(shown)))
    still = sum(item.closed_at is None for item in mine)
    return talk.say("progress_list", open=still, total=len(mine), lines="\n".join(lines))


def latest(talk: Talk, item: Item) -> str:
    """The newest thing that happened, in a line a contact may read."""
    speaker, texts = talk.service.speaker, talk.service.texts
    told = [event for event in item.events if event.action not in UNTOLD]
    event = told[-1]
    note = event.data.get("note") or event.data.get("result") or event.data.get("reason") or ""
    if not owns(item, talk.person):
        note = talk.service.speaker.named.masked(note)
    return f"{speaker.when(event.at)} {texts.label('action', event.action)} {excerpt(note)}".strip()


def urgent_mark(talk: Talk, item: Item) -> str:
    return talk.service.texts.label("word", "urgent_mark") if item.urgent else ""


def urge(talk: Talk, rest: str) -> Rendered:
    """Press for an item: the one named, the one the words are about, or else the one that has waited longest."""
    number, _ = take_number(rest)
    note = rest if number is None else take_number(rest)[1]
    item = pick(talk, rest, "催办")[0] if number else _meant_or_oldest(talk)
    if item is None or item.state in ENDED:
        return ask_closed(talk, item) or talk.say("urge_nothing")
    if item.state == State.RESOLVED:
        return talk.say("urged_resolved", item)
    if settling := pressed(talk, [item]):
        return settling
    if item.state in (State.RATED, State.VERIFIED) and item.rating is not None:
        return talk.say("urged_checking", item, first=first.told(talk, first.last_move(item)))
    reminded = review.urge(talk.turn, item, talk.person, note or talk.said)
    heard(talk, item)
    if item.officer is None:
        return talk.say("urged_triage", item, times=item.urged)
    if reminded:
        return talk.say("urged_again", item, times=item.urged, reminded=talk.service.speaker.when(reminded))
    return talk.say("urged", item, times=item.urged)


def pressed(talk: Talk, told: Sequence[Item]) -> Rendered | None:
    """Who presses while it is still being told wants to hear something too: by when it will be done."""
    item = next((item for item in told if item.state == State.REGISTERED), None)
    if item is None:
        return None
    return talk.say("urged_settling", item, due=talk.service.speaker.when(usual_deadline(talk.turn, item).due_at))


def _meant_or_oldest(talk: Talk) -> Item | None:
    mine = [item for item in items.of_contact(talk.session, talk.person, 200) if not item.closed_at]
    waiting = sorted(mine, key=lambda item: (item.state == State.RESOLVED, item.registered_at))
    lately = closed(talk)
    return meant(talk, [*mine, *lately]) or next(iter([*waiting, *lately]), None)


def supplement(talk: Talk, rest: str) -> Rendered:
    item, note = pick(talk, rest, "补充")
    if not note:
        raise Answer(usage(talk, "supplement"))
    review.supplement(talk.turn, item, talk.person, note)
    return talk.say("supplemented" if item.officer else "supplemented_triage", item)


def withdraw(talk: Talk, rest: str) -> Rendered:
    item, reason = pick(talk, rest, "撤回", Action.WITHDRAW)
    review.withdraw(talk.turn, item, talk.person, reason, talk.said)
    return talk.say("withdrawn", item)


def reclassify(talk: Talk, rest: str) -> Rendered:
    """Change the category, by its name, its code, or a word for it."""
    item, said = pick(talk, rest, "改类", Action.CLASSIFY)
    code = talk.service.intake.analyser.category_named(plain(said)) if said else None
    if code is None:
        labels = "、".join(known.label for known in talk.service.intake.analyser.categories.values())
        return talk.say("category_unknown", said=excerpt(said), labels=labels)
    if code == item.category and not item.doubtful:
        return talk.say("category_same", item)
    by_contact = talk.person.role in ("contact", "stranger")
    if not allows(item, Action.CLASSIFY) or (by_contact and item.state == State.HANDLING):
        return talk.say("category_not_now", item)
    before, misled = item.category, item.because if item.rules.get("category") != BY_HAND else []
    item.topic = talk.service.intake.analyser.topic_of(code, item.text)
    review.reclassify(talk.turn, item, talk.person, code)
    corrections.record(talk.session, item, talk.person, before, talk.turn.now, misled)
    return talk.say("reclassified", item, where=where(talk, item))


def same(talk: Talk, rest: str) -> Rendered:
    """同一件 N M: what was just told as N is the matter that is open as M; its words go to whoever has M."""
    item, after = pick(talk, rest, "同一件", Action.MERGE)
    number, more = take_number(after)
    others = [other for other in numbered(talk, number) if other is not item] if number else []
    if len(others) != 1 or take_number(more)[0]:  # of three it is not clear which is which
        raise Answer(usage(talk, "same"))
    review.merge(talk.turn, item, others[0], talk.person, **alike(talk, item, others[0]))
    review.supplement(talk.turn, others[0], talk.person, item.text)
    return talk.say("same_noted", others[0], merged=item.number)


def where(talk: Talk, item: Item) -> str:
    key = {State.REGISTERED: "where_settling", State.TRIAGE: "where_triage", State.ASSIGNED: "where_assigned"}
    return talk.line(key.get(State(item.state), "where_kept"), item)


def my_officer(talk: Talk, _rest: str) -> Rendered:
    """Who looks after each of this person's enterprises."""
    if not talk.person.enterprises:
        return talk.say("my_officer_unbound")
    said = [_officer_of(talk, enterprise) for enterprise in talk.person.enterprises]
    return replace(said[0], text="\n".join(one.text for one in said))


def _officer_of(talk: Talk, enterprise: Enterprise) -> Rendered:
    officer = enterprise.bound_officer
    if officer is None:
        return talk.say("my_officer_none", enterprise=enterprise.name)
    department = officer.department.name if officer.department else ""
    deputy = keeper(talk.turn, officer) or officer
    away = talk.line("my_officer_away", officer=officer.name, deputy=deputy.name) if deputy is not officer else ""
    return talk.say("my_officer", enterprise=enterprise.name, officer=officer.name, department=department, away=away)


def usage(talk: Talk, command: str) -> Rendered:
    return talk.say("usage", usage=talk.service.texts.help[command]["usage"])
