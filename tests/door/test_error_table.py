"""Each row of the table of error codes, played by a platform on a loopback port: what becomes of a message. Case L.

One message waits for Zhang Wei, who has just written: it goes as a customer-service message first, as a template
message where that cannot be. Another waits for Li Jianguo in WeCom, who has no other account.
"""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import PAUSE, WAITS, drain
from bot.message import OA, WECOM
from bot.senders import ErrorCodes, Sender, Trouble, several
from bot.service import Service
from bot.wecom import WeComSender
from store import calls, outbox, people, windows
from store.tables import Push
from tests.desk import HandClock
from tests.door.sending import sender_to
from tests.door.test_wecom import WECOM as SETTINGS
from tests.door.test_wecom import app_of
from tests.door.vendor import Call, Vendor, breaks_off, hangs_up, refuses, says

AGAIN = [40001, 40014, 42001]
LATER = [-1, 45011, 9001002]
CLOSED = [45015, 45047, 48002]
GONE = [40003, 43004, 43019, 46004, 50005]
OURS = [40007, 40037, 41001, 42007, 44002, 44004, 45001, 45002, 45008, 47001, 47003, 43116, 40249, 45064, 987654]
SETUP = [40013, 40125, 40164, 40243, 48001, 48004, 48008, 50001, 50002, 89501, 89503, 89506, 89507]
MEMBER_GONE = [40003, 43004, 46004, 60111, 81013, 82001, 40096, 84061]
MEMBER_OURS = [40007, 40008, 40035, 40058, 41001, 42007, 44004, 45002, 47001, 85002, 987654]
MEMBER_SETUP = [40001, 40013, 40056, 40091, 41011, 48002, 50003, 60011, 60020, 301002]


class Waiting:
    """A message that waits, and what has become of it."""

    def __init__(self, office: Service, platform: Vendor, name: str) -> None:
        self._office = office
        self._platform = platform
        wecom = {"LIANXIN_WECOM_SECRET": "s", "LIANXIN_WECOM_API_BASE": platform.base}
        members = WeComSender(app_of(SETTINGS | wecom), office, ErrorCodes.load(WECOM))
        self.sender: Sender = several([sender_to(platform.base, office), members])
        now = office.clock.now()
        with office.store.write() as session:
            person = next(person for person in people.everybody(session) if person.name == name)
            outbox.put(
                session, person, "said", once_key="one", now=now, not_before=now, facts={"text": "好", "buttons": ()}
            )

    def drain(self) -> Push:
        drain(self._office, self.sender, "t-1", "worker")
        with self._office.store.read() as session:
            found = first_push(session)
            session.expunge_all()
            return found

    def called(self) -> bool:
        with self._office.store.read() as session:
            return bool(calls.unfinished(session))

    def ways(self) -> list[str]:
        """By which ways the platform was asked to take it."""
        return [way_of(call) for call in self._platform.sends() if b'"o_\xe6\x9e\x97' not in call.body]


def first_push(session: Session) -> Push:
    return session.scalars(select(Push).order_by(Push.id)).first() or pytest.fail("nothing was put into the outbox")


def way_of(call: Call) -> str:
    return call.path.removeprefix("/cgi-bin/message/").removesuffix("/send")


@pytest.fixture
def contact(office: Service, platform: Vendor) -> Waiting:
    waiting = Waiting(office, platform, "张伟")
    with office.store.write() as session:
        person = first_push(session).person
        identity = people.identity_of(session, person, OA)
        assert identity is not None
        limit = office.limits.windows["message"]
        windows.open_(session, identity, "message", office.clock.now() + limit.length, limit.messages)
    return waiting


@pytest.fixture
def member(office: Service, platform: Vendor) -> Waiting:
    waiting = Waiting(office, platform, "李建国")
    with office.store.write() as session:
        person = first_push(session).person
        for identity in people.identities_of(session, person):
            session.delete(identity)
        people.add_account(session, person, WECOM, "lijianguo")
    return waiting


@pytest.mark.parametrize("code", AGAIN)
def test_a_stale_token_is_replaced_and_the_message_sent_again_at_once(
    contact: Waiting, platform: Vendor, code: int
) -> None:
    platform.tell("send", refuses(code))

    assert contact.drain().status == "sent"

    assert (contact.ways(), platform.tokens()) == (["custom", "custom"], 2)


