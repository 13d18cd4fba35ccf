"""What a text can say of an item: dates in local time, codes as words, long texts cut short."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.moments import Moments
from bot.texts import Texts
from intake.analyse import Analyser
from intake.mentions import Reader
from routing.calendar import Calendar
from routing.promises import open_of
from routing.telling import hands
from store.tables import Event, Item, Person, Support

EXCERPT = 48
LONG = 300
LISTED = 8
"""So many items are named in one message; of the others the count is told."""
MENTIONED = 6
"""So many of the facts a report names are listed."""
DETAILS = (
    "topic",
    "level",
    "reply_level",
    "reason",
    "proposed",
    "cause",
    "unit",
    "note",
    "words",
    "result",
    "ended",
    "whom",
    "cautions",
    "category",
    "before",
    "was_grade",
    "grade",
    "other",
    "into",
    "media",
    "officer",
    "due_at",
    "until_at",
    "notice",
    "told",
    "answers",
)
"""What is worth saying of an event, in this order."""
LABELLED = {
    "role": "recipient",
    "ended": "outcome",
    "granted": "action",
    "notice": "notice",
    "cause": "cause",
    "level": "rating",
    "grade": "grade",
    "was_grade": "grade",
}
"""Facts that are codes, and the table of their words."""


class Speaker(Moments):
    """Turns items and moments into words of the people who read them."""

    def __init__(self, texts: Texts, analyser: Analyser, named: Reader, calendar: Calendar) -> None:
        super().__init__(texts, calendar)
        self.analyser = analyser
        self.named = named

    def facts(self, item: Item, reader: Person | None = None) -> dict[str, Any]:
        """All that can be said of an item, by the names used in `texts.toml`. Telephone numbers in what people wrote
        are readable for those whose matter it is alone (see `owns`)."""
        label = self.texts.label
        seen = str if owns(item, reader) else self.named.masked
        text = seen(item.text)
        return {
            "number": item.number,
            "short": item.short,
            "enterprise": item.enterprise.name if item.enterprise else label("word", "unverified"),
            "contact": item.contact.name,
            "category": self.category(item.category),
            "category_code": item.category,
            "because": "、".join(_words(item.because)) or label("word", "no_evidence"),
            "state": self.state(item),
            "grade": label("grade", item.grade),
            "urgent": label("word", "urgent") if item.urgent else "",
            "mode": label("mode", item.mode) if item.mode else "",
            **self._held(hands(item)),
            "due": self.when(item.due_at),
            "text": excerpt(text),
            "full_text": excerpt(text, LONG),
            "support": "；".join(self._support(one) for one in item.supports if one.status != "void"),
            "verifier": label("word", "verifier_restricted" if item.restricted else "verifier"),
            "result": seen(item.result or ""),
            "outcome": label("outcome", item.result_code),
            "attention": label("attention", item.attention),
            "reply_rating": label("rating", item.reply_rating) if item.reply_rating else label("word", "unrated"),
            "planned": (planned := self._planned(item)),
            "by_plan": label("word", "by_plan").format(day=planned) if planned else "",
            "round": item.round,
            "rating": label("rating", item.rating) if item.rating else label("word", "unrated"),
            "reason": seen(item.rating_reason or ""),
            "registered": self.when(item.registered_at),
        }

    def _held(self, names: Mapping[str, str]) -> dict[str, str]:
        """In whose hands an item is, or was (see `routing.telling.hands`)."""
        word = self.texts.label
        acting = word("word", "acting").format(absent=names["absent"]) if "absent" in names else ""
        undecided = word("word", "undecided")
        officer = f"{names['officer']}{acting}" if "officer" in names else undecided
        return {"lead": names.get("lead", undecided), "officer": officer, "acting": acting}

    def _support(self, support: Support) -> str:
        """A supporting department, and what it answered or by when it is to."""
        form = self.texts.labels["word"][f"support_{support.status}"]
        unit, name = support.department.name, support.officer.name if support.officer else ""
        answer = excerpt(self.named.masked(support.answer or ""))
        return form.format(unit=unit, name=name, due=self.when(support.due_at), answer=answer)

    def _planned(self, item: Item) -> str:
        return self.day(self.calendar.local(item.planned_at).date()) if item.planned_at else ""

    def mentions_line(self, item: Item, reader: Person | None) -> str:
        """What a report names: sums, days, places, companies and telephone numbers, once each."""
        found = self.named.mentions(item.text, self.calendar.local(item.registered_at).date())
        own = item.enterprise.name if item.enterprise else ""
        told = dict.fromkeys(" ".join(each.text.split()) for each in found if each.text not in own)
        words = [word if owns(item, reader) else self.named.masked(word) for word in told][:MENTIONED]
        return self.texts.say("mentions_line", mentions="、".join(words)) if words else ""

    def promises(self, item: Item) -> str:
        """What the officer has promised and not yet kept: by when, and what."""
        said = (
            self.texts.say("promise_said", when=self.when(one.due_at), promised=one.text) for one in open_of(item)
        )
        return "；".join(said)

    def told(self, facts: dict[str, Any], *, owner: bool = True) -> dict[str, Any]:
        """Facts as routing wrote them, made readable: moments (`…_at`) and rating levels become words. Only an owner
        of the item reads the telephone numbers in them."""
        ready = dict(facts)
        for name, value in facts.items():
            if isinstance(value, str) and not owner:
                ready[name] = self.named.masked(value)
            if name.endswith("_at"):
                moment = datetime.fromisoformat(value) if isinstance(value, str) else value
                ready[name] = self.when(moment)
            elif name in LABELLED:
                ready[name] = self.texts.label(LABELLED[name], value)
            elif name == "reason":
                word = self.texts.labels["word"]
                ready["because"] = ready[name] or word["no_reason"]
                ready["grounds"] = word["grounds"].format(reason=ready[name]) if value else ""
            elif name == "held":
                ready |= self._held(value)
            elif name == "span":
                ready[name] = self.span(*map(datetime.fromisoformat, value))
            elif name == "last_day":
                ready[name] = self.day(date.fromisoformat(value))
            elif name == "items":
                ready |= {"lines": self._listed(value), "count": len(value)}
            elif name == "media":
                ready[name] = "" if value == "text" else f"[{self.texts.label('media', value)}]"
            elif name == "cautions":
                ready[name] = "".join(self.texts.label("caution", code) for code in value)
            elif name == "reply_level":
                ready[name] = self.texts.labels["word"]["reply"].format(rating=self.texts.label("rating", value))
            elif name == "questions":
                ready[name] = "、".join(self.texts.label("question", code) for code in value)
            elif name == "answers":
                ready[name] = self.answers(value)
            elif name == "evidence":
                label = self.texts.label("word", "evidence" if value else "no_evidence_sent")
                ready[name] = label.format(count=value)
            elif name in ("before", "category") and value in self.analyser.categories:
                ready[name] = self.category(value)
        return ready

    def detail(self, event: Event, reader: Person | None = None) -> str:
        """The particulars of an event, as far as a person wants to read them."""
        told = self.told(event.data, owner=owns(event.item, reader))
        values = [told[name] for name in DETAILS if told.get(name)]
        words = ["、".join(value) if isinstance(value, list) else excerpt(str(value), 30) for value in values]
        return " ".join(words)

    def answers(self, given: dict[str, str]) -> str:
        """The four questions of a check with their answers."""
        label = self.texts.label
        return " ".join(f"{label('question', code)}{label('answer', answer)}" for code, answer in given.items())

    def state(self, item: Item) -> str:
        """Handed on is not refused, though it ends as that does."""
        handed_on = item.state == "refused" and item.scope != "ours"
        return self.texts.label("word", "handed_on") if handed_on else self.texts.label("state", item.state)

    def category(self, code: str) -> str:
        known = self.analyser.categories.get(code)
        return known.label if known else code

    def _listed(self, found: list[dict[str, Any]]) -> str:
        """A line for each item that a push about several of them tells of."""
        lines = []
        for item in found[:LISTED]:
            due = self.when(datetime.fromisoformat(item["due_at"]) if item["due_at"] else None)
            enterprise, state = item["enterprise"] or self.texts.label("word", "unverified"), item["state"]
            told = {"number": item["number"], "enterprise": enterprise, "state": self.texts.label("state", state)}
            lines.append(self.texts.say("moved_line", due=due, **told))
        more = self.texts.labels["word"]["more"].format(count=len(found) - LISTED)
        return "\n".join([*lines, more] if len(found) > LISTED else lines)


def owns(item: Item, reader: Person | None) -> bool:
    """Whose matter an item is: the accountable officer's, the contact's, and that of others of the enterprise."""
    if reader is None:
        return False
    mine = reader.id in (item.officer_id, item.contact_id)
    return mine or (item.enterprise is not None and item.enterprise in reader.enterprises)


def _words(because: list[str]) -> list[str]:
    """Of what decided a category, the words of the report; the names of rules are for the history."""
    return [entry for entry in because if ".toml:" not in entry][:4]


def excerpt(text: str, length: int = EXCERPT) -> str:
    """One line of a text, cut short."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def iso(moment: datetime | None, calendar: Calendar) -> str | None:
    """A moment for machines: ISO 8601 with the local offset, to the second."""
    return calendar.local(moment).isoformat(timespec="seconds") if moment else None
