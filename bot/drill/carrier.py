"""The platform's side of incoming messages: each is delivered three times, out of order, and what became of it is
written down here, apart from the service."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import Client

from bot.drill.seams import Killed
from bot.drill.town import Phone
from bot.sim.phones import Phones
from bot.sim.pusher import ATTEMPTS, HEADERS, Answer, Fault, NoAnswer, Post, Pusher, Reply

SPREAD = timedelta(minutes=3)
"""Within so long after a message all its deliveries come; meanwhile its sender may have written again."""
AT_ONCE = 20
"""One message in so many is delivered three times at the same moment."""
CUT = 30
"""One answer in so many is lost on its way to the platform."""


@dataclass(slots=True)
class Letter:
    """One message of one person, and what its deliveries came back with."""

    phone: Phone
    text: str
    kind: str  # "told": words of a report; "noted": words kept with an item; "said": anything else
    plain: bytes
    at: datetime
    replies: list[Reply] = field(default_factory=list)
    acknowledged: bool = False
    faults: list[str] = field(default_factory=list)


@dataclass
class Carrier:
    """Delivers what is due. `down` stands for a house in which nobody opens."""

    pushers: dict[str, Pusher]
    phones: Phones
    words: dict[str, Any]
    now: Callable[[], datetime]
    random: Random
    letters: list[Letter] = field(default_factory=list)
    down: bool = False
    threads: bool = True
    counted: Counter[str] = field(default_factory=Counter)
    _waiting: list[tuple[datetime, int, Letter]] = field(default_factory=list)

    def take(self, phone: Phone, text: str, kind: str) -> Letter:
        """Somebody writes; it is delivered three times, now and soon after, or all at once."""
        pusher = self.pushers[phone.channel]
        plain = pusher.message(phone.account, {"MsgType": "text", "Content": text})
        letter = Letter(phone, text, kind, plain, self.now())
        self.phones.show(phone.name, phone.name, text, via="said")
        self.letters.append(letter)
        if self.random.randrange(AT_ONCE) == 0:
            self._waiting.append((letter.at, ATTEMPTS, letter))
        else:
            waits = [timedelta(seconds=self.random.randrange(int(SPREAD.total_seconds()))) for _ in range(ATTEMPTS)]
            self._waiting += [(letter.at + wait, 1, letter) for wait in waits]
        return letter

    def deliver(self) -> None:
        """All deliveries that are due, in no order."""
        now = self.now()
        due = [one for one in self._waiting if one[0] <= now]
        self._waiting = [one for one in self._waiting if one[0] > now]
        self.random.shuffle(due)
        for _, times, letter in due:
            self.carry(letter, times)

    def carry(self, letter: Letter, times: int) -> None:
        """One letter, so many times at the same moment."""
        if times == 1 or not self.threads:
            for _ in range(times):
                self.once(letter)
            return
        with ThreadPoolExecutor(times) as pool:
            list(pool.map(self.once, [letter] * times))

    def next_due(self) -> datetime | None:
        """When the next delivery comes."""
        return min((moment for moment, _, _ in self._waiting), default=None)

    def rest(self) -> int:
        """How many deliveries are still to come."""
        return len(self._waiting)

    def once(self, letter: Letter) -> None:
        """One delivery, and what it comes back with."""
        self.counted["deliveries"] += 1
        pusher = self.pushers[letter.phone.channel]
        try:
            if self.down:
                raise NoAnswer("nobody opens")
            answer = pusher.push(letter.phone.account, letter.plain)
            if self.random.randrange(CUT) == 0:
                raise NoAnswer("lost on its way")
        except NoAnswer:
            self.counted["unanswered"] += 1
            return
        if answer.status != 200:
            self.counted[f"HTTP {answer.status}"] += 1
            return
        letter.acknowledged = True
        try:
            letter.replies.append(pusher.read(answer.body, letter.phone.account))
        except Fault as fault:
            letter.faults.append(str(fault))
            self.phones.show(letter.phone.name, self.words["system"], self.words["failure"])

    def differing(self) -> Iterator[Letter]:
        """Letters that were answered in two ways."""
        return (letter for letter in self.letters if len({reply.text for reply in letter.replies}) > 1)


def to_the_door(app: Flask) -> Post:
    """Carries a request to the webhook of this process; no answer where the process ends meanwhile."""

    def post(url: str, query: dict[str, str], body: bytes) -> Answer:
        try:
            client = Client(app, use_cookies=False)
            answer = client.post(urlsplit(url).path, query_string=query, data=body, headers=HEADERS)
        except Killed as end:
            raise NoAnswer("killed") from end
        return Answer(answer.status_code, answer.get_data())

    return post
