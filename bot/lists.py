"""Lists of items the office works through: overdue, waiting, urgent, supervised; and what was not delivered."""

from bot import calls
from bot.context import Talk
from bot.show import WORST, listed, more
from bot.texts import Rendered
from bot.tokens import token_trouble
from store import inbox, items, numbers, tokens
from store.numbers import Among
from store.tables import Token

MANY = 500


def overdue(talk: Talk, _rest: str) -> Rendered:
    now = talk.turn.now
    late = items.overdue(talk.session, now, MANY)
    (open_now, count), cutoff = numbers.open_and_late(talk.session, Among(), now), talk.service.speaker.when(now)
    if not late:
        return talk.say("overdue_none", open=open_now, cutoff=cutoff)
    return talk.say("overdue", count=count, open=open_now, cutoff=cutoff, lines=listed(talk, late))


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


def supervised(talk: Talk) -> Rendered:
    """Open items somebody has put under supervision, each with its state."""
    found, cutoff = items.supervised(talk.session, MANY), talk.service.speaker.when(talk.turn.now)
    if not found:
        return talk.say("supervised_none", cutoff=cutoff)
    late = talk.service.speaker.late
    lines = [talk.line("supervised_line", item, late=late(item, talk.turn.now)) for item in found[:WORST]]
    text = "\n".join([*lines, *more(talk, len(found) - WORST)])
    overdue_now = sum(bool(late(item, talk.turn.now)) for item in found)
    return talk.say("supervised_list", count=len(found), late=overdue_now, cutoff=cutoff, lines=text)


def undelivered(talk: Talk, _rest: str) -> Rendered:
    """Whom this person is to call, what stops the messages, and what came in and was not understood."""
    found, unread = calls.visible(talk.turn, talk.person), inbox.failed_count(talk.session)
    notes = [_shut_line(talk, token) for token in tokens.shut(talk.session, talk.turn.now) if token.shut_code]
    notes += [talk.line("failed_note", count=unread)] if unread else []
    failed = "\n".join(notes)
    if not found:
        return talk.say("undelivered_none", failed=failed)
    lines = calls.lines(talk.service, found, talk.session)
    return talk.say("undelivered", count=len(found), lines=lines, failed=failed)


def _shut_line(talk: Talk, token: Token) -> str:
    """An account that gets no token sends nothing; its own push may be among what it does not send."""
    channel, until = token.account.partition(":")[0], talk.service.speaker.when(token.shut_until)
    why = token_trouble(talk.service, token.shut_code or 0)
    return talk.line("shut_note", channel=talk.service.texts.label("channel", channel), why=why, until=until)
