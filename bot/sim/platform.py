"""The platform's API as far as the sender uses it: token, customer-service message, template message."""

import re
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from bot.sim.corp import Corp
from bot.sim.faults import OK, TOKEN_LIFE, Faults, error
from bot.sim.phones import Phones

WINDOW, WINDOW_MESSAGES = timedelta(hours=48), 5
REMEMBERS = timedelta(minutes=10)
LONGEST = 2048
FIELD_TYPES = {
    "thing": re.compile(r".{1,20}"),
    "character_string": re.compile(r"[\x21-\x7e]{1,32}"),
    "time": re.compile(r"\d{4}年\d{1,2}月\d{1,2}日( \d{2}:\d{2})?"),
}

SCENE_LIFE, SCENE_SIGNS = 2_592_000, 64


class Platform:
    """Strict where the real one is: tokens, the chat window and its quota, length, repeats."""

    def __init__(
        self,
        phones: Phones,
        words: dict[str, Any],
        names: dict[str, str],
        now: Callable[[], datetime],
        faults: Faults,
    ) -> None:
        self._phones = phones
        self._words = words
        self._names = names  # openid to name
        self._now = now
        self.faults = faults
        self._lock = threading.Lock()
        self._token = secrets.token_urlsafe(24)
        self.tokens = {self._token}  # whoever has one of these may fetch what people sent
        self._media: dict[str, tuple[str, bytes]] = {}
        self.scenes: dict[str, str] = {}  # what a ticket's code says

    def token(self) -> dict[str, Any]:
        return {"access_token": self._token, "expires_in": TOKEN_LIFE}

    def end_token(self) -> None:
        """The token in use is over before its time; whoever asks gets another."""
        self._token = secrets.token_urlsafe(24)
        self.tokens.add(self._token)

    def keep(self, mime: str, content: bytes) -> str:
        """Hold what somebody sent, as the platform does for three days; the id by which it is fetched."""
        number = secrets.token_urlsafe(24)
        with self._lock:
            self._media[number] = (mime, content)
        return number

    def code(self, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
        """A code to scan: what it stands for, under the ticket of its picture."""
        if token not in self.tokens:
            return error(40001, "invalid credential")
        scene = str(body.get("action_info", {}).get("scene", {}).get("scene_str", ""))
        seconds = body.get("expire_seconds", 30)
        known = body.get("action_name") == "QR_STR_SCENE" and isinstance(seconds, int) and 0 < seconds <= SCENE_LIFE
        if not known or not 1 <= len(scene) <= SCENE_SIGNS:
            return error(40053, "invalid action info")
        ticket = secrets.token_urlsafe(24)
        self.scenes[ticket] = scene
        return {"ticket": ticket, "expire_seconds": seconds, "url": f"http://weixin.qq.com/q/{ticket[:16]}"}

    def media(self, token: str | None, number: str | None) -> tuple[str, bytes] | dict[str, Any]:
        if token not in self.tokens:
            return error(40001)
        return self._media.get(number or "") or error(40007)

    def send(self, call: str, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
        """Take a message and show it, or say why not, as the platform would."""
        if token != self._token:
            return error(40001)
        name = self._names.get(str(body.get("touser")))
        if name is None:
            return error(40003)
        with self._lock:  # so that a repeat that comes at the same moment is seen
            return self._custom(name, body) if call == "custom" else self._template(name, body)

    def _custom(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        menu = body.get("msgmenu", {})
        text = str(body.get("text", {}).get("content", "")) or str(menu.get("head_content", ""))
        if not text or len(text.encode()) > LONGEST:
            return error(45002 if text else 44004)
        if (closed := self._closed(name)) is not None:
            return closed
        buttons = [{"key": one["id"], "label": one["content"]} for one in menu.get("list", [])]
        number = self._show(name, text, {"buttons": buttons} if buttons else None, via="custom")
        return {**OK, "msgid": number}

    def _closed(self, name: str) -> dict[str, Any] | None:
        """45015 outside the 48 hours after the person last wrote, 45047 after five messages in them."""
        used = 0
        for entry in reversed(self._phones.of(name)):
            if entry.get("via") == "said":
                since = datetime.fromisoformat(entry["at"])
                if self._now() - since >= WINDOW:
                    return error(45015)
                return error(45047) if used >= WINDOW_MESSAGES else None
            used += entry.get("via") == "custom"
        return error(45015)

    def _template(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        data, key = body.get("data", {}), body.get("client_msg_id")
        for field, value in data.items():
            if not _fits(field, str(value.get("value", ""))):
                return error(47003)
        if key and (number := self._had(name, key)):
            return {**OK, "msgid": number}
        labels = self._words["template_fields"]
        lines = [f"{labels.get(field, field)}：{value['value']}" for field, value in data.items()]
        text = "\n".join([self._words["template_title"], *lines])
        return {**OK, "msgid": self._show(name, text, None, via="template", key=key)}

    def _had(self, name: str, key: str) -> int | None:
        for entry in reversed(self._phones.of(name)):
            if self._now() - datetime.fromisoformat(entry["at"]) > REMEMBERS:
                return None
            if entry.get("key") == key:
                return int(entry["id"])
        return None

    def _show(self, name: str, text: str, card: dict[str, Any] | None, **hidden: Any) -> int:
        return self._phones.show(name, self._words["service"], text, card, **hidden)


def _fits(field: str, value: str) -> bool:
    """Whether a template field takes this value, by the type its name begins with."""
    kind = re.match(r"[a-z_]*", field)
    pattern = FIELD_TYPES.get(kind[0] if kind else "")
    return pattern is not None and pattern.fullmatch(value) is not None


def blueprint(platform: Platform, corp: Corp) -> Blueprint:
    """The API under `/sim/api/cgi-bin/`, on the demo's own loopback address."""
    api = Blueprint("platform", __name__, url_prefix="/sim/api/cgi-bin")

    @api.post("/stable_token")
    def stable_token() -> Response:
        return platform.faults.serve("stable_token", platform.token)

    @api.post("/qrcode/create")
    def code() -> Response:
        body = request.get_json(force=True)
        return platform.faults.serve("qrcode", lambda: platform.code(request.args.get("access_token"), body))

    @api.get("/media/get")
    def media() -> Response:
        found = platform.media(request.args.get("access_token"), request.args.get("media_id"))
        return jsonify(found) if isinstance(found, dict) else Response(found[1], mimetype=found[0])

    @api.get("/gettoken")
    def gettoken() -> Response:
        return platform.faults.serve("gettoken", corp.token)

    @api.post("/message/send")
    def send_to_member() -> Response:
        token, body = request.args.get("access_token"), request.get_json(force=True)
        return platform.faults.serve("wecom", lambda: corp.send(token, body))

    @api.post("/message/<call>/send")
    def send(call: str) -> Response:
        if call not in ("custom", "template"):
            abort(404)
        token, body = request.args.get("access_token"), request.get_json(force=True)
        return platform.faults.serve(call, lambda: platform.send(call, token, body))

    return api
