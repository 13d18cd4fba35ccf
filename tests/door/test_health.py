"""`/healthz`: what balancers and people are told."""

from datetime import timedelta

from bot.health import PATIENCE
from tests.desk import Desk
from tests.door.caller import Door, without_welcome


def test_an_idle_service_is_well(own_desk: Desk) -> None:
    answer = Door(own_desk.service).healthz()

    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "queue_age_seconds": 0,
        "waiting_pushes": 0,
        "turned_away": {},
        "failed": 0,
        "late": {},
    }


def test_an_item_nobody_looks_at_for_two_minutes_is_told_with_its_likely_reason(own_desk: Desk) -> None:
    door = Door(own_desk.service)
    own_desk.says("张伟", "我们厂又跳闸了")
    due = own_desk.item().next_check_at
    assert due is not None

    own_desk.clock.moment = due + PATIENCE
    assert door.healthz().status_code == 200

    own_desk.clock.moment += timedelta(seconds=1)
    answer = door.healthz()
    assert (answer.status_code, answer.json["status"], answer.json["queue_age_seconds"]) == (503, "stuck", 121)
    assert "worker" in answer.json["reason"]

    own_desk.work()
    assert door.healthz().status_code == 200


def test_a_push_nobody_sends_for_two_minutes_is_told_too(own_desk: Desk) -> None:
    own_desk.says("张伟", "我们厂又跳闸了")
    own_desk.later(minutes=2)
    own_desk.says("李建国", "办结 001 换了保险")

    own_desk.clock.moment += PATIENCE + timedelta(seconds=1)

    answer = Door(own_desk.service).healthz()
    assert (answer.status_code, answer.json["waiting_pushes"] > 0) == (503, True)


def test_what_is_due_later_is_not_waiting(own_desk: Desk) -> None:
    own_desk.says("张伟", "我们厂又跳闸了")
    own_desk.later(minutes=2)

    assert Door(own_desk.service).healthz().json["queue_age_seconds"] == 0


def test_a_message_we_could_not_handle_is_counted_and_is_no_reason_to_restart(own_desk: Desk) -> None:
    broken = Door(without_welcome(own_desk.service))

    broken.says("o_张伟", MsgType="event", Event="subscribe", EventKey="")

    answer = broken.healthz()
    assert (answer.status_code, answer.json["failed"]) == (200, 1)
