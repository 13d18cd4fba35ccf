"""The simulated platform shows on the phone what the real client shows: also that the service is out of order."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot import wire, xml
from bot.message import OA, WECOM
from bot.sim import platform as sim_platform
from bot.sim import pusher
from bot.sim.clock import VirtualClock
from bot.sim.conductor import Conductor
from bot.sim.corp import Corp
from bot.sim.faults import Faults
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.sim.pusher import Pusher
from bot.sim.stage import Line, Stage
from store.facts import read
from tests.desk import MONDAY

OURS, CORP, OPENID = "gh_0000000000ab", "ww0000000000000001", "o_zhang"
KEY = wire.parse_aes_key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
ACCOUNTS = {OA: wire.Account("token", KEY, "wx0000000000000001"), WECOM: wire.Account("token", KEY, CORP)}
WORDS = read(sim_platform.__file__, "sim.toml")
PATIENCE = 0.3


@dataclass
class House:
    """A web server in our place that answers as it is told; the last of its answers is given again and again."""

    told: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.queries.append(parse_qs(urlsplit(handler.path).query))
        self.agents.append(handler.headers["User-Agent"])
        (self.told.pop(0) if len(self.told) > 1 else self.told[0])(handler)


@pytest.fixture
def house() -> Iterator[House]:
    house = House()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            house.answer(self)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    house.address = f"http://127.0.0.1:{server.server_port}"
    yield house
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stage(house: House, tmp_path: Path) -> Iterator[Stage]:
    """A phone on each channel, and nobody behind the webhook but the house."""
    clock = VirtualClock(tmp_path / "clock", MONDAY)
    phones = Phones(tmp_path / "phones", clock.now)
    post = pusher.over_http(PATIENCE)
    lines = {
        "张伟": Line(OA, OPENID, Pusher(house.address, ACCOUNTS[OA], OURS, phones, clock.now, post=post)),
        "李建国": Line(WECOM, "li", Pusher(house.address, ACCOUNTS[WECOM], CORP, phones, clock.now, 7, post)),
    }
    official = Platform(phones, WORDS, {OPENID: "张伟"}, clock.now, Faults())
    corp = Corp(phones, WORDS, {"li": "李建国"}, clock.now, 7)
    conductor = Conductor(None, clock, lambda: None)  # type: ignore[arg-type]  # nothing is due here
    yield Stage(None, clock, phones, official, corp, conductor, WORDS, lines)  # type: ignore[arg-type]
    phones.close()


def says(body: bytes, status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def sealed(inside: bytes, channel: str = OA, at: str = "1790000000") -> bytes:
    return wire.envelope(ACCOUNTS[channel], inside, at, "nonce").encode()


def reply(content: str = "已收到", **other: str) -> bytes:
    fields = {
        "ToUserName": OPENID,
        "FromUserName": OURS,
        "CreateTime": "1790000000",
        "MsgType": "text",
        "Content": content,
    }
    inside = "".join(f"<{name}>{xml.cdata(value)}</{name}>" for name, value in (fields | other).items() if value)
    return f"<xml>{inside}</xml>".encode()


def shown(stage: Stage, name: str = "张伟") -> list[tuple[str, str]]:
    return [(one["from"], one["text"]) for one in stage.phones.of(name)][1:]


def test_the_platform_waits_five_seconds_and_tries_three_times(house: House, stage: Stage) -> None:
    """H: the pusher of the simulator waits five seconds and tries three times"""
    assert (pusher.TIMEOUT, pusher.ATTEMPTS) == (5.0, 3)
    house.told = [says(b"", 500), says(b"", 503), says(sealed(reply()))]

    assert stage.say("张伟", "text", "你好") == "已收到"

    assert shown(stage) == [(WORDS["service"], "已收到")]
    assert [query["openid"] for query in house.queries] == [[OPENID]] * 3
    assert set(house.agents) == {"Mozilla/4.0"}
    signatures = [query["msg_signature"][0] for query in house.queries]
    assert len(set(signatures)) == 3, "each attempt is signed anew"


def test_a_message_to_wecom_names_no_openid(house: House, stage: Stage) -> None:
    house.told = [says(b"")]

    stage.say("李建国", "text", "待办")

    assert [sorted(query) for query in house.queries] == [["msg_signature", "nonce", "timestamp"]]


@pytest.mark.parametrize("quiet", [b"", b"success"])
def test_nothing_to_say_is_no_fault(house: House, stage: Stage, quiet: bytes) -> None:
    house.told = [says(quiet)]

    assert stage.say("张伟", "text", "好的") is None

    assert shown(stage) == []
    assert len(house.queries) == 1


def slow(handler: BaseHTTPRequestHandler) -> None:
    """Answers in time at first, and never comes to an end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"x")
            threading.Event().wait(PATIENCE / 3)
    except OSError:
        return  # the platform has cut the line


