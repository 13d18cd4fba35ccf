"""One access token for all threads and processes, renewed in time, one retry at most: cases K of the protocol."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from bot import api, tokens
from bot.official import OfficialSender
from bot.senders import SendFailed, Trouble
from bot.service import Service
from store import outbox, people
from store import tokens as rows
from store.tables import Push
from tests.conftest import Copies
from tests.desk import MONDAY, HandClock
from tests.door.caller import SAFE
from tests.door.sending import BODY, SECRET, office_on, sender_to, told_wait, trouble
from tests.door.vendor import Vendor, breaks_off, hangs_up, refuses, says
from tests.postgres import Postgres

TOKEN_CODES = [40001, 40014, 42001]
ACCOUNT = f"oa:{SAFE['LIANXIN_OA_APPID']}"


def test_a_hundred_threads_at_once_fetch_one_token(platform: Vendor, sender: OfficialSender) -> None:
    """K: 100 threads without a token fetch one."""
    at_once([lambda: sender.send("custom", BODY)] * 100)

    assert platform.tokens() == 1
    assert {call.token for call in platform.sends()} == {"TOKEN-1"}
    assert len(platform.sends()) == 100


def at_once(what: list[Callable[[], object]]) -> None:
    """Each in a thread of its own, begun together."""
    ready = threading.Barrier(len(what))

    def run(each: Callable[[], object]) -> None:
        ready.wait()
        each()

    threads = [threading.Thread(target=run, args=(each,)) for each in what]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


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
    """K: 42001 once: one refresh, one retry."""
    platform.tell("send", refuses(code))

    assert sender.send("custom", BODY) == "200163840"

    assert [call.token for call in platform.sends()] == ["TOKEN-1", "TOKEN-2"]
    assert platform.sends()[0].body == platform.sends()[1].body


@pytest.mark.parametrize("code", TOKEN_CODES)
def test_a_token_refused_for_ever_costs_two_sends_and_is_not_asked_for_again_at_once(
    platform: Vendor, sender: OfficialSender, clock: HandClock, code: int
) -> None:
    """K: 42001 for ever: two sends, one refresh, then an error; and no storm of refreshes behind it."""
    platform.tell("send", refuses(code), times=50)

    assert trouble(sender) is Trouble.CONFIG
    assert (len(platform.sends()), platform.tokens()) == (2, 2)

    assert trouble(sender) is Trouble.CONFIG
    assert (len(platform.sends()), platform.tokens()) == (2, 2)
    clock.moment += timedelta(minutes=1)
    assert trouble(sender) is Trouble.CONFIG
    assert platform.tokens() == 4


def test_a_token_that_somebody_else_has_renewed_is_not_thrown_away(platform: Vendor, sender: OfficialSender) -> None:
    both_called = threading.Barrier(2)

    def refuses_both(handler: BaseHTTPRequestHandler) -> None:
        both_called.wait()
        refuses(42001)(handler)

    platform.tell("send", refuses_both, times=2)
    at_once([lambda: sender.send("custom", BODY)] * 2)

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
        refuses(-1),
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
    platform: Vendor, office: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "TIMEOUT", (3.0, 0.1))
    platform.tell("stable_token", lambda _: told_wait(platform))

    assert trouble(sender_to(platform.base, office)) is Trouble.LATER


def test_the_token_sent_is_the_token_that_is_blamed(platform: Vendor, office: Service) -> None:
    """A token that ends between the asking and the sending must not be fetched a second time on the way."""

    class Hurrying(HandClock):
        def now(self) -> Any:
            self.moment += timedelta(seconds=7000)
            return self.moment

    sender = sender_to(platform.base, replace(office, clock=Hurrying(MONDAY)))

    sender.send("custom", BODY)

    assert platform.tokens() == 1


# ---------------------------------------------------------------- several processes


@pytest.fixture
def offices(kind: str, copies: Copies, tmp_path: Path, clock: HandClock) -> Iterator[tuple[Service, Service]]:
    """Two processes of one office: two services on one database."""
    url = copies.new(kind, tmp_path, peopled=True)
    with office_on(url, clock) as one, office_on(url, clock) as other:
        yield one, other


def test_two_workers_at_once_fetch_one_token(platform: Vendor, offices: tuple[Service, Service]) -> None:
    senders = [sender_to(platform.base, office) for office in offices]

    at_once([lambda sender=sender: sender.send("custom", BODY) for sender in senders for _ in range(10)])  # type: ignore[misc]

    assert platform.tokens() == 1
    assert {call.token for call in platform.sends()} == {"TOKEN-1"}


def test_a_worker_whose_token_was_replaced_by_another_uses_the_newer_one(
    platform: Vendor, offices: tuple[Service, Service]
) -> None:
    """K: 40001 because another process has refreshed: the newer token is used."""
    one, other = (sender_to(platform.base, office) for office in offices)
    one.send("custom", BODY)

    def refuses_after_the_other_has_renewed(handler: BaseHTTPRequestHandler) -> None:
        with offices[1].store.write() as session:
            rows.expire(session, ACCOUNT, "TOKEN-1")
        other.send("custom", BODY)
        refuses(40001)(handler)

    platform.tell("send", refuses_after_the_other_has_renewed)
    one.send("custom", BODY)

    assert platform.tokens() == 2
    assert [call.token for call in platform.sends()] == ["TOKEN-1", "TOKEN-1", "TOKEN-2", "TOKEN-2"]


def test_a_worker_that_froze_while_fetching_is_waited_for_only_until_its_lease_ends(
    platform: Vendor, offices: tuple[Service, Service], clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it fetched long ago must not replace what was fetched since, when it wakes."""
    monkeypatch.setattr(tokens, "PATIENCE", 0.0)
    with offices[0].store.write() as session:
        rows.begin(rows.locked(session, ACCOUNT), "frozen", clock.now() + tokens.LEASE, MONDAY.date())
    sender = sender_to(platform.base, offices[1])
    assert trouble(sender) is Trouble.LATER
    assert platform.calls == []

    clock.moment += tokens.LEASE
    sender.send("custom", BODY)
    with offices[0].store.write() as session:
        rows.keep(session, ACCOUNT, "frozen", "OLD", clock.now() + timedelta(hours=2))
    sender.send("custom", BODY)

    assert [call.token for call in platform.sends()] == ["TOKEN-1", "TOKEN-1"]
    assert platform.tokens() == 1


