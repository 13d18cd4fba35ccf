"""The access token of an account: one for all threads and all processes, fetched by one of them at a time."""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import requests
from sqlalchemy.orm import Session
from wechatpy.exceptions import WeChatClientException

from bot.senders import ErrorCodes, SendFailed, Trouble
from bot.service import Service
from routing.policy import Turn
from routing.telling import tell_role
from store import tokens
from store.tables import Token

EARLY = timedelta(minutes=5)
"""A token is fetched anew so long before it ends; both are valid then."""
LEASE = timedelta(seconds=30)
"""Whoever fetches is believed to be alive for so long: a call is given up well before."""
PATIENCE, POLL = 12.0, 0.05
"""So many seconds somebody without a token waits for one whom another process fetches, looking so often."""
SPENT, SHUT = "tokens_spent", "tokens_shut"
OVERSPENT = 45009
"""The platform's own word for "too often today"; ours, when we stop before it does."""

log = logging.getLogger(__name__)


class Tokens:
    """The token of one account, in one row of the database. A token that failed is only given up while it is still
    the current one, so that whoever comes late with it uses the newer one."""

    def __init__(
        self, service: Service, account: str, fetch: Callable[[], dict[str, Any]], codes: ErrorCodes
    ) -> None:
        """`account`: the channel and the public id, as in "oa:wx0123"; `codes`: what a refusal means."""
        self._service = service
        self._account = account
        self._fetch = fetch
        self._codes = codes
        self._lock = threading.Lock()

    def get(self) -> str:
        """A token that is good for now. Raises SendFailed: nothing has been sent then."""
        patience = time.monotonic() + PATIENCE
        with self._lock:
            while (held := self._held()) is None:
                if (owner := self._taken()) is not None:
                    return self._fetched_or_old(owner)
                if time.monotonic() >= patience:
                    raise SendFailed(Trouble.LATER, "another process is fetching the token")
                time.sleep(POLL)
        return held

    def expire(self, failed: str) -> None:
        """The platform refuses this token."""
        with self._service.store.write() as session:
            tokens.expire(session, self._account, failed)

    def doubt(self) -> None:
        """A fresh token was refused like the one before: the next is not asked for at once."""
        now = self._service.clock.now()
        with self._service.store.write() as session:
            token = tokens.locked(session, self._account)
            token.shut_until, token.shut_code = now + self._service.limits.token.doubt, None

    def _held(self) -> str | None:
        """The token in the row, if it can be used; while somebody fetches the next one, or nobody can, until its very
        end."""
        now = self._service.clock.now()
        with self._service.store.read() as session:
            token = tokens.look(session, self._account)
            value, left = _left(session, token, now)
        shut = token is not None and token.shut_until is not None and token.shut_until > now
        if left > EARLY or (left > timedelta() and (shut or (token is not None and _leased(token, now)))):
            return value
        if shut and token is not None:
            raise SendFailed(Trouble.CONFIG, f"no token is asked for, errcode {token.shut_code}")
        return None

    def _fetched_or_old(self, owner: str) -> str:
        """A new token, or when none comes the one that still lives. Raises SendFailed."""
        try:
            return self._fetched(owner)
        except SendFailed:
            with self._service.store.read() as session:
                token, now = tokens.look(session, self._account), self._service.clock.now()
                value, left = _left(session, token, now)
            if value is None or left <= timedelta():
                raise
            return value

    def _taken(self) -> str | None:
        """The right to fetch, under a name never used twice; None when somebody else has it, or it would be one
        too many."""
        now = self._service.clock.now()
        day = self._service.policy.calendar.local(now).date()
        with self._service.store.write() as session:
            token = tokens.locked(session, self._account)
            if _leased(token, now) or _left(session, token, now)[1] > EARLY:
                return None
            if token.day == day and token.fetched >= self._service.limits.token.a_day:
                self._spent(session, token, now, day)
                return None
            owner = secrets.token_hex(8)
            tokens.begin(token, owner, now + LEASE, day)
            return owner

    def _fetched(self, owner: str) -> str:
        try:
            answer = self._fetch()
            value, life = str(answer["access_token"]), timedelta(seconds=int(answer["expires_in"]))
        except WeChatClientException as error:
            raise self._refused(owner, int(error.errcode)) from error
        except (requests.RequestException, TypeError, ValueError, KeyError) as error:
            with self._service.store.write() as session:
                tokens.give_back(session, self._account, owner)
            raise SendFailed(Trouble.LATER, f"token {type(error).__name__}") from error
        now = self._service.clock.now()
        with self._service.store.write() as session:
            tokens.keep(session, self._account, owner, value, now + life)
        return value

    def _refused(self, owner: str, code: int) -> SendFailed:
        """The platform gives none. What asking again cannot mend is not asked again for a while."""
        trouble = self._codes.of(code)
        now = self._service.clock.now()
        with self._service.store.write() as session:
            token = tokens.give_back(session, self._account, owner)
            if trouble is not Trouble.LATER and token is not None:
                token.shut_until, token.shut_code = now + self._service.limits.token.rest, code
                self._tell(session, SHUT, now, code)
        return SendFailed(Trouble.LATER if trouble is Trouble.LATER else Trouble.CONFIG, f"token errcode {code}")

    def _spent(self, session: Session, token: Token, now: datetime, day: date) -> None:
        """As many as we allow ourselves were fetched today: something fetches them in vain."""
        calendar = self._service.policy.calendar
        token.shut_until = datetime.combine(day + timedelta(days=1), datetime.min.time(), calendar.zone)
        token.shut_code = OVERSPENT
        self._tell(session, SPENT, now, OVERSPENT)

    def _tell(self, session: Session, text: str, now: datetime, code: int) -> None:
        """The coordinators, once a day."""
        log.error("%s: %s (errcode %s)", self._account.partition(":")[0], text, code)
        service, channel = self._service, self._account.partition(":")[0]
        turn, day = Turn(session, service.policy, now), service.policy.calendar.local(now).date()
        facts = {
            "channel": service.texts.label("channel", channel),
            "why": token_trouble(service, code),
            "count": service.limits.token.a_day,
            "rest": int(service.limits.token.rest.total_seconds() // 60),
        }
        tell_role(turn, "coordinator", text, f"{text}:{channel}:{day}", **facts)


def token_trouble(service: Service, code: int) -> str:
    """Why there is no token, in words, and the platform's number for it."""
    labels = service.texts.labels["token_trouble"]
    return f"{labels.get(str(code), labels['other'])}（{code}）"


def _left(session: Session, token: Token | None, now: datetime) -> tuple[str | None, timedelta]:
    """The token in a row, if there is one, and how long it lives."""
    value = tokens.value_of(session, token) if token is not None else None
    if token is None or value is None or token.expires_at is None:
        return value, timedelta()
    return value, token.expires_at - now


def _leased(token: Token, now: datetime) -> bool:
    return token.refresher is not None and token.lease_until is not None and token.lease_until > now
