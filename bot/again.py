"""Something is said when a matter has been closed: does it go on with that one, or is it a new one?"""

from datetime import timedelta

from bot.context import Talk
from bot.parse import take_number
from bot.texts import Rendered
from bot.which import numbered, pick
from intake.submit import ALONE
from routing import followup, review
from routing.lifecycle import Action, State, allows
from store import afterwards, items
from store.tables import Item

LATELY = 12
"""So many closed items of a contact are looked at, the newest ones."""
FRESH = timedelta(minutes=30)
"""So long after it, a word without a number is about what was just told."""
SURE = 0.9
"""Categories agree: both texts surely speak of the same one."""


def again(talk: Talk, rest: str) -> Rendered | None:
    """接着 N [M]: the closed matter N is back, and what was just told as M belongs to it."""
    number, after = take_number(rest)
    if number is None and rest:
        return None  # "接着，又停电了" is a report
    before = [item for item in (numbered(talk, number) if number else closed(talk)) if allows(item, Action.REOPEN)]
    item = before[0] if len(before) == 1 else pick(talk, rest, "接着", Action.REOPEN)[0]
    newer, words = take_number(after)
    told = [other for other in numbered(talk, newer) if other is not item] if newer else _just_asked(talk)
    said = "；".join(filter(None, [*(other.text for other in told[:1]), words])) or _said_before(item)
    if not followup.take_up(talk.turn, item, talk.person, said):
        return talk.say("again_office", item)
    if told and allows(told[0], Action.MERGE):
        review.merge(talk.turn, told[0], item, talk.person)
    return talk.say("taken_up", item)


def _just_asked(talk: Talk) -> list[Item]:
    """What was told last and is still being asked about: the old matter or a new one."""
    newest = items.newest_open_of_contact(talk.session, talk.person)
    fresh = newest is not None and newest.registered_at >= talk.turn.now - FRESH
    return [newest] if newest is not None and fresh and old_or_new(talk, newest) else []


def _said_before(item: Item) -> str:
    """What was said of it since it was closed."""
    said = [str(event.data["note"]) for event in item.events if event.action == "after_close"]
    return said[-1] if said else ""


def new_matter(talk: Talk, rest: str) -> Rendered | None:
    """新的事 N: what was just told is no old matter; what this person had joined to another is parted again."""
    number, _ = take_number(rest)
    if number is None and rest:
        return None
    item = pick(talk, rest, "新的事")[0] if number else items.newest_open_of_contact(talk.session, talk.person)
    if item is not None and _joined_by(talk, item):
        review.part(talk.turn, item, talk.person, talk.said)
        return talk.say("same_undone", item)
    return talk.say("new_matter", item) if item and not item.closed_at else talk.say("new_matter_none")


def _joined_by(talk: Talk, item: Item) -> bool:
    merged = [event for event in item.events if event.action == Action.MERGE]
    return item.state == State.MERGED and merged[-1].actor is talk.person


def old_or_new(talk: Talk, item: Item) -> Rendered | None:
    """The question whether a new report goes on with a matter that was closed; None where it surely does not."""
    before = [] if item.kind in ALONE else closed(talk)
    if not before:
        return None
    twins = talk.service.intake.twins
    told = twins.told(item.text)
    alike = [(old, twins.likeness(told, twins.told(old.text))) for old in before]
    old, like = max(alike, key=lambda pair: pair[1].score)
    vague = told.again and (item.doubtful or like.agree >= SURE)
    if like.score < twins.meant and not vague:
        return None
    return talk.say("old_or_new", item, old=old.number, told=talk.service.speaker.facts(old, talk.person)["text"])


def says_so(talk: Talk) -> bool:
    """Nothing but "it is back", from somebody who has a matter that can be meant: whatever else it sounds like."""
    if not talk.turn.policy.afterwards.says_again(talk.said):
        return False
    return bool(closed(talk)) or items.newest_open_of_contact(talk.session, talk.person) is not None


def ask_closed(talk: Talk, item: Item | None) -> Rendered | None:
    """Something was said of a closed matter: kept with it and told to the office; a tap takes it up again."""
    if item is None or item.state != State.CLOSED:
        return None
    followup.said_after(talk.turn, item, talk.person, talk.said)
    return talk.say("closed_again", item)


def closed(talk: Talk) -> list[Item]:
    """What was closed lately enough to be taken up again by this person, the newest first."""
    since = talk.turn.now - talk.turn.policy.afterwards.again_for
    return list(afterwards.closed_of_contact(talk.session, talk.person, since, LATELY))