def test_while_one_renews_a_token_the_others_use_the_old_one_to_its_end(
    platform: Vendor, offices: tuple[Service, Service], clock: HandClock
) -> None:
    one, other = (sender_to(platform.base, office) for office in offices)
    one.send("custom", BODY)
    clock.moment += timedelta(seconds=7200 - 60)
    other_sent = threading.Event()

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        other.send("custom", BODY)
        other_sent.set()
        says({"access_token": "TOKEN-2", "expires_in": 7200})(handler)

    platform.tell("stable_token", slowly)
    one.send("custom", BODY)

    assert other_sent.is_set()
    assert [call.token for call in platform.sends()] == ["TOKEN-1", "TOKEN-1", "TOKEN-2"]


PROCESS = """
import sys, threading
from datetime import UTC, datetime
from tests.desk import HandClock
from tests.door.sending import BODY, office_on, sender_to
url, base = sys.argv[1:]
with office_on(url, HandClock(datetime.now(UTC))) as office:
    sender = sender_to(base, office)
    print("ready", flush=True)
    sys.stdin.readline()
    threads = [threading.Thread(target=sender.send, args=("custom", BODY)) for _ in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""


@pytest.mark.process
def test_two_real_processes_on_postgresql_fetch_one_token(
    platform: Vendor, copies: Copies, tmp_path: Path, postgres: Postgres
) -> None:
    url = copies.new("postgresql", tmp_path, peopled=True)
    run = [sys.executable, "-c", PROCESS, url, platform.base]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as stack:
        started = [stack.enter_context(subprocess.Popen(run, **pipes)) for _ in range(2)]
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.wait(60) for process in started] == [0, 0]

    assert platform.tokens() == 1
    assert [call.token for call in platform.sends()] == ["TOKEN-1"] * 20


# ---------------------------------------------------------------- when asking cannot help


def told(office: Service, name: str = "林晓") -> list[Push]:
    """What was put into the outbox for a person."""
    with office.store.read() as session:
        person = next(person for person in people.everybody(session) if person.name == name)
        found = outbox.to_person(session, person)
        session.expunge_all()
        return found


@pytest.mark.parametrize("code", [40164, 40125, 89503])
def test_what_asking_again_cannot_mend_is_not_asked_again_for_half_an_hour_and_told_once(
    platform: Vendor, sender: OfficialSender, office: Service, clock: HandClock, code: int
) -> None:
    """K: the token endpoint says that our address is not on its list: the circuit opens."""
    platform.tell("stable_token", refuses(code), times=2)
    for _ in range(5):
        assert trouble(sender) is Trouble.CONFIG
    assert platform.tokens() == 1

    clock.moment += timedelta(minutes=30)
    assert trouble(sender) is Trouble.CONFIG
    assert platform.tokens() == 2
    assert [push.text_key for push in told(office)] == ["tokens_shut"]
    assert str(code) in str(told(office)[0].facts)

    clock.moment += timedelta(minutes=30)
    assert sender.send("custom", BODY) == "200163840"


def test_a_token_that_is_still_good_is_used_while_no_new_one_is_given(
    platform: Vendor, sender: OfficialSender, clock: HandClock
) -> None:
    sender.send("custom", BODY)
    clock.moment += timedelta(seconds=7200 - 240)
    platform.tell("stable_token", refuses(40164))

    for _ in range(2):
        assert sender.send("custom", BODY) == "200163840"

    assert platform.tokens() == 2
    assert [call.token for call in platform.sends()] == ["TOKEN-1"] * 3


def test_when_a_days_tokens_are_used_up_we_stop_before_the_platform_does_and_say_so(
    platform: Vendor, office: Service, clock: HandClock
) -> None:
    few = replace(office, limits=replace(office.limits, token=replace(office.limits.token, a_day=3)))
    sender = sender_to(platform.base, few)
    assert office.limits.token.a_day < 2000
    for _ in range(3):
        sender.send("custom", BODY)
        clock.moment += timedelta(seconds=7200)

    for _ in range(2):
        assert trouble(sender) is Trouble.CONFIG
    assert platform.tokens() == 3
    assert [push.text_key for push in told(office)] == ["tokens_spent"]

    clock.moment = MONDAY + timedelta(hours=15)  # midnight of the office
    assert sender.send("custom", BODY) == "200163840"


# ---------------------------------------------------------------- never seen


def test_a_token_lies_sealed_and_is_written_nowhere(
    platform: Vendor, sender: OfficialSender, office: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """K: the token is never in the logs."""
    caplog.set_level(logging.DEBUG, logger="bot")
    platform.tell("send", refuses(42001))
    sender.send("custom", BODY)
    platform.tell("send", hangs_up)
    with pytest.raises(SendFailed):
        sender.send("custom", BODY)

    with office.store.read() as session:
        row = rows.look(session, ACCOUNT)
        assert row is not None
        written = repr([getattr(row, column.name) for column in row.__table__.columns])
        assert rows.value_of(session, row) == "TOKEN-2"
    assert "TOKEN-" not in written
    assert SECRET not in written
    assert "TOKEN-" not in caplog.text


def test_a_token_sealed_with_another_key_is_none(platform: Vendor, sender: OfficialSender, office: Service) -> None:
    """Whoever changes LIANXIN_SECRET_KEY gets a new token instead of an error."""
    sender.send("custom", BODY)
    with office.store.write() as session:
        rows.locked(session, ACCOUNT).value = "1.b3RoZXI="

    assert sender.send("custom", BODY) == "200163840"

    assert platform.tokens() == 2
