"""A small platform on a loopback port: hands out tokens, takes messages, and answers as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = Callable[[BaseHTTPRequestHandler], None]
TOKEN_CALLS = ("stable_token", "gettoken")
CALLS = (*TOKEN_CALLS, "send", "get")
OK = {"errcode": 0, "errmsg": "ok", "msgid": 200163840}


@dataclass(frozen=True)
class Call:
    """One request that reached the platform whole."""

    path: str
    token: str
    body: bytes
    kind: str  # its content type
    query: dict[str, str] = field(default_factory=dict)


@dataclass
class Vendor:
    """Answers `tell` has put in line, then the usual: a fresh token, or "ok"."""

    base: str = ""
    calls: list[Call] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    _told: dict[str, list[Answer]] = field(
        default_factory=lambda: {
            "stable_token": [],
            "gettoken": [],
            "send": [],
            "get": [],
            "update_template_card": [],
        }
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, what: str, answer: Answer, times: int = 1) -> None:
        """Let the next calls of one of CALLS be answered like this."""
        self._told[what] += [answer] * times

    def tokens(self) -> int:
        """How often a token was fetched."""
        return len([call for call in self.calls if call.path.endswith(TOKEN_CALLS)])

    def sends(self) -> list[Call]:
        return [call for call in self.calls if call.path.endswith("/send")]

    def answer(self, handler: BaseHTTPRequestHandler, call: Call) -> Answer:
        what = call.path.rsplit("/", 1)[1]
        with self._lock:
            self.calls.append(call)
            if self._told[what]:
                return self._told[what].pop(0)
            if what in TOKEN_CALLS:
                return says({"access_token": f"TOKEN-{self.tokens()}", "expires_in": 7200})
        return says(OK)


def says(told: Any, status: int = 200, kind: str = "application/json") -> Answer:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def refuses(code: int) -> Answer:
    return says({"errcode": code, "errmsg": f"refused hint: [x] rid: 6a-{code}"})


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """Has read the message and closes the line without a word."""


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    """The line breaks in the middle of the answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"errcode":')


class Server(ThreadingHTTPServer):
    request_queue_size = 64  # twenty may call at once


@contextmanager
def vendor() -> Iterator[Vendor]:
    """The platform for the length of the block; leaving it ends every answer still held back."""
    told = Vendor()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            kind = self.headers.get("Content-Type", "")
            told.answer(self, Call(parts.path, query.get("access_token", ""), body, kind, query))(self)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = Server(("127.0.0.1", 0), Handler)
    told.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        told.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
