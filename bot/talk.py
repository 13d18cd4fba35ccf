"""One message in, one reply out: a command, an answer to a question, a supplement, or a new report."""

from contextlib import suppress
from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from bot import binding, cards, commands, contact, first, gathering, lines, rating, speech, unfinished
from bot.context import Talk
from bot.parse import take_number
from bot.texts import Rendered
from bot.which import Answer
from bot.xml import legible
from intake.analyse import Analysis
from intake.submit import ALONE
from routing.calendar import CalendarError
from routing.lifecycle import NotAllowed
from routing.outcome import SATISFIED
from routing.policy import Refused
from store.tables import Item

CLASHES = (StaleDataError, IntegrityError)
"""Two transactions changed the same item, or wrote the same next line of its history."""
MEDIA = ("image", "voice", "video", "location")
NAMING = ("bind", "unbind", "hand_over", "switch", "grant_claim", "deny_claim")
"""Commands behind which stand names and codes, however they sound."""
MENU = "click"
"""A button of the menu at the foot of the chat: its key is taken as if it had been typed."""


class Undo(Exception):
    """Something was refused or went wrong, and what had been begun can only be undone with the whole transaction."""


def begun(talk: Talk) -> Rendered | None:
    """The reply to one message, without the cost of a savepoint, which few messages need. Raises Undo where there is
    something to undo: then the message is taken anew, by `answer`."""
    try:
        said = worded(_answer(talk))
        talk.session.flush()  # whatever is wrong with it shows here
    except CLASHES:
        raise
    except Exception as reason:
        raise Undo from reason
    return said


def answer(talk: Talk) -> Rendered | None:
    """The reply to one message; None where silence is the better answer.

    A refusal changes nothing: what the attempt had begun is rolled back. So does an answer that came out without a
    word, which is a mistake of ours (ValueError).
    """
    try:
        with talk.session.begin_nested():
            return worded(_answer(talk))
    except Answer as refusal:
        return refusal.reply
    except NotAllowed as refusal:
        return _not_allowed(talk, refusal.item)
    except Refused as refusal:
        return talk.say(refusal.key, **talk.service.speaker.told(refusal.facts))
    except CalendarError:
        return talk.say("when_too_far")


def worded(said: Rendered | None) -> Rendered | None:
    """What is said, as it is. Raises ValueError where it has no words: the platform would tell its reader that the
    service is out of order."""
    if said is not None and not legible(said.text):
        raise ValueError("an answer without words")
    return said


def _answer(talk: Talk) -> Rendered | None:
    if talk.message.kind == "event":
        return _event(talk)
    if talk.message.kind in MEDIA and not (talk.message.kind == "voice" and talk.said):
        return gathering.media(talk)
    if not talk.said.strip() or talk.message.kind in ("unknown", "file", "link", "miniprogram"):
        return _unusable(talk)
    if asked := lines.read(talk):
        return lines.together(answer(replace(talk, said=one)) if isinstance(one, str) else one for one in asked)
    return binding.proof(talk) or _said(talk) or speech.speech(talk)


def _said(talk: Talk) -> Rendered | None:
    """A command, or what belongs behind the words of a button; None where it is neither."""
    if commands.find(talk.said, talk.person.role) is None:
        full = unfinished.finished(talk)
        if full is None:
            return None
        talk = replace(talk, said=full)
    unfinished.forget(talk)
    return _pressed(talk) if talk.message.menu_id else _command(talk)


def _pressed(talk: Talk) -> Rendered | None:
    """The words of a button; what they lack is asked for."""
    try:
        return _command(talk)
    except Answer as refusal:
        return unfinished.asked(talk, refusal)


def _event(talk: Talk) -> Rendered | None:
    if talk.message.event in ("subscribe", "scan") and (said := binding.scanned(talk)):
        return said
    if talk.message.event == "subscribe":
        return talk.say("welcome")
    if talk.message.event == MENU and talk.said.strip():
        return _answer(replace(talk, message=replace(talk.message, kind="text", text=talk.said)))
    if talk.message.event == cards.CLICK:
        return _click(talk)
    return None


def _click(talk: Talk) -> Rendered | None:
    """A button of a card: its words, said once. What is refused, or only looks, leaves the card as it is."""
    push, refusal = cards.clicked(talk)
    if push is None or refusal:
        return talk.say(refusal, push.item if push else None)
    before = len(push.item.events) if push.item else 0
    try:
        said = _command(talk)
    except Answer as lacking:
        return unfinished.asked(talk, lacking)
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
    if talk.person.role in speech.STAFF or not rest or take_number(rest)[0]:
        return talk.say("not_yours", word=word)
    return None


def _alarm(talk: Talk, command: commands.Command, rest: str) -> Rendered | None:
    """Danger or misconduct told behind a command word goes its own way, never to those the command tells. A rating
    counts all the same, without the words, where one is due; but not a good one beside a report of misconduct, which
    may be that it was forced."""
    number, words = take_number(rest)
    if command.name in NAMING:
        return None
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
    return gathering.alone(replace(talk, said=words), analysis)


def _told_to_withdraw(talk: Talk, command: commands.Command, analysis: Analysis) -> bool:
    """Who withdraws because he was told to: it only sounds like an accusation, and the office looks into it."""
    by_rule = analysis.kind_because[-1].startswith("kinds.toml")
    return command.name == "withdraw" and not by_rule and talk.turn.policy.afterwards.asked_for(talk.said)


def _not_allowed(talk: Talk, item: Item) -> Rendered:
    """Why not now, who did what last, and what can be done instead."""
    talk.session.refresh(item)
    role, said = talk.person.role, commands.find(talk.said, talk.person.role)
    fitting = [command for command in commands.COMMANDS if role in command.roles and command.fits(item)]
    now_fit = [
        word for command in fitting for word in (rating.SHORT if command.name == "rate" else command.words[:1])
    ]
    words = talk.line("not_allowed_words", words="、".join(now_fit)) if now_fit else _instead(talk, item)
    hint = talk.service.texts.label("word", "latest") + first.told(talk, first.last_move(item))
    return talk.say("not_allowed", item, word=said[1] if said else talk.said[:8], hint=hint, words=words)


def _instead(talk: Talk, item: Item) -> str:
    """What to do, or what is waited for, where no step can be taken."""
    ended_for_them = item.closed_at is not None and talk.person.role in contact.ROLES
    return talk.service.texts.label("instead", "told_anew" if ended_for_them else item.state)
