"""One access token for all threads, renewed in time, one retry at most."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from bot import api
from bot.official import OfficialSender
from bot.senders import Trouble
from tests.desk import MONDAY, HandClock
from tests.door.caller import SAFE
from tests.door.sending import BODY, SECRET, sender_to, told_wait, trouble
from tests.door.vendor import Vendor, breaks_off, hangs_up, refuses, says

TOKEN_CODES = [40001, 40014, 42001]


def test_twenty_threads_at_once_fetch_one_token(platform: Vendor, sender: OfficialSender) -> None:
    ready = threading.Barrier(20)

    def send() -> None:
        ready.wait()
        sender.send("custom", BODY)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert platform.tokens() == 1
    assert {call.token for call in platform.sends()} == {"TOKEN-1"}
    assert len(platform.sends()) == 20


def test_a_token_is_asked_for_as_the_stable_one_that_all_processes_share(
    platform: Vendor, sender: OfficialSender
) -> None:
    sender.send("custom", BODY)

    asked = platform.calls[0]
    expected = {"grant_type": "client_credential", "appid": SAFE["LIANXIN_OA_APPID"], "secret": SECRET}
    assert (asked.path, json.loads(asked.body)) == ("/cgi-bin/stable_token", expected)


def test_a_token_is_used_until_five_minutes_before_its_end(
    platform: Vendor, sender: OfficialSender, clock: HandClock
) -> None:
    sender.send("custom", BODY)
    clock.moment += timedelta(seconds=7200 - 301)
    sender.send("custom", BODY)
    assert platform.tokens() == 1

    clock.moment += timedelta(seconds=1)
    sender.send("custom", BODY)

    assert platform.tokens() == 2
    assert platform.sends()[-1].token == "TOKEN-2"


@pytest.mark.parametrize("code", TOKEN_CODES)
def test_a_token_refused_once_is_fetched_anew_and_the_message_sent_again(
    platform: Vendor, sender: OfficialSender, code: int
) -> None:
    platform.tell("send", refuses(code))

    assert sender.send("custom", BODY) == "200163840"

    assert [call.token for call in platform.sends()] == ["TOKEN-1", "TOKEN-2"]
    assert platform.sends()[0].body == platform.sends()[1].body


@pytest.mark.parametrize("code", TOKEN_CODES)
def test_a_token_refused_for_ever_costs_two_sends_and_then_somebody_must_look(
    platform: Vendor, sender: OfficialSender, code: int
) -> None:
    platform.tell("send", refuses(code), times=50)

    assert trouble(sender) is Trouble.CONFIG

    assert (len(platform.sends()), platform.tokens()) == (2, 2)


def test_a_token_that_somebody_else_has_renewed_is_not_thrown_away(platform: Vendor, sender: OfficialSender) -> None:
    both_called = threading.Barrier(2)

    def refuses_both(handler: BaseHTTPRequestHandler) -> None:
        both_called.wait()
        refuses(42001)(handler)

    platform.tell("send", refuses_both, times=2)
    threads = [threading.Thread(target=sender.send, args=("custom", BODY)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert platform.tokens() == 2
    assert sorted(call.token for call in platform.sends()) == ["TOKEN-1", "TOKEN-1", "TOKEN-2", "TOKEN-2"]


@pytest.mark.parametrize("code", [40001, 40013, 40125, 40164])
def test_an_account_that_gets_no_token_is_a_matter_of_configuration(
    platform: Vendor, sender: OfficialSender, code: int
) -> None:
    platform.tell("stable_token", refuses(code))

    assert trouble(sender) is Trouble.CONFIG

    assert platform.sends() == []


@pytest.mark.parametrize(
    "answer",
    [
        says(b"<html>Bad Gateway</html>", 502, "text/html"),
        says(b"<html>maintenance</html>", 200, "text/html"),
        says([]),
        says({"access_token": "TOKEN-1"}),
        says({"access_token": "TOKEN-1", "expires_in": None}),
        hangs_up,
        breaks_off,
    ],
)
def test_a_token_that_does_not_come_this_time_is_asked_for_later(
    platform: Vendor, sender: OfficialSender, answer: Any
) -> None:
    platform.tell("stable_token", answer)

    assert trouble(sender) is Trouble.LATER

    assert platform.sends() == []
    assert sender.send("custom", BODY) == "200163840"


def test_a_token_endpoint_that_never_answers_is_given_up(
    platform: Vendor, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "TIMEOUT", (3.0, 0.1))
    platform.tell("stable_token", lambda _: told_wait(platform))

    assert trouble(sender_to(platform.base, clock)) is Trouble.LATER


def test_the_token_sent_is_the_token_that_is_blamed(platform: Vendor, clock: HandClock) -> None:
    """A token that ends between the asking and the sending must not be fetched a second time on the way."""

    class Hurrying(HandClock):
        def now(self) -> Any:
            self.moment += timedelta(seconds=7000)
            return self.moment

    sender = sender_to(platform.base, Hurrying(MONDAY))

    sender.send("custom", BODY)

    assert platform.tokens() == 1
