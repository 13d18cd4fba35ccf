"""An office whose processes can be killed: its database, the platform with its phones, and two clocks."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

import bot.sim
from bot.app import create_app
from bot.drill.carrier import to_the_door
from bot.drill.ground import Silent
from bot.drill.seams import StepClock
from bot.service import Service
from bot.sim import platform
from bot.sim.corp import Corp
from bot.sim.faults import Faults
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.sim.pusher import Pusher, over_http
from store.facts import read
from store.tables import Inbox, Item, Push
from tests.crash.processes import PATIENCE, Victim
from tests.crash.victim import Stop, Told
from tests.desk import MONDAY, PEOPLE
from tests.door.caller import OURS, SEALED, account
from tests.door.sending import office_on
from tests.processes import free_port

WORDS = "我们厂又跳闸了，这周第三次"
CONTACT, OFFICER, COORDINATOR = "张伟", "李建国", "林晓"


class Wall(StepClock):
    """Our clock. It can be set wrong, in both directions."""

    def jump(self, **span: float) -> None:
        self._moment += timedelta(**span)
        self._write()


class Line:
    """The way to the platform: keeps what went over it, and can hold back the answer to a message that was taken."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._app = app
        self.sent: list[bytes] = []
        self._holds = threading.Event()
        self._taken = threading.Event()
        self._released = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = self._app({**environ, "wsgi.input": BytesIO(body)}, start_response)
        if environ["PATH_INFO"].endswith("/send"):
            self.sent.append(body)
            if self._holds.is_set():
                self._holds.clear()
                self._taken.set()
                self._released.wait()
        return answer

    def hold(self) -> None:
        """The next message is taken, and its answer held back."""
        self._holds.set()

    def taken(self) -> None:
        """Wait until that has come about."""
        assert self._taken.wait(PATIENCE), "nothing was sent"

    def release(self) -> None:
        self._released.set()


@dataclass
class House:
    """`wait` lets time pass for everybody; `clock.jump` sets our clock alone."""

    url: str
    folder: Path
    service: Service  # for looking, and for what goes without trouble
    clock: Wall
    there: StepClock  # the platform's
    phones: Phones
    line: Line
    api: str
    faults: Faults
    port: int = field(default_factory=free_port)
    victims: list[Victim] = field(default_factory=list)

    # -- processes

    def process(self, where: str = "", written: str = "") -> Victim:
        """A process of the service, which stops there."""
        stop = Stop(where, written) if where else None
        self.victims.append(Victim(Told(self.url, self.folder / "clock", self.api, stop)))
        return self.victims[-1]

    def web(self, where: str = "", written: str = "") -> Victim:
        """A web process at the one address of this house."""
        made = self.process(where, written)
        made.do("serve", self.port)
        return made

    # -- time

    def wait(self, **span: float) -> None:
        self.clock.jump(**span)
        self.there.move_to(self.there.now() + timedelta(**span))

    def until(self, moment: str) -> None:
        self.wait(seconds=(datetime.fromisoformat(moment) - self.clock.now()).total_seconds())

    # -- people

    def says(self, name: str, text: str) -> str:
        """Somebody writes and is answered, where nothing goes wrong."""
        letter = self.letter(name, text)
        return self._indoors.deliver(f"o_{name}", letter).text or ""

    def letter(self, name: str, text: str) -> bytes:
        """What the platform delivers when somebody has written."""
        self.phones.show(name, name, text, via="said")
        return self._indoors.message(f"o_{name}", {"MsgType": "text", "Content": text})

    @cached_property
    def _indoors(self) -> Pusher:
        """Delivers without a network; it numbers all messages, so that no two have the same number."""
        return self._pusher(to_the_door(create_app(self.service, account())))

    @property
    def pusher(self) -> Pusher:
        """The platform's side of the door, over HTTP."""
        return self.pusher_to(self.port)

    def pusher_to(self, port: int) -> Pusher:
        return self._pusher(over_http(PATIENCE), port)  # on a busy machine, too

    def _pusher(self, post: Any, port: int = 0) -> Pusher:
        url = f"http://127.0.0.1:{port}/wechat/oa"
        return Pusher(url, SEALED, OURS, self.phones, self.there.now, post=post)

    def shown(self, name: str, via: str = "") -> list[str]:
        """What the account has shown on somebody's phone of itself."""
        return [
            one["text"]
            for one in self.phones.of(name)
            if one.get("via") in ([via] if via else ["custom", "template", "wecom"])
        ]

    # -- looking

    def rows(self, query: Any) -> list[Any]:
        with self.service.store.read() as session:
            found = list(session.scalars(query))
            session.expunge_all()
            return found

    def inbox(self) -> list[Inbox]:
        return self.rows(select(Inbox).order_by(Inbox.id))

    def items(self) -> list[Item]:
        return self.rows(select(Item).order_by(Item.id))

    def pushes(self, key: str = "") -> list[Push]:
        """The outbox; of one text, if it is named."""
        query = select(Push).order_by(Push.id)
        return self.rows(query.where(Push.text_key == key) if key else query)


@contextmanager
def house_on(url: str, folder: Path) -> Iterator[House]:
    """A house on this database, with people in it, on a Monday at nine."""
    clock, there = Wall(MONDAY, folder / "clock"), StepClock(MONDAY)
    phones, faults = Phones(folder / "phones", there.now), Faults()
    words = read(str(bot.sim.__file__), "sim.toml")
    app = Flask("platform")
    app.register_blueprint(
        platform.blueprint(
            Platform(phones, words, _names(), there.now, faults), Corp(phones, words, {}, there.now, 1)
        )
    )
    line = Line(app)
    server = make_server("127.0.0.1", 0, line, threaded=True, request_handler=Silent)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with office_on(url, clock) as service:
        api = f"http://127.0.0.1:{server.server_port}/sim/api"
        house = House(url, folder, service, clock, there, phones, line, api, faults)
        try:
            yield house
        finally:
            for victim in house.victims:
                victim.end()
            line.release()
            server.shutdown()
            thread.join()
            server.server_close()
            phones.close()


def _names() -> dict[str, str]:
    people = read(str(PEOPLE), PEOPLE.name)["person"]
    return {f"o_{one['name']}": one["name"] for one in people}
