"""The whole service in one object, for stories: people speak, the clock hops, phones are read."""

import functools
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot import overtaken, rounds, xml
from bot.message import Message, read_message
from bot.people_import import import_files
from bot.reception import NO_REPLY, receive
from bot.rhythm import PUSHES as REGULAR
from bot.senders import SendFailed, Taken, Trouble
from bot.service import Service, assemble
from bot.sim.pusher import LINK
from store import items, outbox, people
from store.db import Store
from store.tables import Item, Push

SECRET = "the-key-of-these-stories"
PEOPLE = Path(__file__).with_name("people.toml")
MONDAY = datetime.fromisoformat("2026-09-28T09:00:00+08:00")
STEP = timedelta(seconds=1)


@functools.cache
def parts() -> Service:
    """The shipped configuration, read once: it never changes, and reading takes a second."""
    return assemble(Store("sqlite://"), HandClock(MONDAY))


def move_in(session: Session) -> None:
    """The people of the stories. They were told long ago what is kept of them, so that no story need say it again."""
    import_files(session, [PEOPLE])
    for person in people.everybody(session):
        for identity in people.identities_of(session, person):
            identity.noticed_at = MONDAY - timedelta(days=30)


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.moment = start.astimezone(UTC)

    def now(self) -> datetime:
        return self.moment


class Phones:
    """The fake sender: keeps what arrives, and fails when told to."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.changed: list[tuple[str, str, str]] = []  # cards: whose, by which code, what their buttons say now
        self.faults: list[SendFailed] = []
        self.ways: tuple[str, ...] = ("custom", "template")

    def channels(self) -> tuple[str, ...]:
        return self.ways

    def send(self, channel: str, body: dict[str, Any]) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append({"channel": channel, **body})
        number = str(len(self.sent))
        return Taken(number, f"code of {body['template_card']['task_id']}") if "template_card" in body else number

    def change(self, member: str, code: str, label: str) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.changed.append((member, code, label))

    def fail(self, trouble: Trouble, times: int = 1) -> None:
        self.faults += [SendFailed(trouble, "ordered")] * times


class Desk:
    """People are called by name; `says` gives what they read at once, `pushes_to` the keys of what was pushed.

    A push that no test line has asked about fails the test (see `close`).
    """

    def __init__(
        self, url: str, start: datetime = MONDAY, config_dir: Path | None = None, *, told_at_once: bool = False
    ) -> None:
        self.clock = HandClock(start)
        self.store = Store(url, SECRET)
        made = parts() if config_dir is None else assemble(self.store, self.clock, config_dir)
        policy = made.policy
        if told_at_once:
            policy = replace(policy, pace=replace(policy.pace, gap=timedelta()))
        self.service = replace(made, policy=policy, store=self.store, clock=self.clock)
        self.phones = Phones()
        self._ids = itertools.count(1)
        self._seen: set[int] = set()
        with self.store.write() as session:
            if not people.everybody(session):
                move_in(session)

    # -- speaking

    def says(self, name: str, text: str = "", **fields: str) -> str | None:
        """Somebody writes; the passive reply, or None for silence."""
        message = self.message(name, text, **fields)
        return self.delivers(message)

    def message(self, name: str, text: str = "", **fields: str) -> Message:
        kind = {"MsgType": "text", "Content": text} if text else {}
        return read_message(
            {
                "ToUserName": "gh_desk",
                "FromUserName": f"o_{name}",
                "CreateTime": str(int(self.clock.now().timestamp())),
                "MsgId": str(next(self._ids)),
                **kind,
                **fields,
            }
        )

    def delivers(self, message: Message) -> str | None:
        reply = receive(self.service, message, "<xml/>")
        if reply == NO_REPLY:
            return None
        return LINK.sub("", xml.fields(reply.encode())["Content"]).strip()

    # -- time

    def now(self) -> datetime:
        return self.service.policy.calendar.local(self.clock.now())

    def work(self) -> None:
        """One tick and one drain, with all that is regular."""
        rounds.work(self.service, self.phones, "template-id", "desk")
        overtaken.refresh(self.service, self.phones)

    def later(self, **span: float) -> None:
        """Let time pass, stopping at every due moment on the way."""
        self.until(self.clock.now() + timedelta(**span))

    def until(self, moment: datetime | str) -> None:
        target = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        self.work()
        while (due := self._next_due()) is not None and due < target:
            self.clock.moment = max(due, self.clock.moment + STEP)
            self.work()
        self.clock.moment = max(self.clock.moment, target.astimezone(UTC))
        self.work()

    def _next_due(self) -> datetime | None:
        return rounds.next_due(self.service)

    # -- looking

    def item(self, number: str = "001") -> Item:
        """The newest item with this short number, detached but with everything a test may look at."""
        with self.store.read() as session:
            found = items.by_short_number(session, "main", number, 1)[0]
            _ = [event.actor for event in found.events]
            _ = (found.lead, found.officer, found.acting_for, found.enterprise, found.contact, found.follower)
            _ = (found.extensions, found.handovers, found.pauses, found.escalations, found.commitments)
            _ = [(one.department, one.officer) for one in found.supports]
            session.expunge_all()
            return found

    def actions(self, number: str = "001") -> list[str]:
        return [event.action for event in self.item(number).events]

    def pushes_to(self, name: str) -> list[str]:
        """The text keys pushed to a person since somebody last asked, without what comes regularly."""
        return [push.text_key for push in self._new_pushes(name)]

    def bodies_to(self, name: str) -> list[str]:
        """The texts pushed to a person since somebody last asked."""
        return [_text_of(push) for push in self._new_pushes(name)]

    def lists_to(self, name: str) -> list[str]:
        """What came regularly to a person since somebody last asked: the morning list, the week, the month. A story
        that is not about these need not mention them."""
        return [_text_of(push) for push in self._new_pushes(name, regular=True)]

    def forget(self, *names: str) -> None:
        """These people's pushes are of no interest to this story; without names: nobody's."""
        for name in names or [person.name for person in self.everybody()]:
            self._new_pushes(name)

    def everybody(self) -> Any:
        with self.store.read() as session:
            return people.everybody(session)

    def _new_pushes(self, name: str, *, regular: bool = False) -> list[Push]:
        with self.store.read() as session:
            found = [
                push
                for person in people.everybody(session)
                if person.name == name
                for push in outbox.to_person(session, person)
                if push.status in ("sent", "digest") and push.id not in self._seen
                if (push.text_key in REGULAR) == regular
            ]
            self._seen.update(push.id for push in found)
            session.expunge_all()
            return found

    def close(self) -> None:
        """Fails when somebody was pushed what the story never mentions."""
        unasked = {person.name: keys for person in self.everybody() if (keys := self.pushes_to(person.name))}
        self.store.close()
        assert not unasked, f"nobody expected these pushes: {unasked}"


def _text_of(push: Push) -> str:
    body = push.body or {}
    if "data" in body:
        return "\n".join(field["value"] for field in body["data"].values())
    if card := body.get("template_card"):
        return f"{card['main_title']['title']}\n{card['sub_title_text']}"
    return str(body.get("text", {}).get("content") or body.get("msgmenu", {}).get("head_content", ""))


def hands(desk: Desk, number: str = "001") -> tuple[str | None, str | None]:
    """Who has an item, and for whom if they are a deputy."""
    item = desk.item(number)
    return item.officer and item.officer.name, item.acting_for and item.acting_for.name
