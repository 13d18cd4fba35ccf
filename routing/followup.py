"""After the end: the second look (回头看), what comes back, and a withdrawal that somebody may have asked for."""

from datetime import datetime

from routing import outcome
from routing.lifecycle import Action, NotAllowed, State
from routing.policy import Refused, Turn
from routing.telling import put, recipients, tell
from store import history
from store.history import record
from store.tables import Item, Person

ASKED = "asked"
FOUND = ("stable", "rebound", "false")
RULE = "afterwards.toml: followup, remind_days"


def moment(item: Item) -> datetime | None:
    """When an ended item wants to be looked at: until then it rests, and after somebody has looked for good."""
    return item.followup_at if item.followup in (None, ASKED) else None


def look(turn: Turn, item: Item) -> None:
    """Ask the enterprise once; then the office, again and again, until it has looked."""
    due = moment(item)
    if due is None or due > turn.now:
        return
    item.followup_at = turn.policy.calendar.add_days(turn.now, turn.policy.afterwards.remind_days)
    if item.followup is None:
        item.followup = ASKED
        occasion = "followup_planned" if item.result_code == "planned" else "followup"
        tell(turn, item, occasion, record(item, "followup", by=None, now=turn.now, rule=RULE))
    else:
        _remind_office(turn, item)


def _remind_office(turn: Turn, item: Item) -> None:
    text_key = "followup_waits" if item.state == State.CLOSED else "withdrawal_waits"
    day = turn.policy.calendar.local(turn.now).date()
    for person in recipients(turn, item, "coordinator"):
        key = f"{text_key}:{item.number}:{item.round}:{day}:{person.id}"
        put(turn, item, person, text_key, key, "coordinator", urgent=False, asking=False, reminder=True)


def steady(turn: Turn, item: Item, by: Person, note: str) -> None:
    """The enterprise says that all is well; whoever looks for the office has the last word."""
    if item.state != State.CLOSED or item.followup != ASKED:
        raise NotAllowed(item, "followup_steady")
    event = record(item, "followup_steady", by=by, now=turn.now, note=note)
    tell(turn, item, "followup_steady", event, note=note)


def found(turn: Turn, item: Item, by: Person, what: str, note: str) -> None:
    """What the office found: stable, or back, or never done; the last two open the item again."""
    outcome.not_the_handler(item, by)
    if item.state != State.CLOSED or item.followup in FOUND:
        raise NotAllowed(item, "followup")
    record(item, f"followup_{what}", by=by, now=turn.now, note=note)
    _settle(item, what)
    if what == "false":
        outcome.false_closing(turn, item, by, note)
    elif what == "rebound":
        back(turn, item, by, note)


def take_up(turn: Turn, item: Item, by: Person, words: str) -> bool:
    """The enterprise says that a closed matter is back: the same number, a round more. False where nobody has its
    former owner's work: then the office is told, and names somebody."""
    if item.state != State.CLOSED or item.closed_at is None:
        raise NotAllowed(item, Action.REOPEN)
    if item.followup != ASKED and turn.now - item.closed_at > turn.policy.afterwards.again_for:
        raise Refused("again_too_late", number=item.number, days=turn.policy.afterwards.again_days)
    if outcome.owner_again(turn, item) is None:
        said_after(turn, item, by, words)
        return False
    _settle(item, "rebound")
    back(turn, item, by, words)
    return True


def back(turn: Turn, item: Item, by: Person, words: str) -> None:
    """It has come back: to its former owner, one level higher."""
    item.attention = min(item.attention + 1, outcome.LEADER)
    outcome.reopen(turn, item, by, words, "rebound")


def _settle(item: Item, what: str) -> None:
    item.followup, item.followup_at, item.next_check_at = what, None, None


def said_after(turn: Turn, item: Item, by: Person, words: str) -> None:
    """Something was said about a closed matter: kept with it, and told to the office, whatever becomes of it."""
    known = any(event.action == "after_close" and event.at >= item.state_since for event in history.of(item))
    event = record(item, "after_close", by=by, now=turn.now, note=words)
    if not known:
        tell(turn, item, "after_close", event, note=words)


def doubt(turn: Turn, item: Item, by: Person, words: str, spoke_at: datetime | None) -> None:
    """A withdrawal counts, but somebody asks whether it was wanted where the handler may have asked for it (烟台).
    What the enterprise says of that is for the office alone."""
    rules, calendar = turn.policy.afterwards, turn.policy.calendar
    near = (
        spoke_at is not None and calendar.between(spoke_at, turn.now) <= rules.withdrawal_days * calendar.day_seconds
    )
    said = rules.asked_for(words)
    if not near and not said:
        return
    rule = f"afterwards.toml: withdrawal, {'words' if said else 'days'}"
    event = record(item, "withdrawal_doubted", by=None, now=turn.now, rule=rule, words=words)
    item.followup = ASKED
    item.followup_at = item.next_check_at = calendar.add_days(turn.now, rules.remind_days)
    tell(turn, item, "withdrawal_doubted", event, note=words, by=by.name)


def wanted(turn: Turn, item: Item, by: Person, note: str) -> None:
    """The enterprise says that it wanted to withdraw."""
    outcome.not_the_handler(item, by)
    if item.state != State.WITHDRAWN or item.followup != ASKED:
        raise NotAllowed(item, Action.VERIFY)
    _settle(item, "stable")
    record(item, "withdrawal_wanted", by=by, now=turn.now, note=note)


def unwanted(turn: Turn, item: Item, by: Person, reason: str) -> None:
    """It did not: the matter goes on, and waits for the office to name an owner."""
    if item.followup != ASKED:
        raise NotAllowed(item, Action.SEND_BACK)
    outcome.reopen(turn, item, by, reason)
