"""What people do in a history: companies report and withdraw, officials work at what is open; and the post, which
delivers each message three times to whichever web process is there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot import xml
from bot.drill.carrier import Carrier, Letter
from bot.drill.ground import AGENT, DOOR, ORIGINAL_ID
from bot.drill.seams import Killed
from bot.drill.town import Phone
from bot.drill.traffic import Traffic
from bot.message import OA, WECOM, read_message
from bot.reception import NO_REPLY, receive
from bot.service import Service
from bot.sim.phones import Phones
from bot.sim.pusher import TIMEOUT, Answer, NoAnswer, Pusher, Reply
from store import audit
from tests.histories.clock import Clocks
from tests.histories.town import Town

WITHDRAWN = 12
"""Of so many looks at an item one makes its company withdraw it."""


class Door(Pusher):
    """Brings a message to reception itself: what seals and opens letters is tried elsewhere."""

    def __init__(self, channel: str, town: Town, service: Service, phones: Phones, clocks: Clocks) -> None:
        account = town.settings.oa if channel == OA else town.settings.wecom
        assert account is not None
        assert account.sealed is not None
        agent = AGENT if channel == WECOM else None
        super().__init__(f"{DOOR}/{channel}", account.sealed, ORIGINAL_ID, phones, clocks.true, agent)
        self._channel = channel
        self._service = service
        self._clocks = clocks

    def push(self, openid: str, plain: bytes) -> Answer:
        came = self._clocks.true()
        try:
            reply = receive(self._service, read_message(xml.fields(plain), self._channel), plain.decode())
        except Killed as end:
            raise NoAnswer("killed") from end
        if self._clocks.true() - came > timedelta(seconds=TIMEOUT):
            raise NoAnswer("too slow")
        return Answer(200, reply.encode())

    def read(self, body: bytes, openid: str) -> Reply:
        return Reply() if body.decode() == NO_REPLY else Reply(xml.fields(body).get("Content"))


@dataclass
class Post(Carrier):
    """Leaves each delivery to a job of its own, so that several are under way at the same time."""

    hand_over: Callable[[Letter], None] | None = None

    def carry(self, letter: Letter, times: int) -> None:
        assert self.hand_over is not None
        for _ in range(times):
            self.hand_over(letter)


@dataclass
class Public(Traffic):
    """People who now and then look at what there is to do."""

    def report(self) -> None:
        self.carrier.take(self._contact(), next(self.told), "told")

    def act(self) -> None:
        """Everybody who can do something about an open item perhaps does."""
        self._look()
        for phone, words, kind in self._todo:
            if self.random.random() < 0.5:
                self.carrier.take(phone, words, kind)
        with self.service.store.read() as session:
            for item in audit.items(session):
                writer = self.phones.get(item.contact.name)
                if item.closed_at is None and writer and self.random.randrange(WITHDRAWN) == 0:
                    self.carrier.take(writer, f"撤回 {item.number}", "said")

    def _contact(self) -> Phone:
        return self.random.choice(self._by_role["contact"])
