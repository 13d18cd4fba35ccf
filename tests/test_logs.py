"""The log says that something went wrong and where, never with whom, about what, or with which key."""

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import logs
from bot.delivery import drain
from bot.senders import SendFailed, Trouble
from tests.door.caller import TOKEN, Door, message, sealed, without_welcome
from tests.door.conftest import gate

__all__ = ["gate"]
digits = st.text("0123456789", min_size=8, max_size=8)
phones = digits.map(lambda tail: f"139{tail}")
cards = st.tuples(digits, digits).map(lambda parts: f"110101199{parts[0][:1]}{parts[1]}"[:17] + "X")
ids = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", min_size=27, max_size=27)
openids = ids.map(lambda tail: f"o{tail}")
said = st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=40)
KINDS = st.sampled_from(["text", "event", "voice", "image", "nonsense"])


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What stands in the log at INFO, as it is written."""
    kept, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(kept), root.level
    handler.setFormatter(logs.Masked())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield kept
    root.removeHandler(handler)
    root.setLevel(before)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(openid=openids, phone=phones, card=cards, words=said, kind=KINDS, good=st.booleans())
def test_no_message_whatever_becomes_of_it_can_be_read_in_the_log(
    gate: Door, written: io.StringIO, openid: str, phone: str, card: str, words: str, kind: str, good: bool
) -> None:
    """M: whatever becomes of a message, neither openid nor words nor query are in the log"""
    told = f"{words} {phone} {card}"
    fields: dict[str, Any] = {"MsgType": kind, "Content": told, "Event": "subscribe", "EventKey": told}
    letter = sealed(message(openid, gate.at, **fields), gate.at)
    broken = Door(replace(without_welcome(gate.service)))  # what greets newcomers raises

    for door in (gate, broken):
        door.post(letter if good else letter.but(nonce="1"))
    letter = sealed(message(f"{openid}2", gate.at, **fields), gate.at)
    broken.post(letter)

    log = written.getvalue()
    for secret in (openid, phone, card, TOKEN, str(letter.query["msg_signature"]), "timestamp="):
        assert secret not in log
    assert len(words.strip()) < 8 or words.strip() not in log


def test_a_failing_send_leaves_no_token_in_the_log(gate: Door, written: io.StringIO) -> None:
    class Failing:
        def channels(self) -> tuple[str, ...]:
            return ("custom",)

        def send(self, channel: str, body: dict[str, Any]) -> str:
            raise SendFailed(
                Trouble.DROP, f"https://api.weixin.qq.com/cgi-bin/x?access_token=T0KEN&to={body['touser']}"
            )

    gate.says("o_张伟", "我们厂又跳闸了")
    gate.service.clock.moment += gate.service.intake.at_most * 2  # type: ignore[attr-defined]
    from_log = written.getvalue()
    gate.says("o_李建国", "待办")
    drain(gate.service, Failing(), "", "me")

    log = written.getvalue()
    assert from_log in log
    assert "T0KEN" not in log
    assert "o_李建国" not in log


@given(before=st.text(max_size=20), phone=phones, after=st.text(max_size=20))
def test_a_number_is_masked_whatever_stands_around_it(before: str, phone: str, after: str) -> None:
    line = logs.masked(f"{before} {phone} {after}")

    assert f" {phone} " not in line
    assert f"139****{phone[-4:]}" in line


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("GET /wechat/oa?signature=ab&openid=oX HTTP", "GET /wechat/oa?… HTTP"),
        ("url: /cgi-bin/token?appid=wx1&secret=s3", "url: /cgi-bin/token?…"),
        ("access_token=abc&x=1", "access_token=…&x=1"),
        ("id 11010119900307123X.", "id ******."),
        ("from oABCDEFGHIJKLMNOPQRSTUVWXYZ_", "from o…YZ_"),
        ("push 12: later (errcode 45047)", "push 12: later (errcode 45047)"),
        ("20260928-001", "20260928-001"),
    ],
)
def test_what_a_log_line_keeps(line: str, left: str) -> None:
    kept = logs.masked(line)

    assert kept.startswith(left.partition("…")[0])
    assert line == left or kept != line
