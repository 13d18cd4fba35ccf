"""The office's figures: each rate as n/m with what it covers and the moment it was taken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.among import Asked, asked
from bot.context import Talk
from bot.flags import unit_line
from bot.service import Service
from bot.texts import Rendered
from routing.metrics import Metric, Times
from store import calls, items, numbers
from store.numbers import Among

Counts = dict[str, Any]
Tally = dict[tuple[str, str], int]
Flows = Sequence[tuple[str, str]]
BESIDE = {
    "in_time": ("beside_in_time", "extended_in_time", "extended", "due"),
    "satisfaction": ("beside_satisfaction", "done_rated", "done", "resolved"),
}
"""What is shown beside a rate: the text, two more counts, and the moment they go by."""
FLOWS: Flows = (("resolved", "done"), ("closed", "closed"))
"""What happened in a period, whenever the item came: the moment, and the count."""
SUMMARY = ["received", "open", "closed", "ended", "out_of_scope"]
STATES = ("registered", "triage", "assigned", "handling", "resolved", "rated", "verified")


def today(talk: Talk, rest: str) -> Rendered:
    return _period(talk, "today", rest, talk.today, talk.today + timedelta(days=1))


def week(talk: Talk, rest: str) -> Rendered:
    monday = talk.today - timedelta(days=talk.today.weekday())
    return _period(talk, "week", rest, monday, monday + timedelta(weeks=1))


def month(talk: Talk, rest: str) -> Rendered:
    first = talk.today.replace(day=1)
    return _period(talk, "month", rest, first, (first + timedelta(days=31)).replace(day=1))


def stats(talk: Talk, rest: str) -> Rendered:
    said = asked(talk, rest, "统计")
    if said.screen:
        return _screen(talk, said, "统计")
    now, session = _now(talk), talk.session
    tally, counted = _counted(talk, said.among, now, [*SUMMARY, "late"], headline=True)
    given_up = calls.count(session)
    return talk.say(
        "stats",
        scope=said.told,
        cutoff=talk.service.speaker.when(now),
        rates=_rates(talk, tally, headline=True),
        elsewhere=_elsewhere(talk, counted),
        categories=_categories(talk, said.among),
        flag=unit_line(talk, said.among) if said.among.units else "",
        undelivered=talk.line("undelivered_note", count=given_up) if given_up else "",
        **counted,
    )


def _period(talk: Talk, name: str, rest: str, first: date, after: date) -> Rendered:
    speaker, word = talk.service.speaker, talk.service.texts.label("period", name)
    said = asked(talk, rest, word)
    opens, closes = (datetime.combine(day, datetime.min.time(), speaker.calendar.zone) for day in (first, after))
    within = replace(said.among, start=opens, end=closes)
    if said.screen:
        return _screen(talk, replace(said, among=within), word)
    now = _now(talk)
    tally, counted = _counted(talk, within, now, SUMMARY, headline=True, flows=FLOWS)
    since = talk.service.texts.labels["word"]["since"].format(day=speaker.day(first))
    return talk.say(
        "period",
        period=word,
        scope=said.told,
        since="" if first == talk.today else since,
        cutoff=speaker.when(now),
        rates=_rates(talk, tally, headline=True),
        elsewhere=_elsewhere(talk, counted),
        resolved=tally["resolved", "done"],
        struck_off=tally["closed", "closed"],
        **counted,
        **_present(talk, said.among, now),
    )


def _present(talk: Talk, among: Among, now: datetime) -> Counts:
    """What is open at this moment, whenever it came, by state."""
    states = numbers.open_by_state(talk.session, among)
    open_now, late = numbers.open_and_late(talk.session, among, now)
    return {"open_now": open_now, "late": late, **{f"{state}_now": states.get(state, 0) for state in STATES}}


def _counted(
    talk: Talk, among: Among, now: datetime, names: Sequence[str], *, headline: bool, flows: Flows = ()
) -> tuple[Tally, Counts]:
    """Everything one screen shows, counted at once; and those of it that have a name of their own in its text."""
    wanted: dict[str, list[str]] = {"registered": list(names)}
    for metric in talk.turn.policy.metrics.screen(headline=headline):
        wanted.setdefault(metric.by, []).extend((metric.of, metric.over))
        if metric.name in BESIDE:
            _, of, over, by = BESIDE[metric.name]
            wanted.setdefault(by, []).extend((of, over))
    for by, name in flows:
        wanted.setdefault(by, []).append(name)
    tally = numbers.tally(talk.session, among, wanted, now)
    return tally, {name: tally["registered", name] for name in names}


def _screen(talk: Talk, said: Asked, word: str) -> Rendered:
    return _formulas(talk) if said.screen == "formulas" else _more(talk, said, word)


def _more(talk: Talk, said: Asked, word: str) -> Rendered:
    """What the first screen has no room for."""
    now, session, policy = _now(talk), talk.session, talk.turn.policy
    names = ["received", "open", "late", "out_of_scope", "from_superior", "from_superior_done", "from_superior_late"]
    tally, counted = _counted(talk, said.among, now, names, headline=False)
    silent = numbers.unheard(session, said.among, policy.metrics.silent_since(now, policy.calendar))
    return talk.say(
        "stats_more",
        word=word,
        scope=said.told,
        cutoff=talk.service.speaker.when(now),
        rates=_rates(talk, tally, headline=False),
        times=_times(talk, policy.metrics.times(session, said.among, policy.calendar)),
        longest=_longest(talk, said.among, now),
        silent=silent,
        silent_days=policy.metrics.silent_days,
        sources=_sources(talk, said.among),
        **counted,
    )


def _times(talk: Talk, taken: Times) -> str:
    """How long items took, in hours of working time; of none there is no mean."""
    if not taken.count:
        return talk.line("stats_no_times")
    mean, median = (f"{seconds / 3600:.1f}" for seconds in (taken.mean, taken.median))
    return talk.line("stats_times", mean=mean, median=median, handled=taken.count)


def _longest(talk: Talk, among: Among, now: datetime) -> str:
    worst = items.latest(talk.session, among, now)
    return talk.line("stats_longest", worst, late=talk.service.speaker.late(worst, now)) if worst else ""


def _formulas(talk: Talk) -> Rendered:
    """How each rate is made, from the table it is counted by."""
    label = talk.service.texts.label
    lines = [
        talk.line(
            "stats_formula",
            metric=label("metric", metric.name),
            of=label("count", metric.of),
            over=label("count", metric.over),
            by=label("moment", metric.by),
        )
        for metric in talk.turn.policy.metrics.metrics
    ]
    return talk.say("stats_formulas", lines="\n".join(lines))


def _rates(talk: Talk, tally: Tally, *, headline: bool) -> str:
    return "\n".join(_rate_line(talk, metric, tally) for metric in talk.turn.policy.metrics.screen(headline=headline))


def _rate_line(talk: Talk, metric: Metric, tally: Tally) -> str:
    return rate_line(talk.service, metric, tally) + _beside(talk, metric, tally)


def rate_line(service: Service, metric: Metric, tally: Tally) -> str:
    n, m = tally[metric.by, metric.of], tally[metric.by, metric.over]
    word = service.texts.label("metric", metric.name)
    return service.texts.say("rate_line", metric=word, n=n, m=m, percent=_percent(service, n, m))


def _percent(service: Service, n: int, m: int) -> str:
    """Two digits behind the point at most; nothing where there is nothing to divide by."""
    if not m:
        return ""
    said = f"{100 * n / m:.2f}".rstrip("0").rstrip(".")
    return service.texts.labels["word"]["percent"].format(percent=said)


def _beside(talk: Talk, metric: Metric, tally: Tally) -> str:
    if metric.name not in BESIDE:
        return ""
    text, of, over, by = BESIDE[metric.name]
    return talk.line(text, n=tally[by, of], m=tally[by, over]) if tally[by, over] else ""


def _elsewhere(talk: Talk, counted: Counts) -> str:
    """What is not in the office's remit is counted apart, so that it is never lost."""
    if not counted["out_of_scope"]:
        return ""
    return talk.line("stats_elsewhere", n=counted["out_of_scope"], m=counted["received"])


def _categories(talk: Talk, among: Among) -> str:
    rows = sorted(numbers.open_by_category(talk.session, among).items(), key=lambda row: (-row[1], row[0]))
    return "、".join(f"{talk.service.speaker.category(code)} {count}" for code, count in rows)


def _sources(talk: Talk, among: Among) -> str:
    rows = sorted(numbers.by_source(talk.session, among).items(), key=lambda row: (-row[1], row[0]))
    return "、".join(f"{talk.service.texts.label('source', source)} {count}" for source, count in rows)


def _now(talk: Talk) -> datetime:
    """On the office's wall clock: its offset says which local day a moment lies on."""
    return talk.service.speaker.calendar.local(talk.turn.now)
