"""`GET /metrics`: the state of the service in the text form that Prometheus reads (exposition format 0.0.4).

Answered to whoever asks from this machine itself, or with the token; for others it does not exist. Figures only: no
name, number, text or address of anybody.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from itertools import accumulate

from flask import Request
from sqlalchemy.orm import Session

from bot.service import Service
from bot.tally import SECONDS, SLOWER, Tally
from routing import ladder
from store import beats, gauges, inbox, outbox, watch

MIMETYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "lianxin_"
TICK_BEGAN, TICK_ENDED = "tick_began", "tick_ended"
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
"""A proxy adds one of these: then the request comes from elsewhere, though the connection does not."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the figures are read from."""

    session: Session
    service: Service
    tally: Tally
    now: datetime

    def age(self, since: datetime | None) -> float:
        return max((self.now - since).total_seconds(), 0.0) if since else 0.0

    def beat(self, name: str) -> datetime | None:
        return beats.last(self.session).get(name)


Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Metric:
    """A name with what it means, and where its figure is read; `label` names what several figures differ by."""

    name: str
    kind: str
    help: str
    read: Callable[[Look], float | Figures | None]
    label: str = ""


def _tick_took(look: Look) -> float | None:
    began, ended = look.beat(TICK_BEGAN), look.beat(TICK_ENDED)
    return (ended - began).total_seconds() if began and ended else None


def _tick_age(look: Look) -> float | None:
    ended = look.beat(TICK_ENDED)
    return look.age(ended) if ended else None


def _late(look: Look) -> Figures:
    found = watch.late(look.session, look.now - look.service.policy.rhythms.watch_late)
    return {kind: found.get(kind, 0) for kind in watch.KINDS}


# fmt: off
METRICS = (
    Metric("turned_away_total", "counter", "Requests turned away at the door.",
           lambda look: look.tally.turned_away.told(), "reason"),
    Metric("messages_total", "counter", "Messages and events taken in, redeliveries included.",
           lambda look: look.tally.messages.told(), "kind"),
    Metric("inbox_waiting", "gauge", "Messages that were only stored, to be understood as soon as there is time.",
           lambda look: gauges.waiting_messages(look.session)),
    Metric("inbox_oldest_seconds", "gauge", "For how long the oldest of them has waited.",
           lambda look: look.age(inbox.oldest_waiting(look.session))),
    Metric("inbox_failed", "gauge", "Messages that are stored and were not understood: a person must read them.",
           lambda look: inbox.failed_count(look.session)),
    Metric("due_oldest_seconds", "gauge", "For how long the oldest item that is due has waited for the tick.",
           lambda look: look.age(ladder.next_moment(look.session))),
    Metric("outbox_waiting", "gauge", "Pushes that could go out now.",
           lambda look: gauges.waiting_pushes(look.session, look.now)),
    Metric("outbox_oldest_seconds", "gauge", "For how long the oldest of them has waited.",
           lambda look: look.age(outbox.oldest_waiting(look.session, look.now))),
    Metric("pushes", "gauge", "Pushes by what became of them.",
           lambda look: gauges.pushes(look.session), "status"),
    Metric("items_open", "gauge", "Open items.",
           lambda look: gauges.open_items(look.session), "state"),
    Metric("items_overdue", "gauge", "Open items after their deadline.",
           lambda look: gauges.overdue_items(look.session, look.now)),
    Metric("late", "gauge", "What the watchdog would alarm the office about.", _late, "kind"),
    Metric("tick_seconds", "gauge", "How long the last tick of any worker took.", _tick_took),
    Metric("tick_age_seconds", "gauge", "Since when no worker has finished a tick.", _tick_age),
)
# fmt: on


def may_ask(given: Request, token: str) -> bool:
    """With a token only whoever has it; without one only this machine."""
    if token:
        said = given.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(said.encode(), token.encode())
    passed_on = any(name in given.headers for name in FORWARDED)
    return not passed_on and ip_address(given.remote_addr or "0.0.0.0").is_loopback


def text(service: Service, tally: Tally) -> str:
    """All metrics. Raises what the database raises."""
    with service.store.read() as session:
        look = Look(session, service, tally, service.clock.now())
        return "\n".join([*(line for metric in METRICS for line in _lines(metric, look)), *_answers(tally), ""])


def _lines(metric: Metric, look: Look) -> Iterator[str]:
    found = metric.read(look)
    if found is None:
        return
    yield from _head(metric.name, metric.kind, metric.help)
    if isinstance(found, Mapping):
        for value, figure in found.items():
            yield f'{PREFIX}{metric.name}{{{metric.label}="{value}"}} {figure:.12g}'
    else:
        yield f"{PREFIX}{metric.name} {found:.12g}"


def _answers(tally: Tally) -> Iterator[str]:
    """How long answering took, as the histogram that Prometheus wants: each bucket counts all that were faster."""
    yield from _head("answer_seconds", "histogram", "How long a message or event took to be answered.")
    told = tally.answers.told()
    bounds = [*map(str, SECONDS), SLOWER]
    sums = list(accumulate(told.get(bound, 0) for bound in bounds))
    for bound, count in zip(bounds, sums, strict=True):
        yield f'{PREFIX}answer_seconds_bucket{{le="{"+Inf" if bound == SLOWER else bound}"}} {count}'
    yield f"{PREFIX}answer_seconds_sum {sum(tally.microseconds.told().values()) / 1_000_000:.12g}"
    yield f"{PREFIX}answer_seconds_count {sums[-1]}"


def _head(name: str, kind: str, help_text: str) -> Iterator[str]:
    yield f"# HELP {PREFIX}{name} {help_text}"
    yield f"# TYPE {PREFIX}{name} {kind}"
