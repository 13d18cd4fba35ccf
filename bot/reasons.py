"""Why one thing about an item is as it is: its flag, category, grade, owner, merging, reminders; rule and inputs."""

from collections.abc import Callable, Iterable, Sequence

from bot.context import Talk
from bot.counted import deadline
from bot.show import flag_why, next_line
from bot.texts import Rendered
from routing.flags import overdue
from store.tables import Event, Item, Reminder

NEWEST = 6
"""So many of the reminders and changes of owner are named, the newest."""
OWNERSHIP = frozenset(
    {"dispatch", "transfer", "triage", "return", "stand_in", "hand_back", "succeed", "release", "pass_on"}
)
"""Steps that decide in whose hands an item is."""


def flag(talk: Talk, item: Item) -> Rendered:
    """The rule that gave the flag, and all that it looked at."""
    flags, now, label = talk.turn.policy.flags, talk.turn.now, talk.service.texts.label
    rule = flags.rule(item, now)
    return talk.say(
        "why_flag",
        item,
        flag=label("flag", flags.colours[rule.finding]),
        why=flag_why(talk, item),
        rule=rule.label,
        late=talk.service.speaker.late(item, now) or yes_no(talk, overdue(item, now)),
        was_late=yes_no(talk, item.was_late),
        returns=item.returns,
        followup=label("word", f"followup_{item.followup}") if item.followup else label("word", "none_yet"),
        untrue=yes_no(talk, any(event.action == "false_closing" for event in item.events)),
    )


def yes_no(talk: Talk, true: bool) -> str:
    return talk.service.texts.label("word", "yes" if true else "no")


def category(talk: Talk, item: Item) -> Rendered:
    """Which words and rules decided the category, how sure it was, what else it might have been, who changed it."""
    name, rules = talk.service.speaker.category, item.rules
    changes = [event for event in item.events if event.action in ("classify", "reread")]
    return talk.say(
        "why_category",
        item,
        topic=item.topic,
        rule=_rule(talk, rules.get("category", "")),
        confidence=f"{item.confidence:.2f}",
        least=f"{talk.service.intake.analyser.threshold:.2f}",
        rules="；".join(entry for entry in item.because if ".toml:" in entry),
        others="、".join(name(code) for code in item.candidates if code != item.category),
        lines=_steps(talk, changes),
    )


def grade(talk: Talk, item: Item) -> Rendered:
    """Which rules decided how hard, how pressing and of what nature it is."""
    label, rules = talk.service.texts.label, item.rules
    return talk.say(
        "why_grade",
        item,
        nature=label("nature", item.nature),
        urgent=yes_no(talk, item.urgent),
        rule=_rule(talk, rules.get("grade", "")),
        nature_rule=_rule(talk, rules.get("nature", "")),
        urgent_rule=_rule(talk, rules.get("urgent", "")) if item.urgent else "",
        lines=_steps(talk, [event for event in item.events if event.action in ("grade", "regrade")]),
    )


def owner(talk: Talk, item: Item) -> Rendered:
    """Each change of hands with the rules that decided it: which word or sub-topic, whose load, who was away."""
    steps = [event for event in item.events if event.action in OWNERSHIP]
    support = [event for event in item.events if event.action.startswith("support")]
    return talk.say("why_owner", item, lines=_steps(talk, [*steps[-NEWEST:], *support[-NEWEST:]]))


def merging(talk: Talk, item: Item) -> Rendered:
    """What was taken for the same matter, by whose word, by which words in common and how much alike."""
    steps = [event for event in item.events if event.action in ("merge", "merged_in")]
    if not steps:
        return talk.say("why_not_merged", item)
    return talk.say("why_merged", item, lines="\n".join(_merge_line(talk, event) for event in steps))


def _merge_line(talk: Talk, event: Event) -> str:
    data = event.data
    return talk.line(
        "why_merge_line",
        at=talk.service.speaker.when(event.at),
        actor=event.actor.name if event.actor else talk.service.texts.label("word", "service"),
        action=talk.service.texts.label("action", event.action),
        other=data.get("into") or data.get("other", ""),
        words="、".join(data.get("words", ())) or talk.service.texts.label("word", "none_yet"),
        likeness=data.get("likeness", ""),
        least=data.get("least", ""),
        rule=_rule(talk, event.rule),
    )


def reminders(talk: Talk, item: Item) -> Rendered:
    """What was said by itself, when, by which rung, to whom; what was dropped and why; what comes next."""
    said = [event for event in item.events if event.action == "remind"]
    dropped = [row for row in item.reminders if row.status == "void" and row.round == item.round]
    return talk.say(
        "why_reminders",
        item,
        count=len(said),
        lines=_steps(talk, said[-NEWEST:]),
        dropped=_dropped(talk, dropped),
        next=next_line(talk, item),
    )


def _dropped(talk: Talk, rows: Sequence[Reminder]) -> str:
    label, when = talk.service.texts.label, talk.service.speaker.when
    named = [f"{when(row.due_at)} {label('rung', row.rung)}" for row in rows[-NEWEST:]]
    return talk.line("why_dropped", count=len(rows), rungs="、".join(named)) if rows else ""


def _steps(talk: Talk, events: Iterable[Event]) -> str:
    """Steps with each of their rules on a line of its own."""
    return "\n".join(_step(talk, event) for event in events)


def _step(talk: Talk, event: Event) -> str:
    rules = [rule for rule in event.rule.split("; ") if rule] or [""]
    return talk.line(
        "why_step",
        at=talk.service.speaker.when(event.at),
        actor=event.actor.name if event.actor else talk.service.texts.label("word", "service"),
        action=talk.service.texts.label("action", event.action),
        detail=talk.service.speaker.detail(event, talk.person),
        rules="\n".join(talk.line("why_rule", rule=_rule(talk, rule)) for rule in rules),
    )


def _rule(talk: Talk, rule: str) -> str:
    return rule or talk.service.texts.label("word", "by_hand")


TOPICS: dict[str, Callable[[Talk, Item], Rendered]] = {
    "时限": deadline,
    "旗": flag,
    "类别": category,
    "等级": grade,
    "责任人": owner,
    "合并": merging,
    "提醒": reminders,
}
"""What may be asked about one thing: 为什么 N 旗."""
