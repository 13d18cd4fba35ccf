"""The platforms' API at the end of a bad line: one call in so many fails, in every way known; all are noted."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from random import Random
from typing import Any

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

TOKEN_CALLS = ("stable_token", "gettoken")
OURS = ("agentid", "enable_duplicate_check", "duplicate_check_interval")
"""What the sender of WeCom messages adds to every body."""
PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
SLOW, TOO_SLOW = 0.05, 8.6
"""Seconds an answer is held back: less, and more, than our sender waits."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way a call fails. `taken`: the platform had done what it was asked all the same."""

    name: str
    code: int | None = None  # answered instead
    status: int = 200
    page: bool = False  # HTML instead of an answer
    cut: bool = False  # the line breaks in the middle of the answer
    held: float = 0.0  # seconds
    taken: bool = False
    apis: tuple[str, ...] = ("oa", "wecom", "token")


FAULTS = (
    Fault("busy", code=-1),
    Fault("quota", code=45009),
    Fault("stale_token", code=42001, apis=("oa", "wecom")),
    Fault("bad_token", code=40001, apis=("oa",)),
    Fault("bad_token", code=40014, apis=("wecom",)),
    Fault("ip", code=40164, apis=("oa", "token")),
    Fault("ip", code=60020, apis=("wecom",)),
    Fault("http", status=502, page=True),
    Fault("page", page=True),
    Fault("page_taken", page=True, taken=True),
    Fault("cut", cut=True),
    Fault("cut_taken", cut=True, taken=True),
    Fault("slow", held=SLOW, taken=True),
)
TIMEOUT = Fault("timeout", held=TOO_SLOW, taken=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the platform saw it. `shown`: the bubble it became, or became before."""

    at: datetime
    api: str
    channel: str  # custom, template, wecom; the call itself where it is for a token
    to: str
    body: str  # as canonical JSON, without what the sender adds
    fault: str
    code: int | None  # what the platform itself answered, if it was asked
    shown: int | None


class Storm:
    """A web application around the platforms'. `share` of the calls fail; the first `timeouts` of those that send
    are answered too late."""

    def __init__(self, app: Any, random: Random, now: Callable[[], datetime], share: float, timeouts: int) -> None:
        self._app = app
        self._random = random
        self._now = now
        self._share = share
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._heard: set[str] = set()
        self.calls: list[Call] = []
        self.calm = False
        self.kill: Callable[[], bool] = lambda: False  # asked before and after a message is taken

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        raw = request.get_data()
        parts = request.path.strip("/").split("/")
        channel = _channel(parts)
        with self._lock:
            fault = self._fault(channel)
        if channel in CHANNELS and self.kill():
            self._note(channel, raw, "killed", None)
            return Response("", 500)(environ, start_response)
        answer = self._served(environ, raw) if fault is None or fault.taken else None
        self._note(channel, raw, fault.name if fault else "", answer)
        if channel in CHANNELS:
            self.kill()
        return _spoilt(fault, answer)(environ, start_response)

    def _fault(self, channel: str) -> Fault | None:
        api = API_OF.get(channel, "token")
        if self.calm or channel == "media" or self._random.random() >= self._share:
            return None
        if channel in CHANNELS and self._timeouts > 0:
            self._timeouts -= 1
            return TIMEOUT
        return self._random.choice([fault for fault in FAULTS if api in fault.apis])

    def _served(self, environ: dict[str, Any], raw: bytes) -> Response:
        again = {**environ, "wsgi.input": BytesIO(raw), "werkzeug.request": None}
        body, status, headers = run_wsgi_app(self._app, again, buffered=True)
        return Response(b"".join(body), status, headers)

    def _note(self, channel: str, raw: bytes, fault: str, answer: Response | None) -> None:
        said = json.loads(answer.get_data()) if answer is not None and answer.mimetype == "application/json" else {}
        body = json.loads(raw) if raw and channel in CHANNELS else {}
        to = str(body.get("touser", ""))
        shown = said.get("msgid") if channel in CHANNELS and said.get("errcode") == 0 else None
        number = int(str(shown)) if str(shown or "").isdigit() else None
        call = Call(
            self._now(),
            API_OF.get(channel, "token"),
            channel,
            to,
            canonical(body),
            fault,
            said.get("errcode"),
            number,
        )
        with self._lock:
            self.calls.append(call)
            self._heard.add(call.body)

    def heard(self, body: dict[str, Any]) -> bool:
        """Whether somebody has tried to send exactly this before."""
        return canonical(body) in self._heard

    def failed(self) -> Counter[str]:
        """How many calls failed in each way."""
        return Counter(call.fault for call in self.calls if call.fault)


CHANNELS = ("custom", "template", "wecom")
API_OF = {"custom": "oa", "template": "oa", "wecom": "wecom"}


def canonical(body: dict[str, Any]) -> str:
    """A body without what its sender adds, comparable."""
    return json.dumps({name: value for name, value in body.items() if name not in OURS}, sort_keys=True)


def _channel(parts: list[str]) -> str:
    """Which call an address is: `…/message/custom/send` is "custom", `…/message/send` is "wecom"."""
    if parts[-1] == "send":
        return "wecom" if parts[-2] == "message" else parts[-2]
    return "media" if "media" in parts else parts[-1]


def _spoilt(fault: Fault | None, answer: Response | None) -> Response:
    if fault is None and answer is not None:
        return answer
    assert fault is not None
    if fault.held:
        time.sleep(fault.held)
    if fault.code is not None:
        return Response(json.dumps({"errcode": fault.code, "errmsg": "refused"}), mimetype="application/json")
    if fault.page:
        return Response(PAGE, fault.status, mimetype="text/html")
    if fault.cut:
        return Response("", 200, headers={"Content-Length": "1000"})  # promises more than it sends
    return answer or Response("", 500)