@pytest.mark.parametrize("code", LATER)
def test_a_busy_platform_is_asked_again_later_by_the_same_way(
    contact: Waiting, platform: Vendor, clock: HandClock, code: int
) -> None:
    platform.tell("send", refuses(code))
    push = contact.drain()
    assert (push.status, push.attempts, push.next_try) == ("ready", 1, clock.now() + WAITS[0])

    clock.moment += WAITS[0]
    assert contact.drain().status == "sent"

    assert contact.ways() == ["custom", "custom"]
    assert platform.sends()[0].body == platform.sends()[1].body


def test_what_is_too_much_for_today_goes_another_way_and_nothing_goes_this_way_for_half_an_hour(
    contact: Waiting, platform: Vendor, office: Service, clock: HandClock
) -> None:
    """45009: the attempt does not count, and no other message runs into the same wall."""
    platform.tell("send", refuses(45009))

    push = contact.drain()
    assert (push.status, push.channel) == ("sent", "template")

    another(office, "张伟", clock.now())
    contact.drain()
    clock.moment += PAUSE
    another(office, "张伟", clock.now())
    contact.drain()
    assert contact.ways() == ["custom", "template", "template", "custom"]


def another(office: Service, name: str, now: datetime) -> None:
    with office.store.write() as session:
        person = next(person for person in people.everybody(session) if person.name == name)
        key = f"another {now} {outbox.next_try(session)} {len(outbox.to_person(session, person))}"
        outbox.put(session, person, "said", once_key=key, now=now, not_before=now, facts={"text": key, "buttons": ()})


@pytest.mark.parametrize("code", CLOSED)
def test_a_closed_chat_takes_the_template_and_is_not_tried_again(
    contact: Waiting, platform: Vendor, office: Service, clock: HandClock, code: int
) -> None:
    platform.tell("send", refuses(code))

    push = contact.drain()
    another(office, "张伟", clock.now())
    contact.drain()

    assert (push.status, push.channel) == ("sent", "template")
    assert contact.ways() == ["custom", "template", "template"]


@pytest.mark.parametrize("code", GONE)
def test_an_account_that_reaches_nobody_is_not_tried_by_its_other_ways_and_somebody_calls(
    contact: Waiting, platform: Vendor, code: int
) -> None:
    platform.tell("send", refuses(code))

    push = contact.drain()

    assert (push.status, push.error) == ("dead", f"errcode {code}")
    assert (contact.ways(), contact.called()) == (["custom"], True)


@pytest.mark.parametrize("code", OURS)
def test_what_the_platform_finds_wrong_with_a_message_is_not_sent_like_that_again(
    contact: Waiting, platform: Vendor, code: int
) -> None:
    """Also a code that nobody has heard of."""
    platform.tell("send", refuses(code), times=2)

    push = contact.drain()

    assert (push.status, push.error) == ("dead", f"errcode {code}")
    assert (contact.ways(), contact.called()) == (["custom", "template"], True)


@pytest.mark.parametrize("code", SETUP)
def test_a_wrong_configuration_loses_nothing(contact: Waiting, platform: Vendor, clock: HandClock, code: int) -> None:
    platform.tell("send", refuses(code))

    push = contact.drain()
    assert (push.status, push.error, contact.ways()) == ("ready", f"errcode {code}", ["custom"])

    clock.moment += WAITS[0]
    assert contact.drain().status == "sent"


def test_what_the_platform_says_it_has_already_is_sent(contact: Waiting, platform: Vendor) -> None:
    platform.tell("send", refuses(45065))

    assert contact.drain().status == "sent"

    assert contact.ways() == ["custom"]


@pytest.mark.parametrize("answer", [says(b"<html>Bad Gateway</html>", 502, "text/html"), says(b"", 500)])
def test_an_error_page_is_asked_again_later(
    contact: Waiting, platform: Vendor, clock: HandClock, answer: Any
) -> None:
    platform.tell("send", answer)
    assert contact.drain().status == "ready"

    clock.moment += WAITS[0]

    assert contact.drain().status == "sent"


@pytest.mark.parametrize("answer", [hangs_up, breaks_off])
def test_a_chat_message_of_which_no_answer_was_seen_is_never_sent_again_and_somebody_asks(
    contact: Waiting, platform: Vendor, clock: HandClock, answer: Any
) -> None:
    """L: no answer after the body was sent: never again on the service account, a person asks.

    The service account knows no key against repeats for these.
    """
    platform.tell("send", answer)
    assert contact.drain().status == "unknown"

    clock.moment += 3 * PAUSE
    contact.drain()

    assert (contact.ways(), contact.called()) == (["custom"], True)


