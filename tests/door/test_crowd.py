"""Too many messages at once: each is stored and acknowledged, and understood as soon as there is time."""

import threading
from dataclasses import replace

from bot import crowd, later, worker
from store import inbox
from store.tables import Push
from tests.desk import Desk
from tests.door.caller import Door, message, opened, sealed
from tests.statements import listening

PROBLEM = {"MsgType": "text", "Content": "我们厂又跳闸了，这周第三次，设备都停了"}
FIRE = {"MsgType": "text", "Content": "三车间着火了，快来救火"}


def crowded(door: Door) -> Door:
    return Door(replace(door.service, crowded=lambda: True))


def told(door: Door, person: str, **fields: object) -> str:
    return opened(door.post(sealed(message(person, door.at, **fields), door.at)))["Content"]


def waiting(door: Door, person: str) -> int:
    return sum(row.waiting for row in door.inbox(person))


def answers(house: Desk, person: str) -> list[str]:
    """What was said to them apart from the replies."""
    with house.store.read() as session:
        mine = session.query(Push).join(Push.person).filter(Push.text_key == "said").order_by(Push.id)
        return [str(push.facts["text"]) for push in mine]


def test_a_message_in_a_crowd_is_stored_and_its_number_follows(door: Door, house: Desk, somebody: str) -> None:
    """H: what would take too long is stored and answered at once; what it comes to follows"""
    reply = told(crowded(door), somebody, **PROBLEM)

    assert "已收到" in reply
    assert "119" in reply
    assert waiting(door, somebody) == 1
    assert door.items(somebody) == []

    later.understand(door.service)

    (item,) = door.items(somebody)
    assert waiting(door, somebody) == 0
    assert item.text == PROBLEM["Content"]
    assert any(item.number in said for said in answers(house, somebody))


def test_delivered_again_it_is_still_one_message_with_one_answer(door: Door, somebody: str) -> None:
    """H: delivered again while it waits it is still one message with one answer"""
    inside, full = message(somebody, door.at, **PROBLEM), crowded(door)
    first = opened(full.post(sealed(inside, door.at, "n1")))

    again = opened(full.post(sealed(inside, door.at + 5, "n2")))
    later.understand(door.service)
    after = opened(door.post(sealed(inside, door.at + 10, "n3")))

    assert first == again == after
    assert len(door.items(somebody)) == len(door.inbox(somebody)) == 1


def test_delivered_again_in_a_crowd_it_keeps_no_writer_waiting(door: Door, somebody: str) -> None:
    inside, full = message(somebody, door.at, **PROBLEM), crowded(door)
    first = opened(full.post(sealed(inside, door.at, "n1")))

    with listening(door.service.store.engine) as asked:
        again = opened(full.post(sealed(inside, door.at + 5, "n2")))

    said = [statement for statement, _ in asked]
    assert first == again
    assert said
    assert [each for each in said if each != "BEGIN" and not each.startswith("SELECT")] == []


def test_an_alarm_never_waits(door: Door, somebody: str) -> None:
    reply = told(crowded(door), somebody, **FIRE)

    assert "119" in reply
    (item,) = door.items(somebody)
    assert item.number in reply
    assert item.kind == "emergency"


def test_what_somebody_says_next_does_not_overtake_what_waits(door: Door, somebody: str) -> None:
    told(crowded(door), somebody, **PROBLEM)

    told(door, somebody, MsgType="text", Content="撤回")
    assert waiting(door, somebody) == 2
    later.understand(door.service)

    (item,) = door.items(somebody)
    assert item.state == "withdrawn"


def test_what_waits_is_seen_by_the_health_check(door: Door, somebody: str) -> None:
    told(crowded(door), somebody, **PROBLEM)

    with door.service.store.read() as session:
        assert inbox.oldest_waiting(session) is not None
    later.understand(door.service)
    with door.service.store.read() as session:
        assert inbox.oldest_waiting(session) is None


def test_what_waits_is_understood_before_items_are_looked_at_but_not_for_ever(own_desk: Desk) -> None:
    door = Door(own_desk.service)
    told(door, "o_张伟", **PROBLEM)
    own_desk.clock.moment += own_desk.service.intake.at_most * 2
    told(crowded(door), "o_刘洋", MsgType="text", Content="缺二十名分拣工，订单赶不出来")

    worker.timed_tick(own_desk.service)
    assert own_desk.item().state == "registered"

    own_desk.clock.moment += later.FIRST
    worker.timed_tick(own_desk.service)
    assert own_desk.item().state == "assigned"
    assert waiting(door, "o_刘洋") == 1


def test_when_all_is_understood_items_are_looked_at(own_desk: Desk) -> None:
    told(crowded(Door(own_desk.service)), "o_张伟", **PROBLEM)
    later.understand(own_desk.service)
    own_desk.clock.moment += own_desk.service.intake.at_most * 2

    worker.timed_tick(own_desk.service)

    assert own_desk.item().state == "assigned"


def test_a_thread_knows_how_long_its_work_has_waited() -> None:
    now, begun, go = [100.0], threading.Event(), threading.Event()
    threads = crowd.Threads(1, clock=lambda: now[0])

    def hold() -> bool:
        begun.set()
        go.wait(10)
        return crowd.too_long()

    first = threads.submit(hold)
    begun.wait(10)
    second, third = threads.submit(crowd.too_long), threads.submit(crowd.too_long)
    now[0] += crowd.TOO_LONG + 0.1
    go.set()

    assert first.result(10) is False
    assert second.result(10) is True
    assert third.result(10) is True
    assert threads.submit(crowd.too_long).result(10) is False
    threads.shutdown()
