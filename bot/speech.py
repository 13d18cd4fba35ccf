"""Words without a command: by whom they are said, and of what kind they are."""

from bot import again, commands, contact, gathering, officer, rating, visits
from bot.context import Talk
from bot.texts import Rendered
from bot.which import pick
from intake.analyse import Analysis
from intake.clean import CHINESE
from intake.submit import ALONE, doubtful
from routing.lifecycle import Action, State
from store import items, people, reports
from store.tables import Question

STAFF = ("officer", "head", "coordinator", "leader", "duty", "discipline")
SAYING_WHY = ("problem", "rating", "urge", "resident")
WORDY = 20
"""Fewer characters without a Chinese one, and without a word we know, are a slip and no report."""


def speech(talk: Talk) -> Rendered | None:
    """Words without a command."""
    if talk.person.role in STAFF:
        return _staff_speech(talk)
    analysis = talk.understood(talk.said)
    back = again.says_so(talk)
    if analysis.kind in ALONE and not back:
        return gathering.alone(talk, analysis)
    if asked := _open_question(talk, analysis):
        return rating.answer_why(talk, asked)
    report = gathering.settling(talk)
    if report is not None and gathering.belongs(talk, report, analysis):
        return gathering.join_report(talk, report) or (
            contact.pressed(talk, report.items) if analysis.kind == "urge" else None
        )
    if back:
        return contact.urge(talk, "")
    return _by_kind(talk, analysis)


def _staff_speech(talk: Talk) -> Rendered | None:
    analysis = talk.understood(talk.said)
    if analysis.kind in ALONE:
        return gathering.alone(talk, analysis)
    if meant := commands.nearest(talk.said, talk.person.role):
        return _did_you_mean(talk, *meant)
    if talk.person.role in people.HANDLERS:
        return visits.told_freely(talk, analysis) or officer.free_text(talk)
    return talk.say("office_free_text", said=talk.said[:12])


def _did_you_mean(talk: Talk, command: commands.Command, word: str) -> Rendered:
    usage = talk.service.texts.help[command.name]["usage"]
    wrong, _, rest = talk.said.partition(" ")
    return talk.say("did_you_mean", said=wrong[:12], word=word, rest=f" {rest}" if rest else "", usage=usage)


def _open_question(talk: Talk, analysis: Analysis) -> Question | None:
    """The question this is an answer to. Long after it was asked, a clear new problem is a new problem."""
    asked = reports.question(talk.session, talk.person, talk.turn.now)
    if asked is None or analysis.kind not in SAYING_WHY or analysis.urgent:
        return None
    if asked.item.state != State.HANDLING or asked.item.round != asked.data["round"]:
        return None  # the item has gone on without the answer
    asked_long_ago = asked.expires_at - rating.ANSWER_WITHIN < talk.turn.now - gathering.FRESH
    new = [problem for problem in analysis.problems if not doubtful(talk.service.intake, problem)]
    return None if asked_long_ago and new else asked


def _by_kind(talk: Talk, analysis: Analysis) -> Rendered | None:
    kind = analysis.kind
    if kind == "problem":
        return _problem(talk, analysis)
    if kind == "thanks":
        return _thanks(talk)
    if kind == "urge":
        return contact.urge(talk, "")
    if kind == "status_query":
        return contact.progress_speech(talk)
    if kind == "rating":
        return rating.rate_speech(talk)
    if kind == "withdraw":
        return _withdraw(talk, analysis)
    if kind == "acknowledgement":
        return None
    return talk.say("identity" if kind == "identity_question" else kind)


def _withdraw(talk: Talk, analysis: Analysis) -> Rendered:
    """Only words that a rule knows withdraw at once; what merely sounds like it is asked about."""
    if analysis.kind_because[-1].startswith("kinds.toml"):
        return contact.withdraw(talk, "")
    item, _ = pick(talk, "", talk.service.texts.label("action", Action.WITHDRAW), Action.WITHDRAW)
    return talk.say("withdraw_sure", item)


def _problem(talk: Talk, analysis: Analysis) -> Rendered:
    if all(doubtful(talk.service.intake, problem) for problem in analysis.problems):
        meant = commands.nearest(talk.said, talk.person.role)
        if meant and len(talk.said) <= 4:
            return _did_you_mean(talk, *meant)
        if not CHINESE.search(talk.said) and len(talk.said) < WORDY:
            return talk.say("unusable")
    return gathering.new(talk, analysis)


def _thanks(talk: Talk) -> Rendered:
    """Thanks never reopen anything; when an item waits for a rating, they are a good moment to ask."""
    mine = items.of_contact(talk.session, talk.person, 50)
    waiting = [item for item in mine if item.state == State.RESOLVED]
    return talk.say("thanks_rate", waiting[0]) if waiting else talk.say("thanks")