def silent(handler: BaseHTTPRequestHandler) -> None:
    threading.Event().wait(PATIENCE * 2)
    with suppress(OSError):  # the platform has cut the line
        says(b"success")(handler)


def broken_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"<xml>")


def moved(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize(
    "told",
    [
        says(b"", 500),
        says(b"success", 404),
        says(b"success", 201),
        says(sealed(reply()), 503),
        moved,
        silent,
        slow,
        broken_off,
    ],
    ids=["500", "404", "201", "reply with 503", "redirect", "no answer in time", "no end in time", "broken off"],
)
def test_what_is_not_taken_is_pushed_three_times_and_then_a_fault(house: House, stage: Stage, told: Any) -> None:
    house.told = [told]

    assert stage.say("张伟", "text", "你好") is None

    assert shown(stage) == [(WORDS["system"], WORDS["failure"])]
    assert len(house.queries) == 3


BAD_REPLIES = {
    "JSON": json.dumps({"errcode": 0}).encode(),
    "a word in quotes": b'"success"',
    "success with a line end": b"success\n",
    "a page": b"<!DOCTYPE html><html><body>ok</body></html>",
    "not sealed": reply(),
    "broken XML": sealed(reply())[:-3],
    "no signature": sealed(reply()).replace(b"MsgSignature", b"Signature"),
    "a wrong signature": sealed(reply()).replace(b"<TimeStamp>1790000000", b"<TimeStamp>1790000001"),
    "sealed for another account": wire.envelope(
        wire.Account("token", KEY, "wx0000000000000002"), reply(), "1790000000", "nonce"
    ).encode(),
    "sealed with another key": wire.envelope(
        wire.Account("token", bytes(32), "wx0000000000000001"), reply(), "1790000000", "nonce"
    ).encode(),
    "an element twice in the envelope": sealed(reply()).replace(b"</xml>", b"<Nonce>n</Nonce></xml>"),
    "nothing, sealed": sealed(b""),
    "success, sealed": sealed(b"success"),
    "broken XML inside": sealed(b"<xml><ToUserName>"),
    "an element twice": sealed(reply().replace(b"</xml>", b"<Content>b</Content></xml>")),
    "a character XML does not know": sealed(reply().replace("已".encode(), b"\x0b")),
    "to somebody else": sealed(reply(ToUserName="o_li")),
    "from somebody else": sealed(reply(FromUserName="gh_other")),
    "to nobody": sealed(reply(ToUserName="")),
    "an empty text": sealed(reply(Content=" ")),
    "no text": sealed(reply(content="")),
    "no time": sealed(reply(CreateTime="")),
    "a list for a time": sealed(reply(CreateTime="[1682391258]")),
    "no type": sealed(reply(MsgType="")),
    "an unknown type": sealed(reply(MsgType="markdown")),
    "one byte too many": sealed(reply("a" * 2048)),
    "too many bytes in few characters": sealed(reply("汉" * 683)),
}


@pytest.mark.parametrize("bad", sorted(BAD_REPLIES))
def test_what_the_client_would_not_show_is_a_fault_at_once(house: House, stage: Stage, bad: str) -> None:
    """G: what the real client shows as a fault the simulator shows as one too"""
    house.told = [says(BAD_REPLIES[bad])]

    assert stage.say("张伟", "text", "你好") is None

    assert shown(stage) == [(WORDS["system"], WORDS["failure"])]
    assert len(house.queries) == 1, "an answer that was taken is not asked for again"


@pytest.mark.parametrize("bad", ["nothing, sealed", "not sealed", "JSON", "an element twice"])
def test_wecom_is_as_strict(house: House, stage: Stage, bad: str) -> None:
    body = {"nothing, sealed": sealed(b"", WECOM), "an element twice": sealed(b"<xml><a/><a/></xml>", WECOM)}
    house.told = [says(body.get(bad, BAD_REPLIES[bad]))]

    assert stage.say("李建国", "text", "待办") is None

    assert shown(stage, "李建国") == [(WORDS["system"], WORDS["failure"])]


def test_the_longest_text_is_shown_whole(house: House, stage: Stage) -> None:
    house.told = [says(sealed(reply("汉" * 682 + "a")))]

    assert stage.say("张伟", "text", "你好") == "汉" * 682 + "a"

    assert shown(stage) == [(WORDS["service"], "汉" * 682 + "a")]
