"""改级: the office finds an item harder or easier than it was taken for."""

from bot.contact import usage
from bot.context import Talk
from bot.facts import excerpt
from bot.parse import plain
from bot.texts import Rendered, Texts
from bot.which import Answer, pick
from routing.deadlines import GRADES
from routing.regrade import regrade as change

REPLIES = {
    "regraded": "regrade_counted",
    "regraded_late": "regrade_counted_late",
    "regraded_kept": "regrade_kept",
}
"""What the office reads of each occasion."""


def regrade(talk: Talk, rest: str) -> Rendered:
    """改级 N 级 理由: by the letter, the word or the number of a grade."""
    item, after = pick(talk, rest, "改级")
    said, _, reason = after.partition(" ")
    if not said or not reason.strip():
        raise Answer(usage(talk, "regrade"))
    grade = grade_named(talk.service.texts, said)
    if grade is None:
        names = "、".join(talk.service.texts.label("grade", each) for each in GRADES)
        raise Answer(talk.say("grade_unknown", said=excerpt(said, 12), names=names))
    was, was_due = item.grade, talk.service.speaker.when(item.due_at)
    occasion = change(talk.turn, item, talk.person, grade, reason.strip())
    return talk.say(REPLIES[occasion], item, was_grade=talk.service.texts.label("grade", was), was_due=was_due)


def grade_named(texts: Texts, said: str) -> int | None:
    """The grade that an office calls so: the label, either part of it, or the number."""
    word = plain(said).strip().upper().removesuffix("级")
    for grade in GRADES:
        label = texts.label("grade", grade).upper()
        if word in {label, *label.split()}:
            return grade
    return int(word) if word in {str(grade) for grade in GRADES} else None
