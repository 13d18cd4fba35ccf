"""By which way a push goes: what is open for this person now, and within what the platforms allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from bot.message import OA, WECOM
from bot.senders import Sender
from bot.service import Service
from bot.wecom import REPEATS
from store import channels, outbox, people, windows
from store.tables import ChatWindow, Identity, Permit, Push

WAYS = {OA: ("custom", "template", "subscribe"), WECOM: ("wecom",)}
SAME_BYTES = {"template": timedelta(minutes=10), "wecom": REPEATS}
"""Channels on which the platform drops a repeat of the same message, and for how long it remembers."""
TIMED = ("custom", "wecom")
"""Channels that take only so many messages in a time: one that was refused for now is chosen anew when it is tried
again, for its window may be over by then and its turn taken."""
CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Way:
    """A channel, and the account at its end."""

    channel: str
    identity: Identity | None


@dataclass(frozen=True, slots=True)
class Full:
    """The only ways that are open take no more before then."""

    until: datetime


def choose(service: Service, session: Session, push: Push, sender: Sender, now: datetime) -> Way | Full | None:
    """The best way that is open, and what it costs is taken; None when there is none. Reminders go by one that drops
    repeats and leaves the chat window's few messages to what people have done; they need no buttons. What is a list
    is to be read in full."""
    about_one_item = push.reminder and push.item_id is not None
    ways = sorted(sender.channels(), key=lambda way: about_one_item and way not in SAME_BYTES)
    if CONSOLE in ways:
        return Way(CONSOLE, None)
    full: list[datetime] = []
    for identity, channel in _candidates(session, push, ways):
        allowed = _allowed(service, session, identity, channel, now)
        if allowed is None:
            continue
        until = _free_from(service, session, push, channel, now)
        if until <= now:
            _take(service, session, allowed, channel, now)
            return Way(channel, identity)
        full.append(until)
    return Full(min(full)) if full else None


def others(session: Session, push: Push) -> list[Identity]:
    """Accounts of this person that were not found closed yet."""
    known, closed = people.identities_of(session, push.person), push.closed_ways or []
    return [one for one in known if any(way not in closed for way in WAYS.get(one.channel, ()))]


def _candidates(session: Session, push: Push, ways: Sequence[str]) -> list[tuple[Identity, str]]:
    known, closed = people.identities_of(session, push.person), push.closed_ways or []
    ordered = sorted(known, key=lambda identity: identity.channel != WECOM)  # who has WeCom lives in it
    return [(one, way) for one in ordered for way in ways if way in WAYS[one.channel] and way not in closed]


def _allowed(
    service: Service, session: Session, identity: Identity, channel: str, now: datetime
) -> ChatWindow | Permit | Literal["anybody"] | None:
    """By what this way is open to the person: a window, a permit, or to anybody; None where it is closed."""
    if channel == "custom":
        limits = service.limits
        return windows.find(session, identity, now + limits.spare, limits.lengths)
    if channel == "subscribe":
        wanted = service.subscription
        return windows.permit(session, identity, wanted.template_id) if wanted is not None else None
    return "anybody"


def _take(
    service: Service, session: Session, allowed: ChatWindow | Permit | Literal["anybody"], channel: str, now: datetime
) -> None:
    """Count the message before it leaves: two processes never both take the last."""
    if isinstance(allowed, ChatWindow):
        allowed.used += 1
    if isinstance(allowed, Permit) and not allowed.standing:
        allowed.left -= 1
    channels.count(channels.locked(session, channel), service.policy.calendar.local(now).date())


def _free_from(service: Service, session: Session, push: Push, channel: str, now: datetime) -> datetime:
    """The moment from which one more message fits into what the platform allows; `now` when it does."""
    limits, calendar = service.limits, service.policy.calendar
    use, moments, day = channels.look(session, channel), [now], calendar.local(now).date()
    if use is not None and use.shut_until is not None:
        moments.append(use.shut_until)
    if use is not None and channels.sent_on(use, day) >= limits.a_day[channel]:
        moments.append(datetime.combine(day + timedelta(days=1), time(), calendar.zone))
    return max(*moments, in_pace(service, session, push, channel, now))


def in_pace(service: Service, session: Session, push: Push, channel: str, now: datetime) -> datetime:
    """The moment from which one more message to this one member is not dropped without a word."""
    moments = [now]
    for span, most in service.limits.member if channel == "wecom" else ():
        last = outbox.nth_last(session, push, channel, most)
        moments += [last + span] if last is not None else []
    return max(moments)
