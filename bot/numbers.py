"""The office's figures: counts with their denominators and the moment they were taken."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from bot.context import Talk
from bot.show import WORST, listed, more
from bot.texts import Rendered
from store import inbox, items, numbers, outbox
from store.tables import Push

MANY = 500


def overdue(talk: Talk, _rest: str) -> Rendered:
    now = talk.turn.now
    late, open_now = items.overdue(talk.session, now, MANY), numbers.totals(talk.session, now)
    cutoff = talk.service.speaker.when(now)
    if not late:
        return talk.say("overdue_none", open=open_now.open, cutoff=cutoff)
    return talk.say("overdue", count=open_now.late, open=open_now.open, cutoff=cutoff, lines=listed(talk, late))


def triage(talk: Talk, _rest: str) -> Rendered:
    waiting, cutoff = items.waiting_triage(talk.session, MANY), talk.service.speaker.when(talk.turn.now)
    if not waiting:
        return talk.say("triage_none", cutoff=cutoff)
    label = talk.service.speaker.category
    lines = [
        talk.line("triage_line", item, why="、".join(label(code) for code in item.candidates[:3]))
        for item in waiting[:WORST]
    ]
    text = "\n".join([*lines, *more(talk, len(waiting) - WORST)])
    return talk.say("triage_list", count=len(waiting), cutoff=cutoff, lines=text)


def urgent(talk: Talk, _rest: str) -> Rendered:
    found, cutoff = items.urgent(talk.session, MANY), talk.service.speaker.when(talk.turn.now)
    if not found:
        return talk.say("urgent_none", cutoff=cutoff)
    return talk.say("urgent_list", count=len(found), cutoff=cutoff, lines=listed(talk, found))


def today(talk: Talk, _rest: str) -> Rendered:
    return _period(talk, "today", talk.today)


def week(talk: Talk, _rest: str) -> Rendered:
    return _period(talk, "week", talk.today - timedelta(days=talk.today.weekday()))


def month(talk: Talk, _rest: str) -> Rendered:
    return _period(talk, "month", talk.today.replace(day=1))


def _period(talk: Talk, name: str, start: date) -> Rendered:
    now, speaker = talk.turn.now, talk.service.speaker
    begins = datetime.combine(start, datetime.min.time(), speaker.calendar.zone)
    counted = numbers.period(talk.session, begins, now + timedelta(microseconds=1))
    states, all_items = numbers.by_state(talk.session), numbers.totals(talk.session, now)
    return talk.say(
        "period",
        period=talk.service.texts.label("period", name),
        since=""
        if start == talk.today
        else talk.service.texts.labels["word"]["since"].format(day=speaker.day(start)),
        cutoff=speaker.when(now),
        **asdict(counted),
        open=all_items.open,
        late=all_items.late,
        resolved_now=states.get("resolved", 0),
        rated_now=states.get("rated", 0),
        verified_now=states.get("verified", 0),
        registered_now=states.get("registered", 0),
        triage=states.get("triage", 0),
        assigned=states.get("assigned", 0),
        handling=states.get("handling", 0),
    )


def stats(talk: Talk, _rest: str) -> Rendered:
    now, speaker = talk.turn.now, talk.service.speaker
    counted, given_up = numbers.totals(talk.session, now), outbox.given_up_count(talk.session)
    rows = sorted(items.open_by_category(talk.session).items(), key=lambda row: -row[1])
    lines = "\n".join(talk.line("stats_line", category=speaker.category(code), count=count) for code, count in rows)
    return talk.say(
        "stats",
        cutoff=speaker.when(now),
        lines=lines,
        undelivered=talk.line("undelivered_note", count=given_up) if given_up else "",
        **asdict(counted),
    )


def undelivered(talk: Talk, _rest: str) -> Rendered:
    found, unread = outbox.given_up(talk.session, 20), inbox.failed_count(talk.session)
    failed = talk.line("failed_note", count=unread) if unread else ""
    if not found:
        return talk.say("undelivered_none", failed=failed)
    lines = "\n".join(_undelivered_line(talk, push) for push in found)
    return talk.say("undelivered", count=outbox.given_up_count(talk.session), lines=lines, failed=failed)


def _undelivered_line(talk: Talk, push: Push) -> str:
    return talk.line(
        "undelivered_line",
        name=push.person.name,
        number=push.item.number if push.item and not push.item.restricted else "—",
        what=str((push.body or {}).get("brief", "")),
        status=talk.service.texts.label("push", push.status),
    )
