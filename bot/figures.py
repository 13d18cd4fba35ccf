"""The figures of the week or month before, for the office and the leaders: each rate as n/m."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time

from bot.numbers import rate_line
from bot.service import Service
from routing.metrics import Metric
from routing.policy import Turn
from routing.rhythm import Rhythm
from store import numbers
from store.numbers import Among
from store.tables import Person

FLOWS = {"registered": "received", "resolved": "done", "closed": "closed"}
"""What came and went: by which moment, and which count."""
TEXTS = {"week": "figures_week", "month": "figures_month"}


def figures(
    service: Service, turn: Turn, rhythm: Rhythm, due: datetime, _person: Person
) -> tuple[str, dict[str, object]] | None:
    """Text and facts; None when nothing was told and nothing is open."""
    first, after = rhythm.before(due, service.policy.calendar)
    now, session = service.policy.calendar.local(turn.now), turn.session
    opens, closes = (datetime.combine(day, time(), service.policy.calendar.zone) for day in (first, after))
    within = Among(start=opens, end=closes)
    metrics = service.policy.metrics.screen(headline=True)
    wanted = {by: [name, *_names(metrics, by)] for by, name in FLOWS.items()}
    wanted |= {metric.by: _names(metrics, metric.by) for metric in metrics if metric.by not in FLOWS}
    tally = numbers.tally(session, within, wanted, now)
    flows = {name: tally[by, name] for by, name in FLOWS.items()}
    present = numbers.count(session, replace(within, start=None, end=None), ["open", "late"], now)
    if not any((*flows.values(), present["open"])):
        return None
    return TEXTS[rhythm.every], {
        "first": service.speaker.day(first),
        "last": service.speaker.day(date.fromordinal(after.toordinal() - 1)),
        "cutoff": service.speaker.when(turn.now),
        **flows,
        "open": present["open"],
        "overdue": present["late"],
        "rates": "\n".join(rate_line(service, metric, tally) for metric in metrics),
    }


def _names(metrics: Iterable[Metric], by: str) -> list[str]:
    """The counts that are taken by this moment."""
    return [name for metric in metrics if metric.by == by for name in (metric.of, metric.over)]
