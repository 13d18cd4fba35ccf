"""The sender of a WeCom application."""

from datetime import timedelta
from typing import Any

import requests
from wechatpy.enterprise import WeChatClient

from bot import api
from bot.accounts import WeComApp
from bot.api import Api
from bot.message import WECOM
from bot.senders import ErrorCodes, SendFailed, Taken, Trouble
from bot.service import Service
from bot.tokens import Tokens

PATH, CHANGE = "message/send", "message/update_template_card"
REPEATS = timedelta(hours=4)
"""So long the platform drops a message with the same body: its longest `duplicate_check_interval`."""


class Client(WeChatClient):  # type: ignore[misc]  # wechatpy has no types
    """Its token is the same for everybody who asks with this secret, until it ends."""

    def __init__(self, app: WeComApp, service: Service, codes: ErrorCodes) -> None:
        self.API_BASE_URL = f"{app.api_base}/cgi-bin/"
        self._app = app
        self.tokens = Tokens(service, f"{WECOM}:{app.corp_id}:{app.agent_id}", self._fetch, codes)
        super().__init__(app.corp_id, app.secret, timeout=api.TIMEOUT, auto_retry=False)

    @property
    def access_token(self) -> str:
        return self.tokens.get()

    def _fetch(self) -> dict[str, Any]:
        asked = {"corpid": self._app.corp_id, "corpsecret": self._app.secret}
        return api.told(requests.get(f"{self.API_BASE_URL}gettoken", params=asked, timeout=api.TIMEOUT))


class WeComSender:
    """Messages to one member each, with the platform's check against repeats."""

    def __init__(self, app: WeComApp, service: Service, codes: ErrorCodes) -> None:
        self.api = Api(Client(app, service, codes), codes)
        self._agent_id = app.agent_id

    def channels(self) -> tuple[str, ...]:
        return ("wecom",)

    def send(self, channel: str, body: dict[str, Any]) -> str:
        member = str(body.get("touser", ""))
        if not member or member == "@all" or "|" in member:
            raise SendFailed(Trouble.PAYLOAD, "a message goes to one member")
        checked = {"enable_duplicate_check": 1, "duplicate_check_interval": int(REPEATS.total_seconds())}
        answer = self.api.post(PATH, {**body, "agentid": self._agent_id, **checked})
        if answer.get("invaliduser") or answer.get("unlicenseduser"):  # a success that reached nobody
            raise SendFailed(Trouble.DROP, "not a member who can be reached")
        return Taken(str(answer.get("msgid", "")), str(answer.get("response_code", "")))

    def change(self, member: str, code: str, label: str) -> None:
        """Put this word in place of the buttons on a member's card, by the code that came with it (WeCom page 94945).
        Raises SendFailed."""
        told = {"userids": [member], "agentid": self._agent_id, "response_code": code}
        answer = self.api.post(CHANGE, {**told, "button": {"replace_name": label}})
        if answer.get("invaliduser"):
            raise SendFailed(Trouble.DROP, "not a member whose card it is")
