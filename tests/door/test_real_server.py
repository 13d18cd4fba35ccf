"""The door as it is in service: gunicorn on a loopback port, spoken to over plain sockets."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from bot import wire, xml
from bot.door import LIMIT
from store.migrate import migrate
from tests.door.caller import KEY, PATH, SAFE, SEALED, TOKEN, Letter, message, sealed
from tests.processes import free_port, run, running, until

pytestmark = pytest.mark.process
HOST, SECRET = "127.0.0.1", "a-secret-of-the-tests"
ASKED = {"signature": wire.sign(TOKEN, "1700000000", "n0"), "timestamp": "1700000000", "nonce": "n0"}


@dataclass
class Web:
    """A running `lianxin serve`."""

    port: int
    folder: Path

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'web.db'}"

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text()

    def post(self, letter: Letter) -> requests.Response:
        return requests.post(f"{self.address}{PATH}", params=letter.query, data=letter.body, timeout=10)

    def status(self, *lines: str, body: bytes = b"") -> int:
        """The status of the answer to these very bytes."""
        head = "\r\n".join([*lines, f"Host: {HOST}", "Connection: close", "", ""]).encode("latin-1")
        with socket.create_connection((HOST, self.port), timeout=10) as line:
            line.sendall(head + body)
            answer = line.makefile("rb").readline()
        return int(answer.split()[1])

    def is_well(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    served = Web(free_port(), tmp_path_factory.mktemp("web"))
    migrate(served.url)
    ours = {"LIANXIN_DATABASE_URL": served.url, "LIANXIN_SECRET_KEY": SECRET, "PORT": str(served.port)}
    with running(served.folder, "serve", **SAFE, **ours, HOME=str(served.folder), XDG_RUNTIME_DIR=""):
        until(served.is_well, "the web process")
        yield served


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_a_message_is_taken_sealed_and_answered_sealed(web: Web) -> None:
    letter = sealed(message("o_served", now(), MsgType="text", Content="我们厂停电了"), now())

    answer = web.post(letter)

    parts = xml.fields(answer.content)
    wire.check_signature(TOKEN, parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"], parts["Encrypt"])
    assert xml.fields(wire.unseal(SEALED, parts["Encrypt"]))["ToUserName"] == "o_served"


def test_the_echo_of_the_verification_is_the_body_and_nothing_else(web: Web) -> None:
    """A: under gunicorn the echo is the body and nothing else"""
    answer = requests.get(f"{web.address}{PATH}", params=ASKED | {"echostr": "42"}, timeout=10)

    assert (answer.status_code, answer.content) == (200, b"42")


@pytest.mark.parametrize("method", ["HEAD", "PUT"])
def test_other_methods_are_not_known(web: Web, method: str) -> None:
    """A: under gunicorn too HEAD and PUT are answered 405"""
    assert web.status(f"{method} {PATH}?{urlencode(ASKED)}&echostr=1 HTTP/1.1") == 405


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ([], b"", 411),
        (["Transfer-Encoding: chunked"], b"5\r\n<xml>\r\n0\r\n\r\n", 411),
        (["Transfer-Encoding: chunked"], b"10000\r\n" + b"x" * 65536 + b"\r\n0\r\n\r\n", 411),
        (["Transfer-Encoding: chunked", "Content-Length: 5"], b"0\r\n\r\n", 400),
        (["Content-Length: -1"], b"", 400),
        (["Content-Length: 5", "Content-Length: 6"], b"<xml>", 400),
        ([f"Content-Length: {LIMIT + 1}"], b"", 413),
        (["Content-Length: 99999999999999"], b"", 413),
        (["Content-Length: 5", "Content-Encoding: gzip"], b"<xml>", 415),
        (["Content-Length: 5"], b"<xml>", 403),
        (["Content-Length: 0"], b"", 403),
    ],
)
def test_a_body_without_a_decent_length_is_refused_before_it_is_read(
    web: Web, headers: list[str], body: bytes, status: int
) -> None:
    """E: chunked bodies are 411, too large ones 413, compressed ones 415, before a byte is read"""
    assert web.status(f"POST {PATH} HTTP/1.1", *headers, body=body) == status


def test_a_query_in_raw_bytes_is_refused(web: Web) -> None:
    assert web.status(f"GET {PATH}?nonce=\x80\xff HTTP/1.1") == 400


@pytest.mark.parametrize(
    "line",
    [
        "GET /wechat/oa?openid={who}&nonce=nonce-y",
        "GET /wechat/oa?openid={who} &nonce=nonce-y HTTP/1.1",
        "GET /wechat/oa?openid={who}&nonce=nonce-y FOO/1.1",
        "GET /wechat/oa HTTP/1.1\r\nX-From {who} nonce-y",
    ],
)
def test_a_line_that_is_no_http_is_refused_and_not_quoted_in_the_log(web: Web, line: str) -> None:
    """M: a line that is no HTTP is refused with 400 and not quoted in the log"""
    before = web.log.count("Invalid request from ip=127.0.0.1")

    assert web.status(line.format(who="oPRIVATE_openid_000000000001")) == 400

    until(lambda: web.log.count("Invalid request from ip=127.0.0.1") > before, "the line in the log")
    assert [word for word in ("oPRIVATE", "000000000001", "nonce-y") if word in web.log] == []


def test_one_message_posted_to_both_processes_at_once_is_one_item(web: Web) -> None:
    """H: one message posted six times at once to two processes is one item with one reply"""
    inside = message("o_at_once", now(), MsgType="text", Content="我们厂又跳闸了")
    letters = [sealed(inside, now(), f"n{attempt}") for attempt in range(6)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(web.post, letters))

    replies = [xml.fields(wire.unseal(SEALED, xml.fields(answer.content)["Encrypt"])) for answer in answers]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert all(reply == replies[0] for reply in replies)
    told = run(web.folder, "export", LIANXIN_DATABASE_URL=web.url, LIANXIN_SECRET_KEY=SECRET).stdout
    assert told.count("我们厂又跳闸了") == 1


def test_nobody_on_the_machine_is_offered_a_socket_to_control_the_server(web: Web) -> None:
    assert [path.name for path in web.folder.rglob("*.ctl")] == []


def test_the_log_of_the_server_tells_nothing_of_anybody(web: Web) -> None:
    """M: the log of the web server names nobody, no word, no token, no query"""
    letter = sealed(message("o_private", now(), MsgType="text", Content="我的手机号13812345678"), now(), "nonce-x")

    web.post(letter)
    web.post(letter.but(msg_signature="0" * 40))

    log = web.log
    assert "turned away: bad signature or seal" in log
    private = ["o_private", "13812345678", TOKEN, KEY, "nonce-x", SECRET, "msg_signature"]
    assert [word for word in private if word in log] == []
