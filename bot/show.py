"""Items and their histories as lines of text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.aside import card_lines
from bot.contact import urgent_mark
from bot.context import Talk
from bot.texts import Rendered
from routing import followup
from routing.rungs import Rung
from store import media, outbox
from store.tables import Event, Item, Push

WORST = 5
"""A coordinator's answer fits a phone screen: counts, then the worst five, then the word for more."""


CONFIRMED = ("template", "subscribe")
"""Of these the platform says afterwards whether they arrived."""


def listed(talk: Talk, found: Sequence[Item]) -> str:
    """The first five items, a line each, and how many more there are."""
    late = talk.service.speaker.late
    lines = [talk.line("list_line", item, late=late(item, talk.turn.now)) for item in found[:WORST]]
    return "\n".join([*lines, *more(talk, len(found) - WORST)])


def more(talk: Talk, count: int, of: str = "more") -> list[str]:
    return [talk.service.texts.label("word", of).format(count=count)] if count > 0 else []


def item_card(talk: Talk, item: Item) -> Rendered:
    """Everything a coordinator wants to know of one item on one screen."""
    label = talk.service.texts.label
    return talk.say(
        "item_card",
        item,
        urgent_mark=urgent_mark(talk, item),
        mentions_line=talk.service.speaker.mentions_line(item, talk.person),
        support_line=talk.line("support_line", item) if item.supports else "",
        origin_line=_origin(talk, item),
        follower=item.follower.name if item.follower else label("word", "nobody"),
        late=talk.service.speaker.late(item, talk.turn.now),
        promises=talk.service.speaker.promises(item),
        flag=flag_of(talk, item),
        result_line=talk.line("result_line", item) if item.result and item.result_code else "",
        verify_line=_checked(talk, item),
        rating_line=talk.line("rating_line", item) if item.rating else "",
        pictures_line=_pictures(talk, item),
        asides=card_lines(talk, item),
        next=next_line(talk, item),
        delivery=_delivery(talk, item),
    )


def _checked(talk: Talk, item: Item) -> str:
    """Who checked it last, by which answers."""
    for event in reversed(item.events):
        if event.action == "verify" and event.actor is not None:
            answers = talk.service.speaker.answers(event.data.get("answers", {}))
            return talk.line("verify_line", who=event.actor.name, answers=answers)
    return ""


def _origin(talk: Talk, item: Item) -> str:
    """Where it came from, unless it was simply told in chat; and that it is not in the office's remit."""
    word = talk.service.texts.label
    told = [
        word("source", item.source) if item.source != "chat" else "",
        item.campaign or "",
        item.superior_number or "",
        word("word", "out_of_remit") if item.scope != "ours" else "",
    ]
    return talk.line("origin_line", origin="｜".join(filter(None, told))) if any(told) else ""


def flag_why(talk: Talk, item: Item) -> str:
    """By which rule an item has its flag, in words."""
    return talk.service.texts.label("flag_rule", talk.turn.policy.flags.rule(item, talk.turn.now).name)


def flag_of(talk: Talk, item: Item) -> str:
    """The flag of an item: its colour, the word for it, and why."""
    shown = talk.service.texts.label("flag", talk.turn.policy.flags.colour(item, talk.turn.now))
    return talk.line("flag_of", flag=shown, why=flag_why(talk, item))


def _pictures(talk: Talk, item: Item) -> str:
    """How much was sent beside words, with links for whoever asks where links can be made."""
    sent = media.of_item(talk.session, item)
    if not sent:
        return ""
    kept = [each for each in sent if each.status == "kept"]
    links = talk.service.links
    shown = [links.make(each.id, talk.person.id) for each in kept[:WORST]] if links else []
    return talk.line("pictures_line", total=len(sent), kept=len(kept), links="\n".join(shown))


def next_line(talk: Talk, item: Item) -> str:
    """What will happen by itself next, when and to whom, and what after that: a reminder nobody can foresee is a
    nuisance."""
    policy = talk.turn.policy
    ahead = policy.ladder.ahead(item, item.checked_until or talk.turn.now, policy.calendar)
    moments = sorted({moment for moment, _ in ahead})[:2]
    if not moments:
        return _second_look(talk, item)
    said = [_planned(talk, item, moment, [rung for at, rung in ahead if at == moment]) for moment in moments]
    after = talk.line("card_after", **said[1]) if len(said) > 1 else ""
    return talk.line("card_next", after=after, **said[0])


def _second_look(talk: Talk, item: Item) -> str:
    """Of an ended item: when somebody looks at it once more."""
    label, at = talk.service.texts.label, followup.moment(item)
    if at is None:
        return label("word", "nothing_planned")
    who = label("recipient", "contact" if item.followup is None else "coordinator")
    return talk.line(
        "card_next", when=talk.service.speaker.when(at), who=who, what=label("word", "second_look"), after=""
    )


def _planned(talk: Talk, item: Item, moment: datetime, rungs: Sequence[Rung]) -> dict[str, Any]:
    label = talk.service.texts.label
    told = [recipient for rung in rungs for recipient in rung.tell if recipient != "watcher" or item.attention]
    who = dict.fromkeys(label("recipient", recipient) for recipient in told)
    what = dict.fromkeys(label("rung", rung.name) for rung in rungs)
    return {
        "when": talk.service.speaker.when(moment),
        "who": "、".join(who) or label("word", "service"),
        "what": "、".join(what),
    }


def _delivery(talk: Talk, item: Item) -> str:
    """How the last message about this item fared with each person, and how many in all went out."""
    pushes = [push for push in outbox.of_item(talk.session, item) if push.status != "cancelled"]
    last = {push.person_id: push for push in pushes}.values()
    told = [talk.line("fared", name=push.person.name, how=_fared(talk, push)) for push in last]
    sent = sum(push.status == "sent" for push in pushes)
    return talk.line("card_delivery", sent=sent, total=len(pushes), told="；".join(told))


def _fared(talk: Talk, push: Push) -> str:
    """When it went by which way, and whether the platform said that it arrived; or why it has not gone."""
    carrier = push.digest if push.digest is not None else push
    label = talk.service.texts.label
    if carrier.status != "sent" or carrier.sent_at is None:
        return label("push", push.status)
    at = talk.service.speaker.when(carrier.sent_at)
    doubtful = carrier.channel in CONFIRMED and carrier.arrived_at is None
    word = label("push", "given" if doubtful else "sent")
    return f"{word} {at}（{label('way', carrier.channel)}）"


def event_line(talk: Talk, event: Event) -> str:
    label, speaker = talk.service.texts.label, talk.service.speaker
    actor = event.actor.name if event.actor else label("word", "service")
    return talk.line(
        "why_line",
        at=speaker.when(event.at),
        actor=actor,
        action=label("action", event.action),
        detail=f"：{detail}" if (detail := speaker.detail(event, talk.person)) else "",
        rule=event.rule or label("word", "by_hand"),
    )
