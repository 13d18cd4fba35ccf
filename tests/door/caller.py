"""Calls at the webhook as the platform does: signed, sealed, over HTTP; and can be told to do each of it wrong."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bot import config, wire, xml
from bot.accounts import OfficialAccount
from bot.app import create_app
from bot.service import Service
from store import people
from store.tables import Fragment, Inbox, Item, Push
from store.vault import vault

PATH = "/wechat/oa"
OURS = "gh_0000000000ab"
TOKEN, KEY, APP_ID = "door-token-5f3a", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0000000000000001"
SAFE = {"LIANXIN_OA_TOKEN": TOKEN, "LIANXIN_OA_AES_KEY": KEY, "LIANXIN_OA_APPID": APP_ID}
PLAIN = {"LIANXIN_OA_TOKEN": TOKEN, "LIANXIN_OA_MODE": "plain"}
SEALED = wire.Account(TOKEN, wire.parse_aes_key(KEY), APP_ID)
_ids = itertools.count(24_000_000_000_000_001)


def account(environment: Mapping[str, str] = SAFE) -> OfficialAccount:
    """The account as it is configured by these variables."""
    found = config.load(environment).oa
    assert found is not None
    return found


@dataclass(frozen=True)
class Letter:
    """One request: what stands behind the question mark, and the body."""

    query: dict[str, str | list[str]]
    body: bytes

    def but(self, **changes: str | list[str]) -> "Letter":
        return replace(self, query=self.query | changes)

    def without(self, *names: str) -> "Letter":
        return replace(self, query={name: value for name, value in self.query.items() if name not in names})


def element(name: str, value: object) -> str:
    return f"<{name}>{value if isinstance(value, int) else xml.cdata(str(value))}</{name}>"


def document(fields: Mapping[str, object]) -> bytes:
    return ("<xml>" + "".join(element(*field) for field in fields.items()) + "</xml>").encode()


def message(openid: str, at: int, **fields: object) -> bytes:
    """A message or event of this person as the platform writes it. Events have no MsgId."""
    common = {"ToUserName": OURS, "FromUserName": openid, "CreateTime": at}
    number = {} if fields.get("MsgType") == "event" else {"MsgId": next(_ids)}
    return document({**common, **number, **fields})


def plain(body: bytes, at: int, nonce: str = "n0") -> Letter:
    """What the platform sends in plain mode: the signature covers the query only."""
    stamp = str(at)
    return Letter({"signature": wire.sign(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce}, body)


def enveloped(body: bytes, encrypted: str, at: int, nonce: str = "n0") -> Letter:
    """Any body, with the signatures that are right for this <Encrypt> text."""
    signed = wire.sign(TOKEN, str(at), nonce, encrypted)
    return plain(body, at, nonce).but(encrypt_type="aes", msg_signature=signed)


def sealed(inside: bytes, at: int, nonce: str = "n0", sender: wire.Account = SEALED) -> Letter:
    """What the platform sends in safe mode."""
    return sealed_text(wire.seal(sender, inside), at, nonce)


def sealed_text(encrypted: str, at: int, nonce: str = "n0") -> Letter:
    return enveloped(document({"ToUserName": OURS, "Encrypt": encrypted}), encrypted, at, nonce)


def opened(answer: TestResponse) -> dict[str, str]:
    """The fields of the reply inside an answer, its signature checked."""
    parts = xml.fields(answer.data)
    wire.check_signature(TOKEN, parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"], parts["Encrypt"])
    return xml.fields(wire.unseal(SEALED, parts["Encrypt"]))


class Door:
    """The web application over one service, and somebody who calls at it."""

    def __init__(self, service: Service, environment: Mapping[str, str] = SAFE) -> None:
        self.service = service
        self.app = create_app(service, account(environment))

    @property
    def at(self) -> int:
        """The present second."""
        return int(self.service.clock.now().timestamp())

    def get(self, **query: str | list[str]) -> TestResponse:
        return self.app.test_client().get(PATH, query_string=query)

    def post(self, letter: Letter, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = self.app.test_client()
        return client.post(PATH, query_string=letter.query, data=letter.body, content_type="text/xml", headers=named)

    def says(self, openid: str, text: str = "", **fields: object) -> TestResponse:
        """Somebody writes, or something happens with them; delivered in safe mode."""
        said = {"MsgType": "text", "Content": text} if text else {}
        return self.post(sealed(message(openid, self.at, **said, **fields), self.at))

    def healthz(self) -> TestResponse:
        return self.app.test_client().get("/healthz")

    def inbox(self, openid: str) -> list[Inbox]:
        """What was stored of this person's deliveries, opened; nothing of somebody who has left for good."""
        with self.service.store.read() as session:
            rows = list(session.scalars(select(Inbox).order_by(Inbox.id)))
            session.expunge_all()
            for row in rows:
                row.body, row.reply = (text and vault(session).open("inbox", text) for text in (row.body, row.reply))
        return [row for row in rows if row.body and openid in _named(row.body)]

    def items(self, openid: str) -> list[Item]:
        return self._found(select(Item).where(Item.contact_id.in_(self._person(openid))).order_by(Item.id))

    def fragments(self, openid: str) -> list[Fragment]:
        return self._found(select(Fragment).where(Fragment.person_id.in_(self._person(openid))).order_by(Fragment.id))

    def told_of(self, failed: Inbox) -> list[Push]:
        """What the office was told of a message that was not understood."""
        return self._found(select(Push).where(Push.once_key.startswith(f"failed:{failed.id}:")))

    def _person(self, openid: str) -> list[int]:
        with self.service.store.read() as session:
            known = people.identity(session, "oa", openid)
            return [known.person_id] if known else []

    def _found(self, query: Any) -> Any:
        with self.service.store.read() as session:
            return list(session.scalars(query))

    def count(self, table: type) -> int:
        with self.service.store.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def _named(body: str) -> set[str | None]:
    """Whom a message is from or about."""
    fields = xml.fields(body.encode())
    return {fields.get("FromUserName"), fields.get("OpenID")}


def without_welcome(service: Service) -> Service:
    """A service whose texts lack one: saying it raises, as any mistake of ours would."""
    left = {key: text for key, text in service.texts.texts.items() if key != "welcome"}
    return replace(service, texts=replace(service.texts, texts=left))


def wordless(service: Service, *keys: str) -> Service:
    """A service in which texts that begin so come out without a word."""
    texts = {k: replace(text, body=" ") if k.startswith(keys) else text for k, text in service.texts.texts.items()}
    return replace(service, texts=replace(service.texts, texts=texts))
