"""Reports that tell the same matter: asked about when the enterprise is the same, offered as a batch when not."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.context import Talk
from intake.submit import ALONE
from intake.twins import Twins
from routing.policy import Turn
from routing.telling import tell_role
from store import words as kept
from store.tables import Item
from store.words import Sharer

OPEN, SHARING = 12, 100
"""So many open items of one enterprise, and items of one shared word, are looked at; the newest ones."""
NAMED = 5


def same_as(talk: Talk, item: Item) -> tuple[Item, tuple[str, ...]] | None:
    """The open item of the same enterprise that this one seems to tell again, and the words they share."""
    if item.enterprise_id is None or item.kind in ALONE:
        return None
    known = kept.texts_of_enterprise(talk.session, item.enterprise_id, tuple(ALONE), OPEN)
    others = [(at, text) for at, report, text in known if report != item.report_id]
    twins = talk.service.intake.twins
    told = twins.told(item.text)
    alike = [(at, twins.likeness(told, twins.told(text))) for at, text in others]
    same = [(at, like) for at, like in alike if twins.same_matter(told, like)]
    if not same:
        return None
    at, like = max(same, key=lambda pair: pair[1].score)
    return talk.session.get_one(Item, at), like.shared


def alike(talk: Talk, item: Item, other: Item) -> dict[str, Any]:
    """By which words, and how much, two items are alike; whether that alone would have had it asked."""
    twins = talk.service.intake.twins
    told = twins.told(item.text)
    like = twins.likeness(told, twins.told(other.text))
    rule = "twins.toml: same" if twins.same_matter(told, like) else ""
    return {
        "rule": rule,
        "words": list(like.shared[:NAMED]),
        "likeness": f"{like.score:.2f}",
        "least": f"{twins.same:.2f}",
    }


def meant(talk: Talk, mine: Sequence[Item]) -> Item | None:
    """Which of several items somebody speaks of, where the words say it."""
    twins = talk.service.intake.twins
    at = twins.nearest(twins.told(talk.said), [twins.told(item.text) for item in mine[:OPEN]], twins.meant)
    return None if at is None else mine[at]


def offer_batch(twins: Twins, turn: Turn, item: Item) -> None:
    """Remember by which words a settled item is found; when enough enterprises say the like, tell the coordinator:
    once, and again when the batch has doubled."""
    if item.enterprise_id is None or item.kind in ALONE:
        return
    told = twins.told(item.text)
    words = twins.telling(told)
    since = turn.now - timedelta(days=twins.days)
    sharing = kept.sharing_words(turn.session, item, words, since, SHARING)
    kept.keep_words(turn.session, item, words)
    alike = {other: shared for other, shared in sharing.items() if twins.proves(told, shared)}
    enterprises = {item.enterprise_id, *(other.enterprise_id for other in alike)}
    if len(enterprises) < twins.enterprises:
        return
    own = Sharer(item.id, item.number, item.enterprise_id)
    oldest, size = min([own, *alike], key=lambda other: other.id), twins.enterprises
    while size * 2 <= len(enterprises):
        size *= 2
    common = sorted({word for shared in alike.values() for word in shared}, key=words.index)
    found = [own, *sorted(alike, key=lambda other: -other.id)]
    tell_role(
        turn,
        "coordinator",
        "batch_offer",
        f"batch:{item.district_id}:{oldest.number}:{size}",
        count=len(enterprises),
        category=item.category,
        numbers="、".join(other.number for other in found[:NAMED]),
        words="、".join(common[:NAMED]),
        word=common[0],
        listed=" ".join(other.number for other in found[:NAMED]),
    )
