"""How the deadline of an item was counted, line by line: from when, which days counted and why others did not, what
moved it since."""

from collections.abc import Sequence
from itertools import groupby

from bot.context import Talk
from bot.texts import Rendered
from routing.calendar import Unit
from routing.counting import Account, Step, account
from routing.dispatch import BY_HAND
from routing.walk import Day, Walk
from store.tables import Item

OFF = ("weekend", "holiday")
RUNS = 22
"""So many lines of days fit a message beside the rest; of a longer walk the middle is left out."""


def deadline(talk: Talk, item: Item) -> Rendered:
    """The whole account of a deadline, or what is to be expected while there is none."""
    policy = talk.turn.policy
    made = account(item, policy.deadlines, policy.calendar)
    if made is None:
        return talk.say("why_no_deadline", item)
    return talk.say(
        "why_deadline",
        item,
        start=_start(talk, item, made),
        length=_length(talk, made),
        lines="\n".join(_lines(talk, made.walk, made.unit)) if made.walk else "",
        counted=talk.line("why_counted", due=talk.service.speaker.when(made.walk.end)) if made.walk else "",
        steps="\n".join(_step(talk, step) for step in made.steps),
        differs="" if made.holds(item) else talk.line("why_differs", due=talk.service.speaker.when(made.due_at)),
        rule=talk.service.texts.label("word", "by_hand") if made.rule == BY_HAND else made.rule,
    )


def _start(talk: Talk, item: Item, made: Account) -> str:
    """When its clock starts, from what, and why later where what happened fell outside working hours."""
    label, when = talk.service.texts.label, talk.service.speaker.when
    since = "by_hand" if made.rule == BY_HAND else "registered" if item.round == 1 else "round"
    waits = made.walk is not None and made.walk.begins > made.start
    key = "why_starts_later" if waits else "why_starts"
    begins = when(made.walk.begins) if made.walk else ""
    return talk.line(key, since=label("clock", since), start=when(made.start), begins=begins)


def _length(talk: Talk, made: Account) -> str:
    if not made.length:
        return talk.line("why_named_day")
    return talk.line("why_length", length=made.length, unit=talk.service.texts.label("unit", made.unit))


def _lines(talk: Talk, walk: Walk, unit: Unit) -> list[str]:
    """A line for each run of days that count, or do not for the same reason."""
    runs = [list(run) for _, run in groupby(walk.days, key=_kind)]
    lines = [_run(talk, run, unit) for run in runs]
    if len(lines) <= RUNS:
        return lines
    head = RUNS // 2
    left_out = talk.service.texts.label("word", "runs_left_out").format(count=len(lines) - RUNS)
    return [*lines[:head], left_out, *lines[head - RUNS :]]


def _kind(day: Day) -> tuple[bool, str, bool]:
    """What days have in common that are told in one line; weekends and holidays that meet are one time off."""
    return bool(day.counted), "off" if day.why in OFF else day.why, bool(day.counted) and day.make_up


def _run(talk: Talk, run: Sequence[Day], unit: Unit) -> str:
    label, days, last = talk.service.texts.label, _days(talk, run), run[-1]
    if not last.counted:
        names = "、".join(dict.fromkeys(day.name for day in run if day.name))
        why = (names or label("day_off", "weekend")) if last.why in OFF else label("day_off", last.why)
        return talk.line("why_run_off", days=days, why=why)
    made_up = label("word", "made_up") if last.make_up else ""
    if unit is Unit.HOURS:
        hours = f"{sum(day.counted for day in run) / 3600:.1f}".removesuffix(".0")
        return talk.line("why_run_hours", days=days, made_up=made_up, hours=hours)
    key = "why_run_day" if len(run) == 1 else "why_run_days"
    return talk.line(key, days=days, made_up=made_up, first=run[0].total, last=last.total)


def _days(talk: Talk, run: Sequence[Day]) -> str:
    """The days of a run as short as they can be said."""
    first, last = run[0].day, run[-1].day
    form = "one_day" if first == last else "days_of_a_month" if first.month == last.month else "days_of_months"
    return talk.service.texts.labels["word"][form].format(
        month=first.month, day=first.day, last_month=last.month, last_day=last.day
    )


def _step(talk: Talk, step: Step) -> str:
    when, key = talk.service.speaker.when, "why_paused" if step.what == "pause" else "why_extended"
    return talk.line(key, from_at=when(step.from_at), until_at=when(step.until_at), due_at=when(step.due_at))
