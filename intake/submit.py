"""The public door: what a person sent becomes a report with items."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from intake import mentions, promises, twins
from intake.analyse import Analyser, Analysis, Problem
from intake.speaks_for import speaks_for
from intake.twins import Twins
from intake.visit_notes import VisitNotes
from store import fresh, items, reports, sources
from store.facts import FactError, read
from store.history import record
from store.tables import Enterprise, Fragment, Item, Person, Report

FILE = "settle.toml"
REGISTERED = "registered"
ALONE = {"emergency": ("EHS", "help", True), "misconduct": ("OTHER", "complaint", False)}
"""Kinds that never wait, are never split and never judged by category (domain boundary rule 1): what they are
filed under, their nature, and whether they are urgent."""
IDLE = ("greeting", "thanks", "acknowledgement")
"""Kinds that tell nobody anything: no problem, no reason, no result."""
DEPARTMENT_GRADE = 2
KEPT = 200
"""So many messages are kept understood: as many as can be at hand at once in one process."""


@dataclass(frozen=True, slots=True)
class Words:
    """One thing a person sent, as it came."""

    kind: str
    text: str
    media_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What turns words into items."""

    analyser: Analyser
    twins: Twins
    named: mentions.Reader
    promised: promises.Reader
    quiet: timedelta
    at_most: timedelta
    loose: timedelta
    apart: float
    notes: VisitNotes
    _known: Callable[[str, bool], Analysis] = field(repr=False)

    @classmethod
    def load(cls, override: Path | None = None, cache: Path | None = None) -> "Intake":
        """Read every file of this room. `cache`: see `intake.cut`. Raises FactError for the first mistake."""
        facts = read(__file__, FILE, override)
        try:
            quiet, at_most, loose = (timedelta(seconds=facts[name]) for name in ("quiet", "at_most", "loose"))
        except (KeyError, TypeError) as error:
            raise FactError(f"{FILE}: quiet, at_most and loose must be seconds: {error}") from error
        apart = facts.get("apart")
        if not isinstance(apart, float) or not 0 < apart <= 1:
            raise FactError(f"{FILE}: apart must lie between 0 and 1")
        analyser = Analyser.load(override, cache)
        likeness = twins.load(analyser.reader, analyser.learnt, override)
        named, promised, notes = mentions.load(override), promises.load(override), VisitNotes.load(override)
        known = lru_cache(KEPT)(lambda text, bound: analyser.analyse([text], bound=bound))
        return cls(analyser, likeness, named, promised, quiet, at_most, loose, apart, notes, known)

    def understood(self, text: str, *, bound: bool) -> Analysis:
        """What one message says; remembered, for it is asked for more than once."""
        return self._known(text, bound)

    def read_ahead(self, text: str, *, compared: bool) -> None:
        """Find out what will be asked of the words of a contact, so that no transaction waits for it. `compared`: and
        how like they are to what is told already."""
        for problem in self.understood(text, bound=True).problems if compared else ():
            self.twins.told(problem.span or text)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message, who sent it, when, and on which local day (numbers count per day)."""

    session: Session
    person: Person
    words: Words
    now: datetime
    day: date
    by: Person | None = None  # who passes it on, when that is not the one who speaks
    source: str = "chat"
    enterprise: Enterprise | None = None  # that it is passed on for; None: whom its sender speaks for


def submit(intake: Intake, arrival: Arrival, analysis: Analysis) -> Report:
    """Open a report with one item for each problem, and take along what the person sent just before."""
    session, person, now = arrival.session, arrival.person, arrival.now
    loose = reports.loose_fragments(session, person, now - intake.loose) if arrival.by is None else []
    with session.no_autoflush:  # nothing is asked below that depends on what is being added
        report = Report(
            person_id=person.id,
            opened_at=now,
            settles_at=_settles_at(intake, arrival, analysis),
            items=[],
            fragments=[fragment(arrival)],
        )
        if analysis.kind in ALONE:
            add_item(intake, arrival, report, alone_problem(analysis), analysis)
        for problem in analysis.problems:
            add_item(intake, arrival, report, problem, analysis)
        fresh.write(session, report)
        if loose:
            report.fragments[:0] = loose
    return report


def _settles_at(intake: Intake, arrival: Arrival, analysis: Analysis) -> datetime:
    """Until when more belongs to this report. Kinds that stand alone go out at once, but more may be told of them;
    what somebody passes on is complete."""
    if arrival.by is not None:
        return arrival.now
    return arrival.now + (intake.at_most if analysis.kind in ALONE else intake.quiet)


def keep_loose(arrival: Arrival) -> None:
    """A picture, voice or place that nothing says anything about yet."""
    arrival.session.add(fragment(arrival))


def fragment(arrival: Arrival) -> Fragment:
    words = arrival.words
    return Fragment(
        person_id=arrival.person.id,
        at=arrival.now,
        kind=words.kind,
        text=words.text,
        media_id=words.media_id,
        latitude=words.latitude,
        longitude=words.longitude,
    )


def alone_problem(analysis: Analysis) -> Problem:
    """The problem of a kind that is not judged by category."""
    category, nature, urgent = ALONE[analysis.kind]
    rule = analysis.kind_because[-1]
    return Problem(
        category=category,
        topic="",
        confidence=1.0,
        because=analysis.kind_because,
        rule=rule,
        runner_up=None,
        candidates=(category,),
        span="",
        nature=nature,
        nature_rule=rule,
        urgent=urgent,
        urgent_rule=rule if urgent else "",
        grade=DEPARTMENT_GRADE,
        grade_rule=rule,
    )


def add_item(intake: Intake, arrival: Arrival, report: Report, problem: Problem, analysis: Analysis) -> None:
    person, now, restricted = arrival.person, arrival.now, analysis.kind == "misconduct"
    text = problem.span or arrival.words.text
    enterprise = arrival.enterprise or speaks_for(arrival.session, person, text)
    item = Item(
        district_id=person.district_id,
        number=(number := items.new_number(arrival.session, person.district_id, arrival.day, apart=restricted)),
        short=number.split("-")[1],
        source=arrival.source,
        campaign=campaign.name if (campaign := sources.running(arrival.session, person.district_id)) else None,
        contact=person,
        enterprise=enterprise,
        kind=analysis.kind,
        restricted=restricted,
        state=REGISTERED,
        state_since=now,
        registered_at=now,
        round=1,
        urged=0,
        returns=0,
        was_late=False,
        events=[],
        supports=[],
        text=text,
    )
    judge(intake, item, problem)
    item.next_check_at = now if item.urgent or item.kind in ALONE else report.settles_at
    report.items.append(item)
    rules = filter(None, (item.rules[name] for name in ("category", "grade", "urgent")))
    rule = "; ".join(dict.fromkeys(rules))
    record(item, "register", by=arrival.by or person, now=now, rule=rule, category=item.category)


def judge(intake: Intake, item: Item, problem: Problem) -> None:
    """Write down what was understood and which rule decided it."""
    item.category, item.topic, item.confidence = problem.category, problem.topic, problem.confidence
    item.because, item.candidates = list(problem.because), list(problem.candidates)
    item.nature, item.urgent, item.grade = problem.nature, problem.urgent, problem.grade
    item.doubtful = item.kind == "problem" and doubtful(intake, problem)
    item.rules = {
        "category": problem.rule,
        "nature": problem.nature_rule,
        "grade": problem.grade_rule,
        "urgent": problem.urgent_rule,
        "doubt": f"confidence {problem.confidence:.2f} is below {intake.analyser.threshold:.2f}"
        if problem.category != "OTHER"
        else "category OTHER goes to the coordinator",
    }


def doubtful(intake: Intake, problem: Problem) -> bool:
    """OTHER and what is too uncertain go to the coordinator, never to a guess."""
    return problem.category == "OTHER" or problem.confidence < intake.analyser.threshold
