"""Which item is meant: by full number, by short number, or because only one can be."""

from collections.abc import Callable, Iterable, Sequence

from bot import first
from bot.context import Talk
from bot.parse import take_number
from bot.texts import Rendered
from routing.handover import is_offered_to
from routing.lifecycle import Action, allows
from routing.policy import Turn
from routing.restricted import receivers
from routing.supports import asked_of
from store import items, outbox
from store.tables import Item, Person

SHOWN = 5
OFFICE = ("coordinator", "leader", "head", "duty")


class Answer(Exception):
    """The command cannot go on; `reply` says why and what to do instead."""

    def __init__(self, reply: Rendered) -> None:
        super().__init__(reply.text)
        self.reply = reply


def list_word(talk: Talk) -> str:
    """What this person says to see what there is."""
    return talk.service.texts.label("list_word", talk.person.role)


def may_touch(talk: Talk, item: Item) -> bool:
    """Whether whoever speaks may see and act on this item at all; what they may do is the command's matter."""
    return may_see(talk.turn, talk.person, item)


def may_see(turn: Turn, person: Person, item: Item) -> bool:
    """Whether an item is any of this person's business."""
    if item.restricted:
        return item.contact_id == person.id or person in receivers(turn, item)
    if person.id in (item.officer_id, item.acting_for_id, item.contact_id):
        return True
    if is_offered_to(turn, item, person) or asked_of(turn, item, person):
        return True
    if person.role in OFFICE or item.follower_id == person.id or item.enterprise in person.enterprises:
        return True
    return person in items.merged_contacts(turn.session, item)


def seen(talk: Talk, found: Sequence[Item]) -> list[Item]:
    """Of these items those that are any business of whoever speaks."""
    return [item for item in found if may_touch(talk, item)]


def require_checker(talk: Talk, item: Item, word: str) -> None:
    """The office checks, and of a report of misconduct those who may receive it."""
    if talk.person.role != "coordinator" and not item.restricted:
        raise Answer(talk.say("not_yours", word=word))


def pick(
    talk: Talk, rest: str, word: str, action: Action | None = None, beside: Sequence[Item] = ()
) -> tuple[Item, str]:
    """The item meant by what follows a command word, and what else follows: one that the action fits, or one of those
    beside. Raises Answer when it is not clear."""
    number, after = take_number(rest)
    fits: Callable[[Item], bool] = (
        (lambda item: item in beside or allows(item, action)) if action else (lambda item: True)
    )
    if number is None:
        mine = [item for item in (*_own(talk), *beside) if fits(item)]
        return only(talk, [item for item in mine if not item.closed_at] or mine, word), after
    found = numbered(talk, number)
    if not found:
        raise Answer(_gone(talk, number) or talk.say("no_such_item", number=number, list_word=list_word(talk)))
    fitting = [item for item in found if fits(item)] or [item for item in found if not item.closed_at] or found
    return only(talk, fitting, word), after


def one_of(talk: Talk, rest: str, word: str, these: Iterable[Item]) -> tuple[Item, str]:
    """The item meant by its number, or else the only one of these."""
    number, after = take_number(rest)
    if number is not None:
        return pick(talk, rest, word)
    return only(talk, [item for item in these if may_touch(talk, item)], word), after


def numbered(talk: Talk, number: str) -> list[Item]:
    """The items with this full or short number that this person may touch."""
    return [item for item in _all_numbered(talk, number) if may_touch(talk, item)]


def _all_numbered(talk: Talk, number: str) -> Iterable[Item]:
    district = talk.person.district_id
    if "-" in number:
        one = items.by_number(talk.session, district, number)
        return [one] if one else []
    return items.by_short_number(talk.session, district, number, 50)


def _gone(talk: Talk, number: str) -> Rendered | None:
    """Somebody had the item in hand until it was given to another: who did that, and when."""
    return next((said for item in _all_numbered(talk, number) if (said := _moved(talk, item))), None)


def _moved(talk: Talk, item: Item) -> Rendered | None:
    """What somebody reads of an item that was theirs; whoever is away has a deputy, and it is theirs still."""
    if item.restricted or item.acting_for is talk.person:
        return None
    if not outbox.was_told(talk.session, item, talk.person, "officer"):
        return None
    moved = first.told(talk, first.last_move(item))
    return talk.say("gone_from_you", item, first=moved, list_word=list_word(talk))


def _own(talk: Talk) -> Sequence[Item]:
    role = talk.person.role
    if role in ("contact", "stranger"):
        return items.of_contact(talk.session, talk.person, 50)
    if role in OFFICE:
        return items.first_open(talk.session, 50)
    return items.open_of_officer(talk.session, talk.person)


def only(talk: Talk, found: Sequence[Item], word: str) -> Item:
    """The one item of these; raises Answer when there is none or more than one."""
    if len(found) == 1:
        # Whoever acts on it next waits here and then sees what the first has done.
        talk.session.refresh(found[0], with_for_update=True)
        return found[0]
    if not found:
        raise Answer(talk.say("no_item_fits", word=word, list_word=list_word(talk)))
    lines = "\n".join(talk.line("which_line", item) for item in found[:SHOWN])
    short = found[0].number if _short_is_shared(found) else found[0].number.split("-")[-1]
    raise Answer(talk.say("which_item", count=len(found), word=word, short=short, lines=lines))


def _short_is_shared(found: Sequence[Item]) -> bool:
    shorts = [item.number.split("-")[-1] for item in found]
    return len(set(shorts)) < len(shorts)


def require_owner(talk: Talk, item: Item) -> None:
    """Only the accountable person handles an item; the enterprise's bound officer just follows it."""
    if item.officer_id != talk.person.id:
        raise Answer(_moved(talk, item) or in_other_hands(talk, item))


def in_other_hands(talk: Talk, item: Item) -> Rendered:
    """Who has it, and how whoever speaks may look at it."""
    if item.acting_for_id == talk.person.id:
        return talk.say("in_deputys_hands", item)
    return talk.say("not_in_your_hands", item, look=talk.service.texts.label("look_word", talk.person.role))
