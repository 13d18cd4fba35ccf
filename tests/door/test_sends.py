"""An honest word on what became of a message that was sent, and none in the logs."""

import json
import logging
import socket
from dataclasses import replace
from typing import Any

import pytest

from bot import api
from bot.official import OfficialSender
from bot.senders import SendFailed, Trouble
from bot.service import Service
from tests.door.caller import SAFE, account
from tests.door.sending import BODY, SECRET, sender_to, told_wait, trouble
from tests.door.vendor import Vendor, breaks_off, hangs_up, refuses, says, vendor


def test_a_message_is_json_in_utf8_as_it_was_stored(platform: Vendor, sender: OfficialSender) -> None:
    """An escaped character would be shown to people as backslash, u and four digits."""
    sender.send("custom", BODY)

    sent = platform.sends()[0]
    assert sent.path == "/cgi-bin/message/custom/send"
    assert json.loads(sent.body) == BODY
    assert "停电了？已派“李建国”👷 <a>&".encode() in sent.body


def test_a_repeat_is_the_same_to_the_byte(platform: Vendor, sender: OfficialSender) -> None:
    for _ in range(2):
        sender.send("template", BODY)

    assert platform.sends()[0].path == "/cgi-bin/message/template/send"
    assert platform.sends()[0].body == platform.sends()[1].body


def test_without_a_template_there_is_one_way_only(platform: Vendor, office: Service) -> None:
    assert sender_to(platform.base, office, template="").channels() == ("custom",)
    assert sender_to(platform.base, office).channels() == ("custom", "template")


@pytest.mark.parametrize("answer", [hangs_up, breaks_off])
def test_a_line_that_breaks_after_the_message_leaves_nobody_certain(
    platform: Vendor, sender: OfficialSender, answer: Any
) -> None:
    platform.tell("send", answer)

    assert trouble(sender) is Trouble.UNCERTAIN

    assert len(platform.sends()) == 1


def test_an_answer_that_does_not_come_in_time_leaves_nobody_certain(
    platform: Vendor, office: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "TIMEOUT", (3.0, 0.1))
    sender = sender_to(platform.base, office)
    platform.tell("send", lambda _: told_wait(platform))

    assert trouble(sender) is Trouble.UNCERTAIN


@pytest.mark.parametrize(
    "answer",
    [
        says(b"<html>hello from a captive portal</html>", 200, "text/html"),
        says([1]),
        says({"errcode": None}),
        says({"errcode": "many"}),
        says(b""),
    ],
)
def test_an_answer_nobody_can_read_leaves_nobody_certain(
    platform: Vendor, sender: OfficialSender, answer: Any
) -> None:
    platform.tell("send", answer)

    assert trouble(sender) is Trouble.UNCERTAIN


@pytest.mark.parametrize("status", [502, 503, 500, 404])
def test_an_error_page_is_a_definite_no_for_now(platform: Vendor, sender: OfficialSender, status: int) -> None:
    platform.tell("send", says(b"<html>Bad Gateway</html>", status, "text/html"))

    assert trouble(sender) is Trouble.LATER


def test_nobody_at_the_other_end_means_that_nothing_was_sent(office: Service) -> None:
    with vendor() as platform:
        sender = sender_to(platform.base, office)
        sender.send("custom", BODY)

    assert trouble(sender) is Trouble.LATER
    assert trouble(sender_to(platform.base, office)) is Trouble.LATER


def test_a_name_that_is_not_found_means_that_nothing_was_sent(
    platform: Vendor, sender: OfficialSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send("custom", BODY)

    def not_found(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", not_found)

    assert trouble(sender) is Trouble.LATER


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (-1, Trouble.LATER),
        (45009, Trouble.PAUSE),
        (45015, Trouble.CHANNEL),
        (45047, Trouble.CHANNEL),
        (43101, Trouble.CHANNEL),
        (40003, Trouble.DROP),
        (43004, Trouble.DROP),
        (45002, Trouble.PAYLOAD),
        (47003, Trouble.PAYLOAD),
        (40164, Trouble.CONFIG),
        (45065, Trouble.SENT),
        (999999, Trouble.PAYLOAD),
    ],
)
def test_each_refusal_means_what_the_table_says(
    platform: Vendor, sender: OfficialSender, code: int, meaning: Trouble
) -> None:
    platform.tell("send", refuses(code))

    assert trouble(sender) is meaning

    assert len(platform.sends()) == 1


# Logs


def test_neither_token_nor_secret_nor_message_is_ever_logged(
    platform: Vendor, sender: OfficialSender, office: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for answer in (refuses(42001), hangs_up, breaks_off, says(b"<html>", 502), says(b"<html>")):
        platform.tell("send", answer)
    for _ in range(4):
        with pytest.raises(SendFailed):
            sender.send("custom", BODY)
    with pytest.raises(SendFailed):
        sender_to("http://127.0.0.1:9", office).send("custom", BODY)

    private = ("TOKEN-", SECRET, "access_token", "o_1", "停电")
    assert [word for word in private if word in caplog.text] == []


def test_an_account_in_a_log_line_keeps_its_secrets() -> None:
    ours = account(SAFE | {"LIANXIN_OA_SECRET": SECRET})

    shown = repr(ours)

    assert [word for word in (SECRET, *list(SAFE.values())[:2]) if word in shown] == []
    assert replace(ours, secret="").app_id in shown
