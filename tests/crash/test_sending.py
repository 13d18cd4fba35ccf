"""The worker dies, freezes or is left without an answer around a call to the platform.

Reminders go by template messages, which the platform drops when they come again within ten minutes. News for the
enterprise goes into the chat, where it drops nothing: what may have arrived is never sent again there.
"""

import pytest

from bot.delivery import LEASE
from tests.crash.house import CONTACT, COORDINATOR, OFFICER, WORDS, House
from tests.crash.processes import Victim
from tests.crash.test_tick import REMINDER, with_due_reminder, works_until

pytestmark = pytest.mark.process
LEASED = "UPDATE outbox"
NEWS = "signed_contact"
PAST_LEASE = LEASE.total_seconds() + 1


@pytest.fixture
def due(house: House) -> House:
    """The reminder is in the outbox, and nothing else waits."""
    with_due_reminder(house).process().do("tick")
    house.line.sent.clear()
    return house


@pytest.fixture
def told(house: House) -> House:
    """The enterprise is about to be told that its officer has signed, and nothing else waits."""
    house.says(CONTACT, WORDS)
    house.wait(minutes=2)
    worker = house.process()
    worker.do("work")
    house.wait(hours=1)
    house.says(OFFICER, "签收 001")
    assert [push.text_key for push in house.pushes() if push.status == "ready"] == [NEWS]
    house.line.sent.clear()
    return house


def state(house: House, key: str = REMINDER) -> tuple[str, int]:
    (push,) = house.pushes(key)
    return push.status, push.attempts


def stopped(house: House, where: str, written: str = "") -> Victim:
    worker = house.process(where, written)
    worker.begin("work")
    return worker.stands()


def reminders(house: House) -> int:
    """How often the officer has read the reminder; the first message told him of the item."""
    return len(house.shown(OFFICER, "template")) - 1


def test_a_sender_that_dies_before_its_call_is_followed_by_another_after_its_lease(due: House) -> None:
    """Point 7: what was taken and not yet sent is sent when the lease of two minutes is over, once"""
    stopped(due, "before the call").kill()

    assert (state(due), due.line.sent) == (("sending", 1), [])
    worker = due.process()
    worker.do("work")
    assert due.line.sent == []
    due.wait(seconds=PAST_LEASE)
    worker.do("work")
    assert (state(due), reminders(due)) == (("sent", 2), 1)


def test_a_sender_that_dies_after_its_call_repeats_it_to_the_byte(due: House) -> None:
    """Point 8: the same bytes again after the lease; the platform drops the repeat, and it is read once"""
    stopped(due, "after the call").kill()

    assert (state(due), reminders(due)) == (("sending", 1), 1)
    due.wait(seconds=PAST_LEASE)
    due.process().do("work")
    first, again = due.line.sent
    assert first == again
    assert (state(due), reminders(due)) == (("sent", 2), 1)


@pytest.mark.parametrize(("where", "read"), [("before the call", 0), ("after the call", 1)])
def test_what_may_have_been_said_in_the_chat_is_not_said_again(told: House, where: str, read: int) -> None:
    """Point 8: in the chat, where the platform drops no repeats, it is not said again; the office is told to call"""
    stopped(told, where).kill()

    told.wait(seconds=PAST_LEASE)
    told.process().do("work")
    assert state(told, NEWS) == ("unknown", 1)
    assert len(told.shown(CONTACT, "custom")) == 1 + read
    assert [push.status for push in told.pushes("uncertain_push")] == ["sent"]
    assert CONTACT in told.says(COORDINATOR, "未送达")


