"""Who says what in a day: companies tell what is wrong, officers and the office work at it, all by one seed."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import intake
from bot import commands
from bot.drill.carrier import Carrier
from bot.drill.town import Phone
from bot.service import Service
from intake.analyse import Analyser
from store import audit
from store.facts import read
from store.tables import Item

EXAMPLES = Path(intake.__file__).with_name("examples.jsonl")
TOLD_SHARE = 0.45
"""So many of all messages tell something new."""
LOOK_EVERY = timedelta(minutes=15)
"""Between two looks of people at what they have to do."""


@dataclass
class Traffic:
    service: Service
    carrier: Carrier
    phones: Mapping[str, Phone]
    random: Random
    told: Iterator[str]  # what companies have to report
    _words: dict[str, Any] = field(init=False)
    _todo: list[tuple[Phone, str, str]] = field(default_factory=list)
    _notes: Counter[str] = field(default_factory=Counter)
    _looked: datetime | None = None

    def __post_init__(self) -> None:
        self._words = read(__file__, "words.toml")["traffic"]
        by_role: dict[str, list[Phone]] = {}
        for phone in self.phones.values():
            by_role.setdefault(phone.role, []).append(phone)
        self._by_role = by_role

    def say(self, messages: int) -> None:
        """So many people write now."""
        now = self.service.clock.now()
        if self._looked is None or now - self._looked >= LOOK_EVERY:
            self._look()
            self._looked = now
        for _ in range(messages):
            if self._todo and self.random.random() > TOLD_SHARE:
                phone, words, kind = self._todo.pop()
                self.carrier.take(phone, words, kind)
            else:
                self.carrier.take(self.random.choice(self._by_role["contact"]), next(self.told), "told")

    def alarm(self) -> None:
        """Somebody reports danger, at whatever hour."""
        self.carrier.take(self.random.choice(self._by_role["contact"]), self._noted("alarm"), "told")

    def _look(self) -> None:
        """What everybody could do about the open items now, in no order."""
        with self.service.store.read() as session:
            self._todo = [one for item in audit.items(session) if (one := self._next(item)) is not None]
        self.random.shuffle(self._todo)

    def _next(self, item: Item) -> tuple[Phone, str, str] | None:
        habits = self._words["habits"].get(item.state)
        if not habits or item.restricted:
            return None
        who, words, kind = self.random.choice(habits)
        named = {"contact": item.contact, "officer": item.officer}.get(who)
        phone = self.phones.get(named.name) if named else self.random.choice(self._by_role["coordinator"])
        if phone is None:
            return None
        unit = self.random.choice(self._words["units"])
        return phone, words.format(n=item.number, note=self._note(), unit=unit), kind

    def _noted(self, key: str) -> str:
        return str(self._words[key]).format(note=self._note())

    def _note(self) -> str:
        """Words that nobody says twice."""
        self._notes["note"] += 1
        return f"{self._notes['note']:05d}"


def told(analyser: Analyser, random: Random) -> Iterator[str]:
    """What companies have told before, each once, in the order of a seed; only what is a report and nothing else."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    texts = sorted({json.loads(line)["text"] for line in lines})
    random.shuffle(texts)
    plain: Callable[[str], bool] = lambda text: (  # noqa: E731
        commands.find(text, "contact") is None and analyser.analyse([text], bound=True).kind == "problem"
    )
    return (text for text in texts if "〔" not in text and 8 <= len(text) <= 300 and plain(text))
