"""The collected protocol vectors at the real doors: signed, sealed, over HTTP, at the moment each was written."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bot import config, wire
from bot.app import create_app
from bot.service import Service
from store.migrate import migrate
from store.tables import Inbox
from tests.desk import Desk, HandClock
from tests.door.caller import KEY, SEALED, document
from tests.door.caller import TOKEN as OURS
from tests.vectors import HOSTILE, SAMPLES, each, needed, published, shared

needed()
SAMPLE_TIME = 1_700_000_000
RECEIVERS = {"oa": SEALED, "wecom": wire.Account(OURS, wire.parse_aes_key(KEY), "ww0000000000000000")}


def kinds(*wanted: str) -> list[dict[str, Any]]:
    return [vector for vector in published() if vector["kind"] in wanted]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    url = f"sqlite:///{tmp_path_factory.mktemp('vectors') / 'vectors.db'}"
    migrate(url)
    desk = Desk(url)
    yield desk.service
    desk.close()


def environment(vector: dict[str, Any], channel: str) -> dict[str, str]:
    """The settings of an office whose account is the one of this vector."""
    key = vector.get("encoding_aes_key", KEY)
    receiver = vector.get("receive_id", "wx0000000000000000")
    if channel == "wecom":
        names = {"TOKEN": vector["token"], "AES_KEY": key, "CORPID": receiver, "AGENTID": "1"}
    else:
        names = {"TOKEN": vector["token"], "AES_KEY": key, "APPID": receiver}
    return {f"LIANXIN_{channel.upper()}_{name}": value for name, value in names.items()}


class Doors:
    """The doors of an office with these settings, at this second."""

    def __init__(self, office: Service, settings: dict[str, str], at: int) -> None:
        clock = HandClock(datetime.fromtimestamp(at, UTC))
        loaded = config.load(settings)
        self.office = office
        self.client = create_app(replace(office, clock=clock), loaded.oa, loaded.wecom).test_client()

    def ask(self, channel: str, method: str, query: dict[str, str], body: bytes = b"") -> TestResponse:
        return self.client.open(f"/wechat/{channel}", method=method, query_string=query, data=body)

    def stored(self) -> int:
        with self.office.store.read() as session:
            return session.scalar(select(func.count()).select_from(Inbox)) or 0

    def failed(self) -> int:
        return int(self.client.get("/healthz").json["failed"])

    def turned_away(self) -> int:
        return sum(self.client.get("/healthz").json["turned_away"].values())


@each("vector", kinds("oa_get_verify", "wecom_get_verify"))
def test_a_published_question_is_answered_with_its_echo(office: Service, vector: dict[str, Any]) -> None:
    """A: every published handshake is answered with the published echo, as text/plain"""
    channel = "wecom" if vector["kind"].startswith("wecom") else "oa"
    doors = Doors(office, environment(vector, channel), SAMPLE_TIME)
    names = ("timestamp", "nonce", "signature", "msg_signature", "echostr")

    answer = doors.ask(channel, "GET", {name: vector[name] for name in names if name in vector})

    assert (answer.status_code, answer.text, answer.mimetype) == (200, vector["expect_body"], "text/plain")


def query(vector: dict[str, Any]) -> dict[str, str]:
    names = ("timestamp", "nonce", "signature", "msg_signature")
    return {"encrypt_type": "aes"} | {name: vector[name] for name in names if name in vector}


@each("vector", kinds("decrypt"))
def test_a_published_request_is_taken_at_its_time_and_is_stale_later(office: Service, vector: dict[str, Any]) -> None:
    """C: every published sealed request is opened and taken; B: a year later it is refused with 403"""
    channel = {"weixin": "oa", "wecom": "wecom"}[vector["platform"]]
    settings, body = (
        environment(vector, channel),
        {"ToUserName": vector["to_user_name"], "Encrypt": vector["encrypt"]},
    )
    twins = {"FromUserName": "o_twin", "Content": "twin"} if vector.get("mode") == "compat" else {}
    at = int(vector["timestamp"])
    doors, later = Doors(office, settings, at), Doors(office, settings, at + 31_536_000)

    answer = doors.ask(channel, "POST", query(vector), document(body | twins))

    assert answer.status_code == (400 if vector["format"] == "json" else 200)
    assert doors.failed() == 0
    assert later.ask(channel, "POST", query(vector), document(body)).status_code == 403


@each("case", shared(HOSTILE, "crypto"))
def test_a_hostile_envelope_is_refused_counted_and_not_kept(office: Service, case: dict[str, Any]) -> None:
    """C: every hostile envelope of the collection is refused, counted, and nothing of it is kept"""
    doors = Doors(office, environment(case, "oa"), int(case["timestamp"]))
    before = doors.stored()

    answer = doors.ask("oa", "POST", query(case), document({"ToUserName": "gh", "Encrypt": case["encrypt"]}))

    if case["expect"] == "accept":
        assert (answer.status_code, doors.stored(), doors.turned_away()) == (200, before + 1, 0)
    else:
        status = 400 if case["id"] == "crypto-non-utf8" else 403  # its seal is whole
        assert (answer.status_code, doors.stored(), doors.turned_away()) == (status, before, 1)


@pytest.mark.parametrize("channel", ["oa", "wecom"])
@each("case", shared(HOSTILE, "xml"))
def test_a_hostile_body_is_refused_or_taken_as_recommended(
    office: Service, somebody: str, case: dict[str, Any], channel: str
) -> None:
    """E: every body of the collection is refused with 400, counted and not kept, or taken, as it recommends"""
    body = base64.b64decode(case["body_base64"]) if case["body"] is None else case["body"].encode()
    own = body.replace(b"<FromUserName>o<", f"<FromUserName>{somebody}<".encode())
    doors = Doors(office, SETTINGS[channel], SAMPLE_TIME)
    before, failed = doors.stored(), doors.failed()

    answer = deliver(doors, channel, own)

    if case["expect"].startswith("reject"):
        assert (answer.status_code, doors.stored(), doors.turned_away()) == (400, before, 1)
    else:
        assert (answer.status_code, doors.stored(), doors.turned_away()) == (200, before + 1, 0)
    assert doors.failed() == failed


def account(channel: str) -> dict[str, str]:
    receiver = RECEIVERS[channel].receive_id
    return environment({"token": OURS, "encoding_aes_key": KEY, "receive_id": receiver}, channel)


SETTINGS = {channel: account(channel) for channel in RECEIVERS}


def deliver(doors: Doors, channel: str, inside: bytes) -> TestResponse:
    encrypted, stamp = wire.seal(RECEIVERS[channel], inside), str(SAMPLE_TIME)
    signed = wire.sign(OURS, stamp, "n0", encrypted)
    asked = {"timestamp": stamp, "nonce": "n0", "encrypt_type": "aes", "msg_signature": signed}
    return doors.ask(channel, "POST", asked, document({"ToUserName": "gh", "AgentID": "1", "Encrypt": encrypted}))


@each("sample", shared(SAMPLES, "samples"))
def test_a_sample_is_taken_and_understood(office: Service, somebody: str, sample: dict[str, Any]) -> None:
    """F: every sample of the collection is answered with 200, kept and understood without failing"""
    channel = sample["channel"]
    own = sample["xml"].replace("oTEST_openid_000000000000001", somebody).replace("zhangsan", somebody)
    doors = Doors(office, SETTINGS[channel], SAMPLE_TIME)
    before, failed = doors.stored(), doors.failed()

    answer = deliver(doors, channel, own.encode())

    assert (answer.status_code, doors.stored(), doors.failed()) == (200, before + 1, failed)
    assert doors.turned_away() == 0
