"""The office's figures: each rate as n/m with what it covers and the moment it was taken."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.among import Asked, asked
from bot.context import Talk
from bot.flags import unit_line
from bot.texts import Rendered
from routing.metrics import Ratio
from store import items, numbers, outbox
from store.numbers import Among

Counts = dict[str, Any]
BESIDE = {
    "in_time": ("beside_in_time", "extended_in_time", "extended", "due"),
    "satisfaction": ("beside_satisfaction", "done_rated", "done", "resolved"),
}
"""What is shown beside a rate: the text, two more counts, and the moment they go by."""
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
    counted: Counts = numbers.count(session, said.among, [*SUMMARY, "late"], now)
    given_up = outbox.given_up_count(session)
    return talk.say(
        "stats",
        scope=said.told,
        cutoff=talk.service.speaker.when(now),
        rates=_rates(talk, said.among, now, headline=True),
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
    counted: Counts = numbers.count(talk.session, within, SUMMARY, now)
    since = talk.service.texts.labels["word"]["since"].format(day=speaker.day(first))
    return talk.say(
        "period",
        period=word,
        scope=said.told,
        since="" if first == talk.today else since,
        cutoff=speaker.when(now),
        rates=_rates(talk, within, now, headline=True),
        elsewhere=_elsewhere(talk, counted),
        resolved=numbers.count(talk.session, within, ["done"], now, "resolved")["done"],
        struck_off=numbers.count(talk.session, within, ["closed"], now, "closed")["closed"],
        **counted,
        **_present(talk, said.among, now),
    )


def _present(talk: Talk, among: Among, now: datetime) -> Counts:
    """What is open at this moment, whenever it came, by state."""
    states = numbers.open_by_state(talk.session, among)
    late = numbers.count(talk.session, among, ["late"], now)
    return {"open_now": sum(states.values()), **late, **{f"{state}_now": states.get(state, 0) for state in STATES}}


def _screen(talk: Talk, said: Asked, word: str) -> Rendered:
    return _formulas(talk) if said.screen == "formulas" else _more(talk, said, word)


def _more(talk: Talk, said: Asked, word: str) -> Rendered:
    """What the first screen has no room for."""
    now, session, policy = _now(talk), talk.session, talk.turn.policy
    names = ["received", "open", "late", "out_of_scope", "from_superior", "from_superior_done", "from_superior_late"]
    counted: Counts = numbers.count(session, said.among, names, now)
    times, hour = policy.metrics.times(session, said.among, policy.calendar), 3600
    silent = numbers.unheard(session, said.among, policy.metrics.silent_since(now, policy.calendar))
    return talk.say(
        "stats_more",
        word=word,
        scope=said.told,
        cutoff=talk.service.speaker.when(now),
        rates=_rates(talk, said.among, now, headline=False),
        mean=f"{times.mean / hour:.1f}",
        median=f"{times.median / hour:.1f}",
        handled=times.count,
        longest=_longest(talk, said.among, now),
        silent=silent,
        silent_days=policy.metrics.silent_days,
        sources=_sources(talk, said.among),
        **counted,
    )


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


def _rates(talk: Talk, among: Among, now: datetime, *, headline: bool) -> str:
    found = talk.turn.policy.metrics.measure(talk.session, among, now, headline=headline)
    return "\n".join(rate_line(talk, ratio) + _beside(talk, ratio, among, now) for ratio in found)


def rate_line(talk: Talk, ratio: Ratio) -> str:
    return talk.line(
        "rate_line",
        metric=talk.service.texts.label("metric", ratio.metric.name),
        n=ratio.n,
        m=ratio.m,
        percent=percent(talk, ratio.n, ratio.m),
    )


def percent(talk: Talk, n: int, m: int) -> str:
    """Two digits behind the point at most; nothing where there is nothing to divide by."""
    if not m:
        return ""
    said = f"{100 * n / m:.2f}".rstrip("0").rstrip(".")
    return talk.service.texts.labels["word"]["percent"].format(percent=said)


def _beside(talk: Talk, ratio: Ratio, among: Among, now: datetime) -> str:
    if ratio.metric.name not in BESIDE:
        return ""
    text, of, over, by = BESIDE[ratio.metric.name]
    counted = numbers.count(talk.session, among, [of, over], now, by)
    return talk.line(text, n=counted[of], m=counted[over]) if counted[over] else ""


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
