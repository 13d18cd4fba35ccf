"""The service account's API as far as the sender uses it: tokens, customer-service, template and subscription
messages, media."""

import json
import re
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from bot.sim.corp import Corp
from bot.sim.credentials import CHINA, Credentials
from bot.sim.faults import OK, Faults, error
from bot.sim.fields import wrong_fields
from bot.sim.ledger import refusal
from bot.sim.phones import Phones

REMEMBERS = timedelta(minutes=10)
A_DAY = 100_000
"""Messages a day, by each call."""
LONGEST = 2048
ARRIVED, BLOCKED = "success", "failed:user block"
ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")

SCENE_LIFE, SCENE_SIGNS = 2_592_000, 64


class Platform:
    """Strict where the real one is: tokens, the chat window and its quota, length, repeats, permissions."""

    def __init__(
        self,
        phones: Phones,
        words: dict[str, Any],
        names: dict[str, str],
        now: Callable[[], datetime],
        faults: Faults,
        account: tuple[str, str] | None = None,
    ) -> None:
        self._phones = phones
        self._words = words
        self._names = names  # openid to name
        self._now = now
        self.faults = faults
        self.credentials = Credentials(now, account)
        self.keepers = [self.credentials]  # whoever has a token of one of these may fetch what people sent
        self.gone: set[str] = set()  # openids that follow no more
        self.told: deque[tuple[str, dict[str, Any]]] = deque(maxlen=10_000)  # events on their way: name and fields
        self.a_day = dict.fromkeys(SENDS, A_DAY)
        self._today: Counter[tuple[str, object]] = Counter()
        self.permits: Counter[tuple[str, str]] = Counter()  # by name and template; one a tap
        self._lock = threading.Lock()
        self._media: dict[str, tuple[str, bytes]] = {}
        self.scenes: dict[str, str] = {}  # what a ticket's code says

    def token(self) -> dict[str, Any]:
        return self.credentials.stable()

    def end_token(self) -> None:
        """The token in use is over before its time; whoever asks gets another."""
        self.credentials.end()

    def knows(self, token: str | None) -> bool:
        return any(keeper.refusal(token) is None for keeper in self.keepers)

    def keep(self, mime: str, content: bytes) -> str:
        """Hold what somebody sent, as the platform does for three days; the id by which it is fetched."""
        number = secrets.token_urlsafe(24)
        with self._lock:
            self._media[number] = (mime, content)
        return number

    def code(self, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
        """A code to scan: what it stands for, under the ticket of its picture."""
        if self.credentials.refusal(token) is not None:
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
        if not self.knows(token):
            return error(40001)
        return self._media.get(number or "") or error(40007)

    def tap(self, name: str, template_id: str, said: str = "accept") -> None:
        """Somebody answers the question whether they want messages of a template."""
        self.permits[name, template_id] += said == "accept"
        row = {"TemplateId": template_id, "SubscribeStatusString": said, "PopupScene": "1"}
        inside = {"SubscribeMsgPopupEvent": {"List": row}}
        self.told.append((name, {"MsgType": "event", "Event": "subscribe_msg_popup_event", **inside}))

    def send(self, call: str, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
        """Take a message and show it, or say why not, as the platform would."""
        if (refused := self.credentials.refusal(token)) is not None:
            return error(refused)
        name = self._names.get(str(body.get("touser")))
        if name is None:
            return error(40003)
        if body["touser"] in self.gone:
            return error(45015 if call == "custom" else 43004)
        with self._lock:  # so that a repeat that comes at the same moment is seen
            today = (call, (self._now() + CHINA).date())
            self._today[today] += 1
            return error(45009) if self._today[today] > self.a_day[call] else SENDS[call](self, name, body)

    def _custom(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        menu = body.get("msgmenu", {})
        text = str(body.get("text", {}).get("content", "")) or str(menu.get("head_content", ""))
        if not text or len(text.encode()) > LONGEST:
            return error(45002 if text else 44004)
        if (closed := refusal(self._phones.of(name), self._now())) is not None:
            return error(closed)
        buttons = [{"key": one["id"], "label": one["content"]} for one in menu.get("list", [])]
        number = self._show(name, text, {"buttons": buttons} if buttons else None, via="custom")
        return {**OK, "msgid": number}

    def _template(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        key = body.get("client_msg_id")
        if (wrong := wrong_fields(body)) is not None:
            return error(wrong)
        if key and (number := self._had(name, key)):
            return {**OK, "msgid": number}
        status = self.faults.outcome("template") or ARRIVED
        number = self._said(name, body, "template", status, key)
        about = {"MsgID": str(number), "Status": status}
        self.told.append((name, {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", **about}))
        return {**OK, "msgid": number}

    def _subscribe(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        allowed = (name, str(body.get("template_id", "")))
        if (wrong := wrong_fields(body)) is not None:
            return error(wrong)
        if self.permits[allowed] < 1:
            return error(43101)
        self.permits[allowed] -= 1
        status = self.faults.outcome("subscribe") or ARRIVED
        number = self._said(name, body, "subscribe", status)
        code = "0" if status == ARRIVED else "43101"
        row = {"TemplateId": allowed[1], "MsgID": str(number), "ErrorCode": code, "ErrorStatus": status}
        inside = {"SubscribeMsgSentEvent": {"List": row}}
        self.told.append((name, {"MsgType": "event", "Event": "subscribe_msg_sent_event", **inside}))
        return {**OK, "msgid": number}

    def _said(self, name: str, body: dict[str, Any], via: str, status: str, key: str | None = None) -> int:
        """The message on the phone; its number alone when it did not arrive."""
        if status != ARRIVED:
            return secrets.randbelow(1 << 40) + (1 << 40)
        labels = self._words["template_fields"]
        lines = [f"{labels.get(field, field)}：{value['value']}" for field, value in body["data"].items()]
        return self._show(name, "\n".join([self._words["template_title"], *lines]), None, via=via, key=key)

    def _had(self, name: str, key: str) -> int | None:
        for entry in reversed(self._phones.of(name)):
            if self._now() - datetime.fromisoformat(entry["at"]) > REMEMBERS:
                return None
            if entry.get("key") == key:
                return int(entry["id"])
        return None

    def _show(self, name: str, text: str, card: dict[str, Any] | None, **hidden: Any) -> int:
        return self._phones.show(name, self._words["service"], text, card, **hidden)


SENDS: Mapping[str, Callable[[Platform, str, dict[str, Any]], dict[str, Any]]] = {
    "custom": Platform._custom,
    "template": Platform._template,
    "subscribe": Platform._subscribe,
}


def _body() -> dict[str, Any]:
    """What was posted. An escaped character is taken for the six signs it is written with, and shown as such."""
    try:
        told = json.loads(ESCAPE.sub(rb"\\\\u\1", request.get_data()))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def blueprint(platform: Platform, corp: Corp) -> Blueprint:
    """The API under `/sim/api/cgi-bin/`, on the demo's own loopback address."""
    api = Blueprint("platform", __name__, url_prefix="/sim/api/cgi-bin")

    @api.post("/stable_token")
    def stable_token() -> Response:
        asked, keeper = _body(), platform.credentials
        who, force = (asked.get("appid"), asked.get("secret")), bool(asked.get("force_refresh"))
        return platform.faults.serve("stable_token", lambda: keeper.stable(*who, force=force))

    @api.route("/token", methods=["GET", "POST"])
    def token() -> Response:
        who = (request.args.get("appid"), request.args.get("secret"))
        return platform.faults.serve("token", lambda: platform.credentials.classic(*who))

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
        who = (request.args.get("corpid"), request.args.get("corpsecret"))
        return platform.faults.serve("gettoken", lambda: corp.credentials.stable(*who))

    @api.post("/message/send")
    def send_to_member() -> Response:
        token, body = request.args.get("access_token"), _body()
        return platform.faults.serve("wecom", lambda: corp.send(token, body))

    @api.post("/message/update_template_card")
    def change_card() -> Response:
        token, body = request.args.get("access_token"), _body()
        return platform.faults.serve("update_card", lambda: corp.change(token, body))

    @api.post("/message/subscribe/bizsend")
    def bizsend() -> Response:
        token, body = request.args.get("access_token"), _body()
        return platform.faults.serve("subscribe", lambda: platform.send("subscribe", token, body))

    @api.post("/message/<call>/send")
    def send(call: str) -> Response:
        if call not in ("custom", "template"):
            abort(404)
        token, body = request.args.get("access_token"), _body()
        return platform.faults.serve(call, lambda: platform.send(call, token, body))

    return api
