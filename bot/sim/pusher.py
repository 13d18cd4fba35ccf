"""Delivers what a person typed to the webhook, signed and encrypted over HTTP, and shows the answer as strictly
as the real client: what it would call a fault is a fault here too."""

import itertools
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from bot import wire, xml
from bot.sim.phones import Phones

ATTEMPTS = 3
TIMEOUT = 5.0
TEXT_LIMIT = 2047
LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"&]*)&msgmenuid=([^"]*)">([^<]*)</a>')

BUTTON = re.compile(r"<ReplaceName><!\[CDATA\[(.*?)\]\]></ReplaceName>")


class Fault(Exception):
    """The answer is one that the real client shows as "service out of order"."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back at once: a text, or the word on a clicked button."""

    text: str | None = None
    button: str | None = None


class Pusher:
    """One account's side of the platform; with the number of an application it is WeCom."""

    def __init__(
        self,
        url: str,
        account: wire.Account,
        original_id: str,
        phones: Phones,
        now: Callable[[], datetime],
        agent_id: int | None = None,
    ) -> None:
        self._url = url
        self._account = account
        self._original_id = original_id
        self._phones = phones
        self._now = now
        self._agent_id = agent_id
        self._ids = itertools.count(int(time.time() * 1000))  # message ids must differ over restarts

    def message(self, openid: str, fields: dict[str, Any]) -> bytes:
        """The inner XML of a message of this person, as the platform writes it."""
        common = {"ToUserName": self._original_id, "FromUserName": openid, "CreateTime": int(self._now().timestamp())}
        number = {} if fields.get("MsgType") == "event" else {"MsgId": next(self._ids)}
        agent = {} if self._agent_id is None else {"AgentID": self._agent_id}
        parts = {**common, **fields, **number, **agent}
        return ("<xml>" + "".join(f"<{k}>{_value(v)}</{k}>" for k, v in parts.items()) + "</xml>").encode()

    def deliver(self, openid: str, plain: bytes) -> Reply:
        """Push until it is answered, three times at most; the passive reply.

        Raises Fault for what the client would show as a fault.
        """
        for attempt in range(ATTEMPTS):
            try:
                answer = self._post(openid, plain)
            except requests.RequestException:
                continue
            if answer.status_code == 200:
                return self._read(answer, openid)
            if attempt == ATTEMPTS - 1:
                raise Fault(f"HTTP {answer.status_code}")
        raise Fault("no answer")

    def _post(self, openid: str, plain: bytes) -> requests.Response:
        stamp, nonce = str(int(self._now().timestamp())), secrets.token_hex(5)
        encrypted = wire.seal(self._account, plain)
        signature = wire.sign(self._account.token, stamp, nonce, encrypted)
        query = {"msg_signature": signature, "timestamp": stamp, "nonce": nonce}
        fields = {"ToUserName": self._original_id, "Encrypt": encrypted}
        if self._agent_id is None:
            query |= {"signature": wire.sign(self._account.token, stamp, nonce), "openid": openid}
            query |= {"encrypt_type": "aes"}
        else:
            fields |= {"AgentID": str(self._agent_id)}
        body = "<xml>" + "".join(f"<{name}>{xml.cdata(value)}</{name}>" for name, value in fields.items()) + "</xml>"
        headers = {"Content-Type": "text/xml"}
        return requests.post(self._url, params=query, data=body.encode(), headers=headers, timeout=TIMEOUT)

    def _read(self, answer: requests.Response, openid: str) -> Reply:
        if answer.content in (b"", b"success"):
            return Reply()
        try:
            envelope = xml.fields(answer.content)
            parts = (envelope["TimeStamp"], envelope["Nonce"], envelope["Encrypt"])
            wire.check_signature(self._account.token, envelope["MsgSignature"], *parts)
            inside = wire.unseal(self._account, envelope["Encrypt"])
            if self._agent_id is not None and (pressed := BUTTON.search(inside.decode())):
                return Reply(button=pressed[1])
            reply = xml.fields(inside)
        except (xml.BadXml, wire.WireError, KeyError) as error:
            raise Fault("not a proper envelope") from error
        right = reply.get("ToUserName") == openid and reply.get("FromUserName") == self._original_id
        content = reply.get("Content", "")
        if not right or not content or len(content.encode()) > TEXT_LIMIT or not reply["CreateTime"].isdigit():
            raise Fault("not a proper reply")
        return Reply(content)

    def show_reply(self, name: str, sender: str, content: str) -> str:
        """Show a passive reply; links that speak for the user become buttons. The text as it is read."""
        buttons = [{"key": words, "label": label} for _, words, label in LINK.findall(content)]
        text = "\n".join(line for line in LINK.sub("", content).split("\n") if line.strip("\u3000 "))
        self._phones.show(name, sender, text, {"buttons": buttons} if buttons else None, via="passive")
        return text


def _value(value: Any) -> str:
    return str(value) if isinstance(value, int | float) else xml.cdata(str(value))
