"""What an officer can say: to-do list, progress, extension."""

from bot.aside import mark, waiting_lines
from bot.contact import progress_of, usage
from bot.context import Talk
from bot.evidence import attach_waiting
from bot.facts import excerpt
from bot.parse import take_number, take_span
from bot.promises import noted
from bot.texts import Rendered
from bot.which import Answer, pick, require_owner, seen
from routing import supports, work
from routing.dispatch import nearest_officer
from routing.lifecycle import Action, State
from store import items, listings, people
from store.tables import Department, Item, Person

SHOWN = 10
IN_HAND = (State.ASSIGNED, State.HANDLING)


def todo(talk: Talk, rest: str) -> Rendered:
    """Everything open in this person's hands, the most pressing first; or one item, when a number is given."""
    if take_number(rest)[0]:
        return progress_of(talk, pick(talk, rest, "待办")[0])
    held = seen(talk, items.open_of_officer(talk.session, talk.person))
    mine = [item for item in held if item.state in IN_HAND]
    others = len(held) - len(mine)
    waiting = talk.line("todo_waiting", count=others) if others else ""
    if not mine:
        return talk.say("todo_none", waiting=waiting, asides=waiting_lines(talk))
    now, speaker = talk.turn.now, talk.service.speaker
    listings.show(talk.session, talk.person, mine[:SHOWN], now)
    lines = [
        talk.line("todo_line", item, place=n, late=speaker.late(item, now), aside=mark(talk, item))
        for n, item in enumerate(mine[:SHOWN], 1)
    ]
    if len(mine) > SHOWN:
        lines.append(talk.service.texts.label("word", "more").format(count=len(mine) - SHOWN))
    return talk.say(
        "todo",
        total=len(mine),
        unsigned=sum(item.state == State.ASSIGNED for item in mine),
        late=sum(bool(speaker.late(item, now)) for item in mine),
        cutoff=speaker.when(now),
        lines="\n".join(lines),
        waiting=waiting,
        asides=waiting_lines(talk),
    )


def progress(talk: Talk, rest: str) -> Rendered:
    item, note = pick(talk, rest, "进展", Action.PROGRESS)
    if not note:
        raise Answer(usage(talk, "progress_note"))
    if item.officer_id != talk.person.id and supports.asked_of(talk.turn, item, talk.person):
        return answer_as_support(talk, item, note)
    require_owner(talk, item)
    unsigned = item.state == State.ASSIGNED
    attached = attach_waiting(talk, item)
    work.progress(talk.turn, item, talk.person, note, attached)
    signed = talk.line("signed_note") if unsigned else ""
    return talk.say("progress_noted", item, signed_note=signed, attached=attached, promised=noted(talk, item, note))


def answer_as_support(talk: Talk, item: Item, said: str) -> Rendered:
    """What a supporting department answers goes to the owner."""
    attached = attach_waiting(talk, item)
    support = supports.answer(talk.turn, item, talk.person, f"{said}{attached}")
    return talk.say("support_answered", item, unit=support.department.name)


def extend(talk: Talk, rest: str) -> Rendered:
    item, after = with_words(talk, rest, "延期", Action.PROGRESS, "extend")
    span, reason = take_span(after, talk.today)
    if span is None:
        return talk.say("when_unknown", said=excerpt(after, 12))
    if not reason:
        raise Answer(usage(talk, "extend"))
    until = work.extension_until(talk.turn, item, span.days, span.day)
    asked = work.ask_extension(talk.turn, item, talk.person, until, reason)
    until_at, promised = talk.service.speaker.when(asked.new_due_at), noted(talk, item, reason)
    return talk.say("extension_asked", item, until_at=until_at, promised=promised)


def free_text(talk: Talk) -> Rendered:
    """An officer wrote without a command: most likely a note on the one item in hand."""
    mine = seen(talk, items.open_of_officer(talk.session, talk.person))
    if len(mine) == 1 and len(talk.said) <= 60:
        return talk.say("staff_free_text_one", mine[0], note=excerpt(talk.said, 60))
    return talk.say("staff_free_text")


def with_words(talk: Talk, rest: str, word: str, action: Action, command: str) -> tuple[Item, str]:
    """An own item and the words that must follow: a reason, a note, a result."""
    item, words = pick(talk, rest, word, action)
    require_owner(talk, item)
    if not words:
        raise Answer(usage(talk, command))
    return item, words


def person_or_department(talk: Talk, after: str) -> tuple[Person, Department, str]:
    """Whom an item is given to: an officer by name, or the least loaded officer of a unit; and the reason."""
    name, _, reason = after.partition(" ")
    found = people.people_named(talk.session, name, ("officer",))
    if len(found) == 1 and found[0].department:
        return found[0], found[0].department, reason.strip()
    if len(found) > 1:
        names = "、".join(f"{one.department.name if one.department else ''} {one.name}".strip() for one in found)
        raise Answer(talk.say("person_ambiguous", said=name, names=names))
    department = department_named(talk, name)
    return officer_of(talk, department), department, reason.strip()


def department_named(talk: Talk, name: str) -> Department:
    found = people.departments_named(talk.session, name) if name else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise Answer(talk.say("person_unknown", said=excerpt(name, 12)))
    raise Answer(talk.say("person_ambiguous", said=name, names="、".join(one.name for one in found)))


def officer_of(talk: Talk, department: Department) -> Person:
    """Who has the work of a department, as the rules find them: see `nearest_officer`."""
    officer, _ = nearest_officer(talk.turn, department)
    if officer is None:
        raise Answer(talk.say("no_officer_there", department=department.name))
    return officer
