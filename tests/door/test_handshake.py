"""The platform asks whether the address is ours (wechat: message push, "verify that the message comes from us")."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from bot import wire
from bot.app import create_app
from tests.door.caller import PATH, PLAIN, TOKEN, Door
from tests.door.test_wecom import PATH as CORP_PATH
from tests.door.test_wecom import SEALED as CORP_SEALED
from tests.door.test_wecom import TOKEN as CORP_TOKEN
from tests.door.test_wecom import app_of

ASKED = {"signature": wire.sign(TOKEN, "1700000000", "n0"), "timestamp": "1700000000", "nonce": "n0", "echostr": "7"}


def test_a_signed_question_is_answered_with_its_echo(gate: Door) -> None:
    """A: a signed handshake is answered with the exact echo, as text/plain"""
    answer = gate.get(**ASKED)

    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"7", "text/plain")


def test_the_echo_is_plain_in_plain_mode_too(gate: Door) -> None:
    """A: the echo of a service account is plain in every mode"""
    assert Door(gate.service, PLAIN).get(**ASKED).data == b"7"


def test_an_echo_that_looks_like_a_page_is_still_only_text(gate: Door) -> None:
    """A: an echo of HTML comes back as text/plain that no browser takes for a page"""
    answer = gate.get(**ASKED | {"echostr": "<script>alert(1)</script>"})

    assert (answer.data, answer.mimetype) == (b"<script>alert(1)</script>", "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("signature", ["", "0" * 40, ASKED["signature"].upper(), ASKED["signature"][:-1], "签名"])
def test_a_question_that_is_not_signed_exactly_is_refused(gate: Door, signature: str) -> None:
    """A: a bad signature is refused with 403; B: a handshake signed in upper case is refused"""
    answer = gate.get(**ASKED | {"signature": signature})

    assert (answer.status_code, answer.data) == (403, b"")


@pytest.mark.parametrize("name", ASKED)
def test_a_question_with_a_part_missing_is_refused(gate: Door, name: str) -> None:
    """A: a missing parameter is refused with 403"""
    given = {key: value for key, value in ASKED.items() if key != name}

    assert gate.get(**given).status_code == 403


@pytest.mark.parametrize("name", ASKED)
def test_a_question_with_a_part_said_twice_is_refused(gate: Door, name: str) -> None:
    """A: a repeated parameter is refused with 400"""
    assert gate.get(**ASKED | {name: [ASKED[name], ASKED[name]]}).status_code == 400


@pytest.mark.parametrize("stamp", ["now", "-1", "1e9", "1_700_000_000", "１７"])
def test_a_question_whose_stamp_is_no_number_of_seconds_is_refused(gate: Door, stamp: str) -> None:
    """A: a stamp that is no number is refused with 400, rightly signed or not"""
    signature = wire.sign(TOKEN, stamp, "n0")

    assert gate.get(**ASKED | {"timestamp": stamp, "signature": signature}).status_code == 400


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_not_known(gate: Door, method: str) -> None:
    """A: HEAD, PUT and all but GET and POST are answered 405, and counted"""
    before = gate.healthz().json["turned_away"].get("method", 0)

    answer = gate.app.test_client().open(PATH, method=method, query_string=ASKED)

    assert (answer.status_code, answer.data, answer.headers["Allow"]) == (405, b"", "GET, POST")
    assert gate.healthz().json["turned_away"]["method"] == before + 1


# The same at the door of WeCom, where the echo is sealed


def asked_of_wecom(echo: str, **changes: str) -> dict[str, str]:
    signature = wire.sign(CORP_TOKEN, "1700000000", "n0", echo)
    return {"msg_signature": signature, "timestamp": "1700000000", "nonce": "n0", "echostr": echo} | changes


@pytest.fixture
def corp_door(gate: Door) -> FlaskClient:
    return create_app(gate.service, None, app_of()).test_client()


def test_a_sealed_question_is_answered_with_its_plain_echo(corp_door: FlaskClient) -> None:
    """A: the sealed echo of WeCom comes back opened, as text/plain"""
    answer = corp_door.get(CORP_PATH, query_string=asked_of_wecom(wire.seal(CORP_SEALED, b"<b>16</b>")))

    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"<b>16</b>", "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce", "echostr"])
def test_a_sealed_question_with_a_part_missing_or_said_twice_is_refused(corp_door: FlaskClient, name: str) -> None:
    """A: WeCom: a missing parameter is 403, a repeated one 400"""
    asked = asked_of_wecom(wire.seal(CORP_SEALED, b"16"))
    missing = {key: value for key, value in asked.items() if key != name}
    twice = {**asked, name: [asked[name], asked[name]]}

    assert corp_door.get(CORP_PATH, query_string=missing).status_code == 403
    assert corp_door.get(CORP_PATH, query_string=twice).status_code == 400


@pytest.mark.parametrize("wrong", [str.upper, lambda right: right[:-1], lambda _: "0" * 40, lambda _: "签名"])
def test_a_sealed_question_that_is_not_signed_exactly_is_refused(
    corp_door: FlaskClient, wrong: Callable[[str], str]
) -> None:
    """A: WeCom: a bad signature is refused with 403"""
    asked = asked_of_wecom(wire.seal(CORP_SEALED, b"16"))

    answer = corp_door.get(CORP_PATH, query_string=asked | {"msg_signature": wrong(asked["msg_signature"])})

    assert (answer.status_code, answer.data) == (403, b"")


@pytest.mark.parametrize("echo", ["", "!!!!", "16", "YWJj"])
def test_an_echo_that_is_no_seal_is_refused(corp_door: FlaskClient, echo: str) -> None:
    """A: WeCom: an echo that cannot be opened is refused with 403"""
    assert corp_door.get(CORP_PATH, query_string=asked_of_wecom(echo)).status_code == 403


@pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS"])
def test_wecom_knows_no_other_methods_either(corp_door: FlaskClient, method: str) -> None:
    """A: WeCom: HEAD and PUT are answered 405"""
    assert corp_door.open(CORP_PATH, method=method).status_code == 405