def test_what_nobody_can_know_any_more_is_not_sent_and_the_next_round_comes(due: House) -> None:
    """Point 9: after the ten minutes in which the platform drops repeats nothing is sent blindly; the office sees it,
    and the next reminder comes all the same"""
    stopped(due, "after the call").kill()

    due.wait(minutes=11)
    worker = due.process()
    worker.do("work")
    assert (state(due), reminders(due)) == (("unknown", 1), 1)
    assert OFFICER in due.says(COORDINATOR, "未送达")
    due.until("2026-09-29T09:03:00+08:00")
    worker.do("work")
    assert state(due, "remind_sign_late")[0] == "sent"
    assert (state(due), reminders(due)) == (("unknown", 1), 2)


def test_an_answer_that_is_lost_leads_to_the_same_bytes_again(due: House) -> None:
    """Point 10: an answer that is lost leads to the same bytes again, and it is read once"""
    due.faults.order("template", {"drop": True}, 1)
    worker = due.process()
    worker.do("work")
    assert (state(due), reminders(due)) == (("sending", 1), 1)

    due.wait(minutes=1)
    worker.do("work")

    first, again = due.line.sent
    assert first == again
    assert (state(due), reminders(due)) == (("sent", 2), 1)


def test_a_process_that_dies_while_it_waits_for_the_answer_is_followed_by_another(due: House) -> None:
    """Point 10: so does the end of the process that waits for the answer"""
    due.line.hold()
    worker = due.process()
    worker.begin("work")
    due.line.taken()
    worker.kill()
    due.line.release()

    due.wait(seconds=PAST_LEASE)
    due.process().do("work")

    first, again = due.line.sent
    assert first == again
    assert (state(due), reminders(due)) == (("sent", 2), 1)


@pytest.mark.parametrize("answer", ["accepted", "refused"])
def test_a_sender_that_slept_past_its_lease_has_no_say_any_more(due: House, answer: str) -> None:
    """Point 11: who wakes after its lease finds another's mark, and its own is ignored; it is read once"""
    if answer == "refused":
        due.faults.order("template", {"errcode": 43004}, 1)
    due.line.hold()
    asleep = due.process()
    asleep.begin("work")
    due.line.taken()
    asleep.freeze()

    due.wait(seconds=PAST_LEASE)
    due.process().do("work")
    marked = due.pushes(REMINDER)[0]
    due.wait(seconds=30)
    due.line.release()
    asleep.thaw()

    assert asleep.done() == ""
    now = due.pushes(REMINDER)[0]
    assert marked.status == now.status == "sent"
    assert (now.sent_at, now.attempts, now.channel) == (marked.sent_at, 2, "template")
    assert reminders(due) == 1


def test_a_sender_that_slept_before_its_call_leaves_it_to_the_other(due: House) -> None:
    """Point 11: who wakes before its call looks at its lease first, and leaves the call to the one who has it now"""
    asleep = stopped(due, "after the commit", LEASED)
    asleep.freeze()

    due.wait(seconds=PAST_LEASE)
    due.process().do("work")
    due.wait(minutes=11)
    asleep.thaw()
    asleep.go_on()

    assert asleep.done() == ""
    assert (state(due), reminders(due), len(due.line.sent)) == (("sent", 2), 1, 1)


def test_a_sender_that_slept_alone_takes_it_anew(told: House) -> None:
    """Point 11: where nobody has it, it is taken anew by the rules of that moment, for nothing was sent yet"""
    asleep = stopped(told, "after the commit", LEASED)
    asleep.freeze()
    told.wait(minutes=20)
    asleep.thaw()
    asleep.go_on()

    assert asleep.done() == ""
    assert state(told, NEWS) == ("sent", 1)
    assert len(told.shown(CONTACT, "custom")) == 2


def test_an_item_that_ends_before_its_reminder_is_sent_reminds_nobody(due: House) -> None:
    """Point 12: what an item no longer needs when it would be sent is dropped"""
    stopped(due, "before the commit", LEASED).kill()
    due.says(CONTACT, "撤回 001")

    works_until(due.process(), lambda: state(due)[0] == "cancelled", "the end of the reminder")

    assert [text for text in due.shown(OFFICER) if "还没签收" in text] == []
