"""The protections a rehearsal can leave out, each through a part that the service is given. It must find the harm."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from bot.limits import WAYS
from bot.service import Service
from routing.calendar import Calendar
from store import inbox, outbox
from store.tables import Push


def _without_dedupe(service: Service) -> Service:
    """Every delivery is taken for a new message."""

    def first_sight(session: Session, channel: str, key: str, body: str, now: datetime) -> int | None:
        return inbox.first_sight(session, channel, f"{key}#{secrets.token_hex(8)}", body, now)

    return replace(service, first_sight=first_sight)


def _without_lease(service: Service) -> Service:
    """What one worker has taken can be taken by another at the same moment, who sees nothing of the first."""

    def lease(session: Session, owner: str, now: datetime, _length: timedelta) -> Push | None:
        push = outbox.lease(session, owner, now, timedelta())
        if push is not None:
            push.maybe_since = None
        return push

    return replace(service, lease=lease)


def _without_hours(service: Service) -> Service:
    """People may be disturbed at any time."""
    calendar = service.policy.calendar
    always = AlwaysOpen(**{field.name: getattr(calendar, field.name) for field in fields(calendar)})
    return replace(service, policy=replace(service.policy, calendar=always))


class AlwaysOpen(Calendar):
    """A calendar without closing time."""

    def is_open(self, moment: datetime) -> bool:
        return True

    def next_open(self, moment: datetime) -> datetime:
        return moment.astimezone(UTC)


def _without_quota(service: Service) -> Service:
    """Nobody counts what the platforms allow."""
    limits, many = service.limits, 1_000_000
    windows = {kind: replace(one, messages=many, length=timedelta(days=30)) for kind, one in limits.windows.items()}
    return replace(service, limits=replace(limits, windows=windows, member=(), a_day=dict.fromkeys(WAYS, many)))


BREAKS: Mapping[str, Callable[[Service], Service]] = {
    "dedupe": _without_dedupe,
    "lease": _without_lease,
    "hours": _without_hours,
    "quota": _without_quota,
}


def broken(service: Service, protection: str | None) -> Service:
    """The service without one of its protections, or as it is."""
    return BREAKS[protection](service) if protection else service
