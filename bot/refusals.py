"""What a definite refusal closes: a way, or an account; and how the push goes on by the next one."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.message import OA, WECOM
from bot.senders import Trouble
from bot.service import Service
from bot.ways import WAYS, others
from routing.policy import Turn
from routing.telling import tell_role
from store import calls, people, windows
from store.tables import Push

UNREACHABLE = "unreachable"


def account_of(channel: str) -> str:
    """The platform a way belongs to."""
    return next((platform for platform, ways in WAYS.items() if channel in ways), OA)


def closed(service: Service, session: Session, push: Push, trouble: Trouble, now: datetime) -> None:
    """This way is closed for this push; with an account that reaches nobody, all ways to it are."""
    way, platform = push.channel or "", account_of(push.channel or "")
    gone = WAYS[platform] if trouble is Trouble.DROP else (way,)
    push.closed_ways, push.attempts = [*(push.closed_ways or []), *gone], 0
    if trouble is Trouble.CHANNEL:
        _used_up(service, session, push, way)
    if trouble is Trouble.DROP and others(session, push):
        turn, day = Turn(session, service.policy, now), service.policy.calendar.local(now).date()
        known = {"name": push.person.name, "channel": service.texts.label("channel", platform)}
        key = f"{UNREACHABLE}:{push.person_id}:{platform}:{day}"
        tell_role(turn, "coordinator", UNREACHABLE, key, **known)


def _used_up(service: Service, session: Session, push: Push, way: str) -> None:
    """The platform knows better than our ledger: it takes no more by this way until the person does something."""
    identity = people.identity_of(session, push.person, WECOM if way == "wecom" else OA)
    if identity is None:
        return
    if way == "custom":
        windows.close(session, identity)
    elif way == "subscribe" and service.subscription is not None:
        windows.forbid(session, identity, service.subscription.template_id)


def other_way(session: Session, push: Push, now: datetime) -> None:
    """The next lease chooses anew. What travelled with it waits for that, too."""
    calls.part(session, push, now)
    push.identity = None
    push.body = push.channel = push.vendor_id = push.sent_at = push.arrived_at = None
    push.status, push.next_try = "ready", now
