"""One message in, one reply out: a command, an answer to a question, a supplement, or a new report."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot import again, cards, commands, contact, evidence, first, lines, officer, rating, visits
from bot.context import Talk
from bot.likeness import offer_batch
from bot.parse import take_number
from bot.receipt import receipt, received_lines
from bot.texts import Rendered
from bot.which import Answer, pick
from intake.analyse import Analysis
from intake.clean import CHINESE
from intake.join import join
from intake.submit import ALONE, doubtful, fragment, keep_loose, submit
from routing import review
from routing.calendar import CalendarError
from routing.lifecycle import ENDED, Action, NotAllowed, State, allows
from routing.outcome import SATISFIED
from routing.policy import Refused
from store import items, people, reports
from store.tables import Item, Question, Report

MEDIA = ("image", "voice", "video", "location")
STAFF = ("officer", "head", "coordinator", "leader", "duty", "discipline")
JOINING = ("problem", "urge", "resident")
"""Kinds of a fragment that tell more of what is being told; any other gets its own answer."""
SAYING_WHY = ("problem", "rating", "urge", "resident")
ALARM_CATEGORIES = {category for category, _, _ in ALONE.values()}
WORDY = 20
"""Fewer characters without a Chinese one, and without a word we know, are a slip and no report."""
FRESH = timedelta(minutes=30)
"""So long after it, a word or a picture is taken as belonging to what was just talked about."""


def answer(talk: Talk) -> Rendered | None:
    """The reply to one message; None where silence is the better answer.

    A refusal changes nothing: what the attempt had begun is rolled back.
    """
    try:
        with talk.session.begin_nested():
            return _answer(talk)
    except Answer as refusal:
        return refusal.reply
    except NotAllowed as refusal:
        return _not_allowed(talk, refusal.item)
    except Refused as refusal:
        return talk.say(refusal.key, **talk.service.speaker.told(refusal.facts))
    except CalendarError:
        return talk.say("when_too_far")


def _answer(talk: Talk) -> Rendered | None:
    if talk.message.kind == "event":
        return _event(talk)
    if talk.message.kind in MEDIA and not (talk.message.kind == "voice" and talk.said):
        return _media(talk)
    if not talk.said.strip() or talk.message.kind in ("unknown", "file", "link", "miniprogram"):
        return _unusable(talk)
    if asked := lines.read(talk):
        return lines.together(answer(replace(talk, said=one)) if isinstance(one, str) else one for one in asked)
    return _command(talk) or _speech(talk)


def _event(talk: Talk) -> Rendered | None:
    if talk.message.event == "subscribe":
        return talk.say("welcome")
    if talk.message.event == "click":
        return _command(talk)
    if talk.message.event == cards.CLICK:
        return _click(talk)
    return None


def _click(talk: Talk) -> Rendered | None:
    """A button of a card: its words, said once. What is refused, or only looks, leaves the card as it is."""
    push, refusal = cards.clicked(talk)
    if push is None or refusal:
        return talk.say(refusal, push.item if push else None)
    before = len(push.item.events) if push.item else 0
    said = _command(talk)
    if push.item is None or len(push.item.events) > before:
        push.pressed = talk.said
    return said


def _unusable(talk: Talk) -> Rendered:
    keys = {"file": "file_unusable", "link": "link_noted"}
    return talk.say(keys.get(talk.message.kind, "unusable"))


def _command(talk: Talk) -> Rendered | None:
    """Run the command this message is, if it is one that this person may use."""
    found = commands.find(talk.said, talk.person.role)
    if found is None:
        return None
    command, word, rest = found
    if talk.person.role in command.roles:
        return _alarm(talk, command, rest) or command.run(talk, rest)
    # A contact may begin a sentence with any word; only a bare command of others is refused as such.
    if talk.person.role in STAFF or not rest or take_number(rest)[0]:
        return talk.say("not_yours", word=word)
    return None


def _alarm(talk: Talk, command: commands.Command, rest: str) -> Rendered | None:
    """Danger or misconduct told behind a command word goes its own way, never to those the command tells. A rating
    counts all the same, without the words, where one is due; but not a good one beside a report of misconduct, which
    may be that it was forced."""
    number, words = take_number(rest)
    if not words or talk.person.role not in contact.ROLES or talk.service.intake.analyser.category_named(words):
        return None
    analysis = talk.understood(words)
    if analysis.kind not in ALONE or _told_to_withdraw(talk, command, analysis):
        return None
    if command.name.startswith("rate") and (
        analysis.kind != "misconduct" or rating.level_said(talk.said) < SATISFIED
    ):
        with suppress(Answer):
            command.run(talk, number or "")
    return _alone(replace(talk, said=words), analysis)


def _told_to_withdraw(talk: Talk, command: commands.Command, analysis: Analysis) -> bool:
    """Who withdraws because he was told to: it only sounds like an accusation, and the office looks into it."""
    by_rule = analysis.kind_because[-1].startswith("kinds.toml")
    return command.name == "withdraw" and not by_rule and talk.turn.policy.afterwards.asked_for(talk.said)


def _alone(talk: Talk, analysis: Analysis) -> Rendered | None:
    """A report that stands alone; told again while it is still being told, it is the same one."""
    report = _settling(talk)
    if report is not None and (report.items[0].kind == analysis.kind or _only_begun(report)):
        return _join(talk, report) or talk.say("supplemented", report.items[0])
    return _new(talk, analysis)


def _only_begun(report: Report) -> bool:
    """Nothing is sure yet but that something is being told: the alarm is what it was about."""
    return all(item.state == State.REGISTERED and item.doubtful for item in report.items)


def _not_allowed(talk: Talk, item: Item) -> Rendered:
    """Why not now, who did what last, and what can be done instead."""
    talk.session.refresh(item)
    role, said = talk.person.role, commands.find(talk.said, talk.person.role)
    now_fit = [c.words[0] for c in commands.COMMANDS if role in c.roles and c.action and allows(item, c.action)]
    words = talk.line("not_allowed_words", words="、".join(now_fit)) if now_fit else ""
    hint = talk.service.texts.label("word", "latest") + first.told(talk, first.last_move(item))
    return talk.say("not_allowed", item, word=said[1] if said else talk.said[:8], hint=hint, words=words)


def _speech(talk: Talk) -> Rendered | None:
    """Words without a command."""
    if talk.person.role in STAFF:
        return _staff_speech(talk)
    analysis = talk.understood(talk.said)
    back = again.says_so(talk)
    if analysis.kind in ALONE and not back:
        return _alone(talk, analysis)
    if asked := _open_question(talk, analysis):
        return rating.answer_why(talk, asked)
    report = _settling(talk)
    if report is not None and _belongs(talk, report, analysis):
        return _join(talk, report) or (contact.pressed(talk, report.items) if analysis.kind == "urge" else None)
    if back:
        return contact.urge(talk, "")
    return _by_kind(talk, analysis)


def _belongs(talk: Talk, report: Report, analysis: Analysis) -> bool:
    """Whether a fragment tells more of what is being told. After an alarm everything does, where it is above all, but
    for what is announced as something else (另外 …) and surely an ordinary problem: it must not be lost in it."""
    if report.items[0].kind not in ALONE:
        return analysis.kind in JOINING
    intake = talk.service.intake
    usual = [problem for problem in analysis.problems if problem.category not in ALARM_CATEGORIES]
    sure = bool(usual) and all(problem.confidence >= intake.apart for problem in usual)
    return not (sure and intake.analyser.reader.joined.match(talk.said.strip()))


def _staff_speech(talk: Talk) -> Rendered | None:
    analysis = talk.understood(talk.said)
    if analysis.kind in ALONE:
        return _alone(talk, analysis)
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
    asked_long_ago = asked.expires_at - rating.ANSWER_WITHIN < talk.turn.now - FRESH
    new = [problem for problem in analysis.problems if not doubtful(talk.service.intake, problem)]
    return None if asked_long_ago and new else asked


def _settling(talk: Talk) -> Report | None:
    report = reports.settling(talk.session, talk.person, talk.turn.now)
    return report if report and any(item.state not in ENDED for item in report.items) else None


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
    return _new(talk, analysis)


def _new(talk: Talk, analysis: Analysis) -> Rendered:
    report = submit(talk.service.intake, talk.arrival(), analysis)
    for item in report.items:
        offer_batch(talk, item)
    return receipt(talk, report)


def _join(talk: Talk, report: Report) -> Rendered | None:
    """A further fragment of a report: silence when nothing changes, so that one burst gets one answer."""
    before = {item.number: item.category for item in report.items}
    kinds = {item.number: item.kind for item in report.items}
    join(talk.service.intake, talk.arrival(), report)
    for item in report.items:
        if item.number in before and item.state not in (State.REGISTERED, *ENDED):
            review.supplement(talk.turn, item, talk.person, talk.said or _media_word(talk))
    new = [item for item in report.items if item.number not in before]
    if talk.said:
        for item in report.items:
            if item.state == State.REGISTERED:
                offer_batch(talk, item)
    turned = next((item for item in report.items if item.kind in ALONE and kinds.get(item.number) == "problem"), None)
    if turned is not None:
        return talk.say(turned.kind, turned)
    if new:
        return talk.say("joined_new", count=len(new), lines=received_lines(talk, new))
    changed = [item for item in report.items if item.category != before[item.number]]
    return talk.say("reread", changed[0]) if changed else None


def _media(talk: Talk) -> Rendered:
    """A picture, voice or place joins what is being told, or what was just told, or waits for words."""
    media = _media_word(talk)
    if talk.person.role not in contact.ROLES:
        return evidence.media(talk, media)
    if report := _settling(talk):
        _join(talk, report)
        return talk.say("joined_media", report.items[-1], media=media)
    if item := _just_told(talk):
        _attach(talk, item, media)
        return talk.say("joined_media", item, media=media)
    keep_loose(talk.arrival())
    return talk.say("voice_alone" if talk.message.kind == "voice" else "media_alone", media=media)


def _media_word(talk: Talk) -> str:
    return talk.service.texts.label("media", talk.message.kind)


def _just_told(talk: Talk) -> Item | None:
    newest = items.newest_open_of_contact(talk.session, talk.person)
    return newest if newest and newest.registered_at >= talk.turn.now - FRESH else None


def _attach(talk: Talk, item: Item, media: str) -> None:
    piece = fragment(talk.arrival())
    piece.item_id = item.id
    talk.session.add(piece)
    review.supplement(talk.turn, item, talk.person, f"[{media}] {talk.said}".strip())


def _thanks(talk: Talk) -> Rendered:
    """Thanks never reopen anything; when an item waits for a rating, they are a good moment to ask."""
    mine = items.of_contact(talk.session, talk.person, 50)
    waiting = [item for item in mine if item.state == State.RESOLVED]
    return talk.say("thanks_rate", waiting[0]) if waiting else talk.say("thanks")