@pytest.mark.parametrize("answer", [hangs_up, breaks_off])
def test_a_template_message_of_which_no_answer_was_seen_is_sent_again_with_its_key(
    contact: Waiting, platform: Vendor, clock: HandClock, answer: Any
) -> None:
    platform.tell("send", refuses(45015))
    platform.tell("send", answer)
    contact.drain()

    clock.moment += WAITS[0]
    assert contact.drain().status == "sent"

    assert contact.ways() == ["custom", "template", "template"]
    assert platform.sends()[1].body == platform.sends()[2].body
    assert b"client_msg_id" in platform.sends()[2].body


@pytest.mark.parametrize("code", [45009, 43004, 47003, -1])
def test_a_no_to_a_repeat_says_nothing_of_the_try_before(
    contact: Waiting, platform: Vendor, clock: HandClock, code: int
) -> None:
    """It may have arrived: it is repeated to the byte, or somebody asks; never said anew by another way."""
    platform.tell("send", refuses(45015))
    platform.tell("send", hangs_up)
    contact.drain()
    platform.tell("send", refuses(code))

    for _ in range(3):
        clock.moment += WAITS[0]
        contact.drain()

    bodies = {
        call.body for call in platform.sends() if way_of(call) == "template" and b"o_\xe6\x9e\x97" not in call.body
    }
    assert len(bodies) == 1
    assert set(contact.ways()) == {"custom", "template"}
    assert contact.drain().status in ("sent", "unknown", "ready")


# ---------------------------------------------------------------- WeCom


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_stale_token_of_the_company_is_replaced(member: Waiting, platform: Vendor, code: int) -> None:
    platform.tell("send", refuses(code))

    assert member.drain().status == "sent"

    assert platform.tokens() == 2


@pytest.mark.parametrize("code", [-1, 45011, 45033, 9001002, *MEMBER_SETUP])
def test_what_a_company_can_mend_or_wait_for_loses_nothing(
    member: Waiting, platform: Vendor, clock: HandClock, code: int
) -> None:
    platform.tell("send", refuses(code))
    assert member.drain().status == "ready"

    clock.moment += WAITS[0]

    assert member.drain().status == "sent"


def test_a_company_that_has_sent_enough_waits_without_counting_the_attempt(
    member: Waiting, platform: Vendor, clock: HandClock
) -> None:
    platform.tell("send", refuses(45009))
    push = member.drain()
    assert (push.status, push.attempts, push.next_try) == ("ready", 0, clock.now() + PAUSE)

    clock.moment += PAUSE

    assert member.drain().status == "sent"


@pytest.mark.parametrize("code", [*MEMBER_GONE, *MEMBER_OURS])
def test_a_member_who_cannot_be_reached_is_called(member: Waiting, platform: Vendor, code: int) -> None:
    platform.tell("send", refuses(code))

    assert member.drain().status == "dead"

    assert member.called()


@pytest.mark.parametrize("field", ["invaliduser", "unlicenseduser"])
def test_a_success_that_names_the_member_is_a_failure_of_that_member(
    member: Waiting, platform: Vendor, field: str
) -> None:
    """L: errcode 0 with invaliduser is a failure of that member"""
    platform.tell("send", says({"errcode": 0, "errmsg": "ok", field: "lijianguo", "msgid": "m1"}))

    assert member.drain().status == "dead"

    assert member.called()


@pytest.mark.parametrize("answer", [hangs_up, breaks_off])
def test_a_message_to_a_member_of_which_no_answer_was_seen_is_sent_again_under_the_check_against_repeats(
    member: Waiting, platform: Vendor, clock: HandClock, answer: Any
) -> None:
    """L: no answer after the body was sent to WeCom: again, under its check against repeats"""
    platform.tell("send", answer)
    member.drain()

    clock.moment += WAITS[0]
    assert member.drain().status == "sent"

    first, second = platform.sends()
    assert first.body == second.body
    assert b'"enable_duplicate_check": 1' in first.body


@pytest.mark.parametrize(
    ("table", "tested"),
    [
        (OA, {*AGAIN, *LATER, *CLOSED, *GONE, *OURS, *SETUP, 45009, 45065, 43101}),
        (WECOM, {40014, 42001, -1, 45011, 45033, 9001002, *MEMBER_SETUP, *MEMBER_GONE, *MEMBER_OURS, 45009}),
    ],
)
def test_every_class_of_the_table_is_played(table: str, tested: set[int]) -> None:
    """L: every row of the table of error codes is played against the platform"""
    codes = ErrorCodes.load(table).meaning
    assert {codes[code] for code in tested if code in codes} == set(codes.values())
    assert tested - {987654} <= codes.keys()
    assert Trouble.UNCERTAIN not in codes.values()
