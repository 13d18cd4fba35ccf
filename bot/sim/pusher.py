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
from urllib3.exceptions import HTTPError

from bot import wire, xml
from bot.sim.phones import Phones

ATTEMPTS = 3
TIMEOUT = 5.0
"""Seconds to the last byte of an answer; then the line is cut and the message delivered again."""
TEXT_LIMIT = 2047
LARGEST = 1 << 20
HEADERS = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"}
NOTHING_TO_SAY = (b"", b"success")
LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"&]*)&msgmenuid=([^"]*)">([^<]*)</a>')

BUTTON = re.compile(r"<ReplaceName><!\[CDATA\[(.*?)\]\]></ReplaceName>")


class Fault(Exception):
    """The answer is one that the real client shows as "service out of order"."""


class NoAnswer(Exception):
    """No whole answer within the time the platform waits."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back at once: a text, or the word on a clicked button."""

    text: str | None = None
    button: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one delivery came back with."""

    status: int
    body: bytes


Post = Callable[[str, dict[str, str], bytes], Answer]
"""Carries a request (address, query, body) to the webhook. Raises NoAnswer."""


def over_http(timeout: float = TIMEOUT) -> Post:
    """Carries requests over the network, and waits so many seconds for the whole of an answer."""

    def post(url: str, query: dict[str, str], body: bytes) -> Answer:
        until, read = time.monotonic() + timeout, bytearray()
        try:
            with requests.post(
                url, params=query, data=body, headers=HEADERS, timeout=timeout, stream=True, allow_redirects=False
            ) as answer:
                while piece := answer.raw.read1(LARGEST):  # as it comes; other ways wait until a buffer is full
                    read += piece
                    if time.monotonic() > until or len(read) > LARGEST:
                        raise NoAnswer("too slow or too long")
                return Answer(answer.status_code, bytes(read))
        except (requests.RequestException, HTTPError) as error:
            raise NoAnswer(type(error).__name__) from error

    return post


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
        post: Post | None = None,
    ) -> None:
        self._url = url
        self._account = account
        self._original_id = original_id
        self._phones = phones
        self._now = now
        self._agent_id = agent_id
        self._post = post or over_http()
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
        why = ""
        for _ in range(ATTEMPTS):
            try:
                answer = self.push(openid, plain)
            except NoAnswer as silence:
                why = f"no answer: {silence}"
                continue
            if answer.status == 200:
                return self.read(answer.body, openid)
            why = f"HTTP {answer.status}"
        raise Fault(why)

    def push(self, openid: str, plain: bytes) -> Answer:
        """Deliver once, signed and sealed anew. Raises NoAnswer."""
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
        return self._post(self._url, query, body.encode())

    def read(self, body: bytes, openid: str) -> Reply:
        """What an answer says to this person. Raises Fault for what the client would not show."""
        if body in NOTHING_TO_SAY:
            return Reply()
        inside = self._opened(body)
        if self._agent_id is not None and (pressed := BUTTON.search(inside.decode("utf-8", "replace"))):
            return Reply(button=pressed[1])
        try:
            reply = xml.fields(inside)
        except xml.BadXml as error:
            raise Fault("the reply is not proper XML") from error
        if (reply.get("ToUserName"), reply.get("FromUserName")) != (openid, self._original_id):
            raise Fault("the reply is to or from somebody else")
        if not re.fullmatch(r"[0-9]{1,11}", reply.get("CreateTime", "")) or reply.get("MsgType") != "text":
            raise Fault("the reply has no time, or a type that is not shown")
        content = reply.get("Content", "")
        if not content.strip() or len(content.encode()) > TEXT_LIMIT:
            raise Fault("the reply is empty or too long")
        return Reply(content)

    def _opened(self, body: bytes) -> bytes:
        """What is inside a sealed and signed answer. Raises Fault."""
        try:
            envelope = xml.fields(body)
            parts = (envelope["TimeStamp"], envelope["Nonce"], envelope["Encrypt"])
            wire.check_signature(self._account.token, envelope["MsgSignature"], *parts)
            return wire.unseal(self._account, envelope["Encrypt"])
        except (xml.BadXml, wire.WireError, KeyError) as error:
            raise Fault("the answer is not a proper envelope") from error

    def show_reply(self, name: str, sender: str, content: str) -> str:
        """Show a passive reply; links that speak for the user become buttons. The text as it is read."""
        buttons = [{"key": words, "label": label} for _, words, label in LINK.findall(content)]
        text = "\n".join(line for line in LINK.sub("", content).split("\n") if line.strip("\u3000 "))
        self._phones.show(name, sender, text, {"buttons": buttons} if buttons else None, via="passive")
        return text


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_value(inside)}</{name}>" for name, inside in value.items())
    return str(value) if isinstance(value, int | float) else xml.cdata(str(value))
