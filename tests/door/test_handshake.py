"""The platform asks whether the address is ours (wechat: message push, "verify that the message comes from us")."""

import pytest

from bot import wire
from tests.door.caller import PATH, PLAIN, TOKEN, Door

ASKED = {"signature": wire.sign(TOKEN, "1700000000", "n0"), "timestamp": "1700000000", "nonce": "n0", "echostr": "7"}


def test_a_signed_question_is_answered_with_its_echo(gate: Door) -> None:
    answer = gate.get(**ASKED)

    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"7", "text/plain")


def test_the_echo_is_plain_in_plain_mode_too(gate: Door) -> None:
    assert Door(gate.service, PLAIN).get(**ASKED).data == b"7"


def test_an_echo_that_looks_like_a_page_is_still_only_text(gate: Door) -> None:
    answer = gate.get(**ASKED | {"echostr": "<script>alert(1)</script>"})

    assert (answer.data, answer.mimetype) == (b"<script>alert(1)</script>", "text/plain")


@pytest.mark.parametrize("signature", ["", "0" * 40, ASKED["signature"].upper(), ASKED["signature"][:-1], "签名"])
def test_a_question_that_is_not_signed_exactly_is_refused(gate: Door, signature: str) -> None:
    answer = gate.get(**ASKED | {"signature": signature})

    assert (answer.status_code, answer.data) == (403, b"")


@pytest.mark.parametrize("name", ASKED)
def test_a_question_with_a_part_missing_is_refused(gate: Door, name: str) -> None:
    given = {key: value for key, value in ASKED.items() if key != name}

    assert gate.get(**given).status_code == 403


@pytest.mark.parametrize("name", ASKED)
def test_a_question_with_a_part_said_twice_is_refused(gate: Door, name: str) -> None:
    assert gate.get(**ASKED | {name: [ASKED[name], ASKED[name]]}).status_code == 400


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_known(gate: Door, method: str) -> None:
    assert gate.app.test_client().open(PATH, method=method, query_string=ASKED).status_code == 405
