"""Faults in the order they were asked for, and how a call fails."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify

OK = {"errcode": 0, "errmsg": "ok"}
REFUSED = "refused by the simulated platform"
TOKEN_CALLS, SEND_CALLS = ("token", "stable_token", "gettoken"), ("custom", "template", "subscribe", "wecom")
AFTERWARDS = ("template", "subscribe")
"""Of these the platform tells later what became of them."""
OTHERS = ("qrcode", "update_card")
APIS = {**dict.fromkeys(TOKEN_CALLS, "token"), **dict.fromkeys(SEND_CALLS, "send"), **{call: call for call in OTHERS}}
"""A fault may be ordered for one call, or for all of a kind."""


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: dict[str, deque[dict[str, Any]]] = {}

    def order(self, api: str, kind: dict[str, Any], times: int) -> None:
        """Let the next calls of an API fail."""
        line = f"{api} afterwards" if "result" in kind else api
        with self._lock:
            self._ordered.setdefault(line, deque()).extend([kind] * times)

    def outcome(self, call: str) -> str:
        """What will be told afterwards of a message that was taken: "" unless it was ordered to fail."""
        with self._lock:
            waiting = self._ordered.get(f"{call} afterwards")
            return str(waiting.popleft()["result"]) if waiting else ""

    def serve(self, call: str, answer: Callable[[], dict[str, Any]]) -> Response:
        """Serve a call, unless a fault was ordered. "drop" serves it and loses the answer, as a bad line would."""
        fault = self._take(call)
        if fault is None:
            return jsonify(answer())
        if "delay_s" in fault:
            time.sleep(min(float(fault["delay_s"]), 30))
            return jsonify(answer())
        if "http" in fault:
            return Response("ordered fault", int(fault["http"]))
        if "drop" in fault:
            answer()
            return Response("", 200, headers={"Content-Length": "1000"})  # promises more than it sends
        return jsonify(error(int(fault["errcode"]), fault.get("errmsg", REFUSED)))

    def _take(self, call: str) -> dict[str, Any] | None:
        with self._lock:
            for api in (call, APIS[call]):
                if self._ordered.get(api):
                    return self._ordered[api].popleft()
        return None


def error(code: int, said: str = REFUSED) -> dict[str, Any]:
    return {"errcode": code, "errmsg": said}
