"""A further fragment joins the report that its author is still telling: the whole burst is read again."""

from collections.abc import Sequence

from intake.analyse import Analysis, Problem
from intake.submit import ALONE, REGISTERED, Arrival, Intake, add_item, alone_problem, fragment, judge
from store.history import record
from store.tables import Item, Report

LONGEST_BURST = 4000
SPOKEN = ("text", "voice")
"""Fragments whose words tell the problem; the label of a place only says where."""


def join(intake: Intake, arrival: Arrival, report: Report) -> None:
    """Add a fragment to a report that has not settled, and read the whole burst again.

    Items that have already gone to their owner, or whose category a person chose, stay as they are. A new
    problem told in a later fragment becomes an item of its own.
    """
    with arrival.session.no_autoflush:  # all that changes is written once, at the end
        report.fragments.append(fragment(arrival))
        if report.items[0].kind not in ALONE:
            report.settles_at = min(arrival.now + intake.quiet, report.opened_at + intake.at_most)
        if arrival.words.kind in SPOKEN and report.items[0].kind not in ALONE:
            _read(intake, arrival, report)
        words, newest = arrival.words, report.items[-1]
        if newest.state == REGISTERED:
            if newest.kind in ALONE and words.text:  # told before anybody has it: part of what they will read
                newest.text = f"{newest.text}\n{words.text}"
            record(newest, "supplement", by=arrival.person, now=arrival.now, media=words.kind, note=words.text)
        for item in report.items:
            if item.state == REGISTERED and item.kind not in ALONE:
                item.next_check_at = arrival.now if item.urgent else report.settles_at
    arrival.session.flush()


def _read(intake: Intake, arrival: Arrival, report: Report) -> None:
    """What the newest fragment changes: a problem of its own, or another reading of the whole burst."""
    bound = bool(arrival.person.enterprises)
    alone = intake.understood(arrival.words.text, bound=bound)
    if alone.kind not in ALONE and _another(intake, alone, report):
        for problem in alone.problems:
            add_item(intake, arrival, report, problem, alone)
        return
    said = [piece.text for piece in report.fragments if piece.kind in SPOKEN]
    if sum(map(len, said)) > LONGEST_BURST:  # reading it again and again would cost more than it can tell
        return
    analysis = intake.analyser.analyse(said, bound=bound)
    alarm = next((each for each in (alone, analysis) if each.kind in ALONE), None)
    if alarm is not None:
        _turn(intake, arrival, report.items, alarm, "\n".join(said))
        return
    for item, problem in zip(report.items, analysis.problems, strict=False):
        _reread(intake, arrival, item, problem)
    for problem in analysis.problems[len(report.items) :]:
        add_item(intake, arrival, report, problem, analysis)


def _turn(intake: Intake, arrival: Arrival, told: Sequence[Item], alarm: Analysis, text: str) -> None:
    """Only now it is clear what is being told: the first item that nobody has yet becomes the alarm."""
    item = next((item for item in told if item.state == REGISTERED), None)
    if item is None:
        return
    item.kind, item.restricted, item.text = alarm.kind, alarm.kind == "misconduct", text
    judge(intake, item, alone_problem(alarm))
    record(item, "reread", by=None, now=arrival.now, rule=item.rules["category"], category=item.category)
    item.next_check_at = arrival.now


def _another(intake: Intake, alone: Analysis, report: Report) -> bool:
    """Whether a fragment surely tells another problem: a number once given never turns into something else."""
    known = {item.category for item in report.items if not item.doubtful}
    sure = all(p.confidence >= intake.apart and p.category not in known for p in alone.problems)
    return bool(known and alone.problems) and sure


def _reread(intake: Intake, arrival: Arrival, item: Item, problem: Problem) -> None:
    if item.state != REGISTERED or item.rules.get("category") == "by hand" or item.kind in ALONE:
        return
    before = item.category
    item.text = problem.span
    judge(intake, item, problem)
    if item.category != before:
        rule = item.rules["category"]
        record(item, "reread", by=None, now=arrival.now, rule=rule, before=before, category=item.category)
