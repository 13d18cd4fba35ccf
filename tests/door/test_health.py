"""`/healthz`: what balancers and people are told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.health import PATIENCE
from store.migrate import migrate
from tests.desk import Desk
from tests.door.caller import Door, without_welcome


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A house of its own: here the clock moves."""
    url = f"sqlite:///{tmp_path / 'house.db'}"
    migrate(url)
    desk = Desk(url)
    yield desk
    desk.forget()
    desk.close()


def test_an_idle_service_is_well(desk: Desk) -> None:
    answer = Door(desk.service).healthz()

    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "queue_age_seconds": 0,
        "waiting_pushes": 0,
        "turned_away": {},
        "failed": 0,
        "late": {},
    }


def test_an_item_nobody_looks_at_for_two_minutes_is_told_with_its_likely_reason(desk: Desk) -> None:
    door = Door(desk.service)
    desk.says("张伟", "我们厂又跳闸了")
    due = desk.item().next_check_at
    assert due is not None

    desk.clock.moment = due + PATIENCE
    assert door.healthz().status_code == 200

    desk.clock.moment += timedelta(seconds=1)
    answer = door.healthz()
    assert (answer.status_code, answer.json["status"], answer.json["queue_age_seconds"]) == (503, "stuck", 121)
    assert "worker" in answer.json["reason"]

    desk.work()
    assert door.healthz().status_code == 200


def test_a_push_nobody_sends_for_two_minutes_is_told_too(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.says("李建国", "办结 001 换了保险")

    desk.clock.moment += PATIENCE + timedelta(seconds=1)

    answer = Door(desk.service).healthz()
    assert (answer.status_code, answer.json["waiting_pushes"] > 0) == (503, True)


def test_what_is_due_later_is_not_waiting(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)

    assert Door(desk.service).healthz().json["queue_age_seconds"] == 0


def test_a_message_we_could_not_handle_is_counted_and_is_no_reason_to_restart(desk: Desk) -> None:
    broken = Door(without_welcome(desk.service))

    broken.says("o_张伟", MsgType="event", Event="subscribe", EventKey="")

    answer = broken.healthz()
    assert (answer.status_code, answer.json["failed"]) == (200, 1)
