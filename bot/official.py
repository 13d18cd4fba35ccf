"""The sender of a WeChat service account."""

from typing import Any

import requests
from wechatpy import WeChatClient

from bot import api
from bot.accounts import OfficialAccount
from bot.api import Api
from bot.message import OA
from bot.senders import ErrorCodes
from bot.service import Service
from bot.tokens import Tokens

PATHS = {
    "custom": "message/custom/send",
    "template": "message/template/send",
    "subscribe": "message/subscribe/bizsend",
}


class Client(WeChatClient):  # type: ignore[misc]  # wechatpy has no types
    """Tokens come through `stable_token`, which gives every process the same one."""

    def __init__(self, account: OfficialAccount, service: Service, codes: ErrorCodes) -> None:
        self.API_BASE_URL = f"{account.api_base}/cgi-bin/"
        self._account = account
        self.tokens = Tokens(service, f"{OA}:{account.app_id}", self._fetch, codes)
        super().__init__(account.app_id, account.secret, timeout=api.TIMEOUT, auto_retry=False)

    @property
    def access_token(self) -> str:
        return self.tokens.get()

    def _fetch(self) -> dict[str, Any]:
        asked = {"grant_type": "client_credential", "appid": self._account.app_id, "secret": self._account.secret}
        return api.told(requests.post(f"{self.API_BASE_URL}stable_token", json=asked, timeout=api.TIMEOUT))


class OfficialSender:
    """Customer-service messages inside the chat window, template or subscription messages outside it."""

    def __init__(self, account: OfficialAccount, service: Service, codes: ErrorCodes) -> None:
        self.api = Api(Client(account, service, codes), codes)
        has = {"custom": True, "template": bool(account.template_id), "subscribe": bool(account.subscribe_id)}
        self._channels = tuple(channel for channel in PATHS if has[channel])

    def channels(self) -> tuple[str, ...]:
        return self._channels

    def send(self, channel: str, body: dict[str, Any]) -> str:
        return str(self.api.post(PATHS[channel], body).get("msgid", ""))
