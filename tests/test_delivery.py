"""From the outbox to phones: once, inside hours, by the best way open, and never quietly lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.delivery import LEASE, WAITS, drain
from bot.senders import SendFailed, Trouble
from routing.ladder import tick
from store import outbox, people
from store.tables import Push
from tests.desk import Desk
from tests.door.test_wecom import only_in_directory


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """An urgent item was dispatched; its first push waits for Li Jianguo, who has never written."""
    desk.says("刘洋", "停电两小时了，冷库里的货要坏了")
    return desk


def push_of(desk: Desk, name: str, key: str) -> Push:
    with desk.store.read() as session:
        person = next(person for person in people.everybody(session) if person.name == name)
        found = next(push for push in outbox.to_person(session, person) if push.text_key == key)
        session.expunge_all()
        return found


def sent_to(desk: Desk, name: str) -> list[str]:
    return [body["channel"] for body in desk.phones.sent if body["touser"] == f"o_{name}"]


def test_who_has_just_written_gets_a_chat_message_and_who_has_not_a_template_message(waiting: Desk) -> None:
    waiting.work()

    assert sent_to(waiting, "刘洋") == ["custom"]
    assert sent_to(waiting, "李建国") == ["template"]
    waiting.forget()


def test_the_window_closes_after_five_messages_and_after_two_days(desk: Desk) -> None:
    """L: the sixth message inside the window is not sent that way; another way is chosen"""
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    for note in range(5):
        desk.later(minutes=58)
        desk.says("李建国", f"进展 001 第{note}次上门")
        desk.later(minutes=2, seconds=1)
    assert sent_to(desk, "张伟") == ["custom"] * 5 + ["template"]

    desk.says("张伟", "进度")
    desk.later(days=2, minutes=1)
    desk.until("2026-10-08T09:00:00+08:00")
    desk.says("李建国", "进展 001 换好了")
    desk.later(minutes=1)
    assert sent_to(desk, "张伟")[-1] == "template"
    desk.forget()


def test_without_a_template_nobody_outside_the_window_is_reached_and_the_office_sees_it(desk: Desk) -> None:
    desk.phones.ways = ("custom",)
    desk.says("林晓", "今日")
    desk.says("刘洋", "停电两小时了，冷库里的货要坏了")
    desk.work()

    assert push_of(desk, "李建国", "dispatched_officer").status == "dead"
    told = desk.says("林晓", "未送达") or ""
    assert "李建国" in told
    assert "未送达" in told
    assert "李建国 未送达" in (desk.says("林晓", "查 001") or "")
    assert "没有送达，回“未送达”查看" in (desk.says("林晓", "统计") or "")
    desk.forget()


def test_a_refused_call_is_tried_again_later_and_longer_each_time(waiting: Desk) -> None:
    waiting.phones.fail(Trouble.LATER, 500)
    waiting.work()
    first = push_of(waiting, "李建国", "dispatched_officer")
    assert (first.status, first.attempts) == ("ready", 1)

    waiting.later(hours=30)

    given_up = push_of(waiting, "李建国", "dispatched_officer")
    tried = (push.attempts for push in _all(waiting) if push.status == "ready")
    assert given_up.status == "dead"
    assert max(tried) <= len(WAITS)
    waiting.phones.faults.clear()
    waiting.work()
    waiting.forget()


def test_a_push_that_failed_twice_arrives_once(waiting: Desk) -> None:
    waiting.phones.fail(Trouble.LATER, 6)

    waiting.later(minutes=20)

    assert sent_to(waiting, "李建国").count("template") == 1
    waiting.forget()


def test_a_closed_window_that_we_did_not_know_of_takes_the_other_way(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(seconds=59)
    desk.phones.fail(Trouble.CHANNEL)
    desk.phones.fail(Trouble.CHANNEL)

    desk.later(minutes=5)

    assert sent_to(desk, "张伟") == ["template"]
    desk.forget()


def test_an_unknown_outcome_is_not_sent_again_by_chat_and_the_coordinator_is_told(waiting: Desk) -> None:
    waiting.phones.faults += [SendFailed(Trouble.UNCERTAIN, "ReadTimeout")] * 3

    waiting.work()

    unknown = push_of(waiting, "刘洋", "dispatched_contact")
    assert unknown.status == "unknown"
    assert sent_to(waiting, "刘洋") == []
    assert waiting.pushes_to("林晓") == ["uncertain_push"]
    assert "结果不明" in (waiting.says("林晓", "未送达") or "")
    waiting.later(hours=2)
    assert sent_to(waiting, "刘洋") == []
    waiting.forget()


def test_an_unknown_outcome_of_a_template_message_is_sent_again_with_the_same_bytes(waiting: Desk) -> None:
    waiting.phones.faults += [SendFailed(Trouble.UNCERTAIN, "ReadTimeout")]
    waiting.work()
    body = push_of(waiting, "李建国", "dispatched_officer").body or {}

    waiting.later(minutes=3)

    again = [sent for sent in waiting.phones.sent if sent["touser"] == "o_李建国"]
    assert [sent["client_msg_id"] for sent in again] == [body["client_msg_id"]]
    assert again[0]["data"] == body["data"]
    waiting.forget()


def test_a_refusal_of_a_repeat_does_not_take_away_the_doubt_about_the_call_before(waiting: Desk) -> None:
    waiting.phones.faults += [SendFailed(Trouble.UNCERTAIN, "ReadTimeout")]
    waiting.work()
    waiting.phones.faults += [SendFailed(Trouble.LATER, "errcode -1")] * 2

    waiting.later(minutes=25)  # the platform has long forgotten what it may have shown

    assert push_of(waiting, "李建国", "dispatched_officer").status == "unknown"
    assert sent_to(waiting, "李建国") == []
    waiting.forget()


@pytest.mark.parametrize("refusal", [Trouble.CHANNEL, Trouble.DROP])
def test_what_may_have_arrived_does_not_go_by_another_way(waiting: Desk, refusal: Trouble) -> None:
    waiting.phones.faults += [SendFailed(Trouble.UNCERTAIN, "ReadTimeout")]
    waiting.work()
    waiting.phones.faults += [SendFailed(refusal, "no")]

    waiting.later(minutes=25)

    assert push_of(waiting, "李建国", "dispatched_officer").status == "unknown"
    assert sent_to(waiting, "李建国") == []
    waiting.forget()


def test_a_doubt_at_closing_time_is_not_resolved_at_night(desk: Desk) -> None:
    desk.until("2026-09-28T17:57:30+08:00")
    desk.says("张伟", "我们厂又跳闸了")
    desk.phones.faults += [SendFailed(Trouble.UNCERTAIN, "ReadTimeout")] * 20
    desk.until("2026-09-28T17:59:50+08:00")
    desk.phones.faults.clear()

    desk.until("2026-09-28T23:00:00+08:00")

    assert push_of(desk, "李建国", "dispatched_officer").status == "unknown"
    assert desk.phones.sent == []
    desk.until("2026-09-29T09:00:00+08:00")
    assert "uncertain_push" in desk.pushes_to("林晓")
    desk.forget()


def test_a_sender_that_died_between_call_and_mark_leaves_a_visible_doubt(desk: Desk) -> None:
    class Died(BaseException):
        """The process is gone: nothing after the call happens."""

    class Dying:
        def channels(self) -> tuple[str, ...]:
            return ("custom",)

        def send(self, channel: str, body: dict[str, object]) -> str:
            raise Died

    desk.says("张伟", "我们厂又跳闸了")
    desk.says("林晓", "今日")
    desk.until(desk.clock.now() + timedelta(seconds=59))
    desk.clock.moment += timedelta(seconds=30)
    _tick(desk)
    with pytest.raises(Died):
        drain(desk.service, Dying(), "", "dead worker")

    desk.clock.moment += LEASE
    desk.later(minutes=5)

    doubts = [push for push in _all(desk) if push.status == "unknown"]
    assert len(doubts) == 1
    assert "uncertain_push" in desk.pushes_to("林晓")
    desk.forget()


def _tick(desk: Desk) -> None:
    tick(desk.store, desk.service.policy, desk.clock.now())


def _all(desk: Desk) -> list[Push]:
    with desk.store.read() as session:
        found = [push for person in people.everybody(session) for push in outbox.to_person(session, person)]
        session.expunge_all()
        return found


def test_two_drains_at_once_send_nothing_twice(waiting: Desk) -> None:
    _tick(waiting)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: drain(waiting.service, waiting.phones, "template-id", f"worker {n}"), range(4)))

    keys = [body.get("client_msg_id") or str(body) for body in waiting.phones.sent]
    assert len(keys) == len(set(keys)) > 2
    waiting.forget()


def test_a_reminder_for_what_has_moved_on_is_dropped(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.until("2026-09-28T14:00:00+08:00")
    desk.forget()
    desk.phones.fail(Trouble.LATER, 1)
    desk.until("2026-09-28T14:31:30+08:00")  # the reminder to sign could not be sent

    desk.says("李建国", "签收 001")
    desk.later(hours=1)

    assert push_of(desk, "李建国", "remind_sign").status == "cancelled"
    assert desk.pushes_to("张伟") == ["signed_contact"]


def test_several_reminders_for_one_person_become_one_message(desk: Desk) -> None:
    for name in ("张伟", "刘洋", "陈晨"):
        desk.says(name, "厂里老是跳闸")
    desk.later(minutes=2)
    desk.forget()
    before = len(desk.phones.sent)

    desk.until("2026-09-29T09:30:00+08:00")

    reminders = [body for body in desk.phones.sent[before:] if body["touser"] == "o_李建国"]
    assert len(reminders) == 3  # one in the afternoon; in the morning the day's list, then one for all three
    assert "共3件" in reminders[0]["data"]["thing5"]["value"]
    assert desk.pushes_to("李建国") == ["remind_sign"] * 3 + ["remind_sign_late"] * 3
    desk.forget()


def test_what_travelled_with_a_message_that_nobody_needs_any_more_goes_without_it(desk: Desk) -> None:
    for name in ("张伟", "刘洋"):
        desk.says(name, "厂里老是跳闸")
    desk.later(minutes=2)
    desk.until("2026-09-28T14:00:00+08:00")
    desk.phones.fail(Trouble.LATER, 1)
    desk.until("2026-09-28T14:31:30+08:00")  # both reminders to sign go in one message, which is refused for now
    assert push_of(desk, "李建国", "remind_sign").status == "ready"
    desk.forget()
    before = len(desk.phones.sent)

    desk.says("李建国", "签收 001")
    desk.later(minutes=2)

    bodies = [body for body in desk.phones.sent[before:] if body["touser"] == "o_李建国"]
    assert [body["data"]["character_string1"]["value"][-4:] for body in bodies] == ["-002"]
    desk.forget()


def test_a_doubtful_message_is_not_repeated_when_nobody_needs_it_any_more(desk: Desk) -> None:
    desk.says("张伟", "厂里老是跳闸")
    desk.phones.fail(Trouble.UNCERTAIN, 10)
    desk.later(minutes=1, seconds=5)
    desk.phones.faults.clear()
    desk.forget()
    assert push_of(desk, "李建国", "dispatched_officer").status == "sending"

    desk.says("张伟", "撤回 001")
    desk.later(minutes=5)

    assert push_of(desk, "李建国", "dispatched_officer").status == "cancelled"
    assert desk.pushes_to("李建国") == ["withdrawn_officer"]
    assert "李建国｜" not in (desk.says("林晓", "未送达") or "")
    desk.forget()


def test_of_what_wecom_remembers_an_hour_is_left_in_case_the_clock_was_set_back(waiting: Desk) -> None:
    waiting.phones.ways = ("wecom",)
    only_in_directory(waiting, "李建国", "李建国")
    waiting.phones.fail(Trouble.UNCERTAIN, 10)
    waiting.work()
    waiting.phones.faults.clear()
    assert push_of(waiting, "李建国", "dispatched_officer").status == "sending"

    waiting.clock.moment += timedelta(hours=3)
    waiting.work()

    dispatched = push_of(waiting, "李建国", "dispatched_officer")
    assert (dispatched.status, dispatched.attempts) == ("unknown", 1)
    waiting.forget()


class Held:
    """A worker that is held up right after it has taken a push: by so long, and others are at work meanwhile."""

    def __init__(self, desk: Desk, length: timedelta, then: Callable[[], None] = lambda: None) -> None:
        self._desk = desk
        self._then = then
        self._length = length
        self.service = replace(desk.service, lease=self._lease, clock=self)
        self._held = self._taken = False

    def _lease(self, session: Session, owner: str, now: datetime, length: timedelta) -> Push | None:
        self._taken = True
        return outbox.lease(session, owner, now, length)

    def now(self) -> datetime:
        if self._taken and not self._held:
            self._held = True
            self._desk.clock.moment += self._length
            self._desk.work()
            self._then()
        return self._desk.clock.now()

    def drain(self) -> None:
        drain(self.service, self._desk.phones, "template-id", "held up")


def test_a_worker_that_was_held_up_past_its_lease_leaves_it_to_whoever_has_it_now(waiting: Desk) -> None:
    tick(waiting.store, waiting.service.policy, waiting.clock.now())
    said_by_the_other: list[str] = []

    Held(waiting, LEASE + timedelta(seconds=1), lambda: said_by_the_other.extend(sent_to(waiting, "李建国"))).drain()

    assert said_by_the_other == sent_to(waiting, "李建国") == ["template"]
    assert push_of(waiting, "李建国", "dispatched_officer").attempts == 2
    waiting.forget()


def test_a_worker_that_was_held_up_past_closing_time_sends_it_in_the_morning(desk: Desk) -> None:
    desk.until("2026-09-28T17:57:50+08:00")
    desk.says("张伟", "我们厂又跳闸了")
    desk.clock.moment += timedelta(seconds=100)
    tick(desk.store, desk.service.policy, desk.clock.now())

    Held(desk, timedelta(seconds=40)).drain()
    assert desk.phones.sent == []

    desk.until("2026-09-29T08:31:00+08:00")
    assert "dispatched_officer" in desk.pushes_to("李建国")
    assert push_of(desk, "李建国", "dispatched_officer").attempts == 1
    desk.forget()
