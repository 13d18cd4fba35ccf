"""By which way a push goes: what is open for this person now, and within what the platforms allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from bot.message import OA, WECOM
from bot.senders import Sender
from bot.service import Service
from bot.wecom import REPEATS
from store import channels, outbox, people, windows
from store.tables import Identity, Push

WAYS = {OA: ("custom", "template", "subscribe"), WECOM: ("wecom",)}
SAME_BYTES = {"template": timedelta(minutes=10), "wecom": REPEATS}
"""Channels on which the platform drops a repeat of the same message, and for how long it remembers."""
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
        if not _is_open(service, session, identity, channel, now):
            continue
        until = _free_from(service, session, push, channel, now)
        if until <= now:
            _take(service, session, identity, channel, now)
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


def _is_open(service: Service, session: Session, identity: Identity, channel: str, now: datetime) -> bool:
    if channel == "custom":
        return windows.find(session, identity, now) is not None
    if channel == "subscribe":
        wanted = service.subscription
        return wanted is not None and windows.permit(session, identity, wanted.template_id) is not None
    return True


def _take(service: Service, session: Session, identity: Identity, channel: str, now: datetime) -> None:
    """Count the message before it leaves: two processes never both take the last."""
    if channel == "custom" and (window := windows.find(session, identity, now)) is not None:
        window.used += 1
    if channel == "subscribe" and service.subscription is not None:
        allowed = windows.permit(session, identity, service.subscription.template_id)
        if allowed is not None and not allowed.standing:
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
    if channel == "wecom":
        for span, most in limits.member:
            last = outbox.nth_last(session, push, channel, most)
            moments += [last + span] if last is not None else []
    return max(moments)
