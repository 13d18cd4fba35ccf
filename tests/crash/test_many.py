"""Two web processes and two workers on one PostgreSQL, in peace, and while it is killed again and again."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from random import Random
from typing import NamedTuple

import pytest
from sqlalchemy import select

from bot.sim.pusher import NoAnswer
from store.tables import Fragment
from tests.crash.house import House
from tests.crash.processes import Victim
from tests.postgres import Postgres
from tests.processes import free_port, until

pytestmark = pytest.mark.process
NAMES = ("张伟", "刘洋", "陈晨", "杨帆", "黄磊", "徐静")
FIRST = ("我们厂又跳闸了", "门口的路灯坏了")
SECOND = ("招不到工人", "银行贷款利率太高")


class Letter(NamedTuple):
    """What the platform has to deliver."""

    openid: str
    plain: bytes


def letters(house: House, said: tuple[str, ...]) -> list[Letter]:
    return [Letter(f"o_{name}", house.letter(name, words)) for words in said for name in NAMES]


@pytest.fixture
def doors(on_server: House) -> list[int]:
    """Where two web processes stand."""
    found = [free_port(), free_port()]
    for port in found:
        on_server.process().do("serve", port)
    return found


@pytest.fixture
def workers(on_server: House) -> list[Victim]:
    return [on_server.process(), on_server.process()]


def test_two_of_each_lose_nothing_and_double_nothing(
    on_server: House, doors: list[int], workers: list[Victim]
) -> None:
    """Point 6: two web processes and two workers on one database: what is delivered three times at once is taken
    once, and each push leaves once"""
    said = letters(on_server, FIRST + SECOND)
    deliveries = [(letter, door) for letter in said for door in (*doors, doors[0])]
    Random(1).shuffle(deliveries)

    with at_work(workers), ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda one: _reply(on_server, *one), deliveries))

    answers = {(letter, reply) for (letter, _), reply in zip(deliveries, replies, strict=True)}
    assert len(answers) == len(said)  # one each, however often and wherever it came
    _go_on(on_server, workers)
    taken_once(on_server, FIRST + SECOND)
    assert Counter(on_server.line.sent).most_common(1)[0][1] == 1
    sent = [push for push in on_server.pushes() if push.status == "sent" and push.digest_id is None]
    assert len(on_server.line.sent) == len(sent) > len(said)


def test_a_database_killed_under_load_loses_nothing_and_doubles_nothing(
    on_server: House, mortal: Postgres, doors: list[int], workers: list[Victim]
) -> None:
    """Point 3: killed twice with messages coming in and reminders going out, it loses nothing and doubles nothing"""
    for letter in letters(on_server, FIRST):
        _reply(on_server, letter, doors[0])
    on_server.wait(minutes=6)  # all of it is to be handed to somebody, and told
    taken = threading.Semaphore(0)
    ways = cycle(doors)

    def until_taken(letter: Letter) -> None:
        until(lambda: _taken(on_server, letter, next(ways)), "an answer")
        taken.release()

    with at_work(workers) as troubles, ThreadPoolExecutor(4) as pool:
        coming = [pool.submit(until_taken, letter) for letter in letters(on_server, SECOND)]
        for _ in range(2):
            for _ in range(3):
                assert taken.acquire(timeout=60)
            mortal.kill9()
            mortal.start()
        for one in coming:
            one.result()

    assert troubles <= {"OperationalError", "PendingRollbackError"}  # the line broke, perhaps inside a savepoint
    _go_on(on_server, workers)
    taken_once(on_server, FIRST + SECOND)


def _reply(house: House, letter: Letter, door: int) -> str | None:
    pusher = house.pusher_to(door)
    return pusher.read(pusher.push(letter.openid, letter.plain).body, letter.openid).text


def _taken(house: House, letter: Letter, door: int) -> bool:
    try:
        return house.pusher_to(door).push(letter.openid, letter.plain).status == 200
    except NoAnswer:
        return False


@contextmanager
def at_work(workers: list[Victim]) -> Iterator[set[str]]:
    """Both work, round after round; by what rounds were ended."""
    over, troubles = threading.Event(), set[str]()

    def rounds(worker: Victim) -> None:
        while not over.is_set():
            troubles.add(worker.do("work"))
        troubles.discard("")

    with ThreadPoolExecutor(len(workers)) as pool:
        begun = [pool.submit(rounds, worker) for worker in workers]
        try:
            yield troubles
        finally:
            over.set()
        for one in begun:
            one.result()


def _go_on(house: House, workers: list[Victim]) -> None:
    """Some hours of work by both at once."""
    for hours in (0.05, 1, 1, 1, 1, 1):
        house.wait(hours=hours)
        for worker in workers:
            worker.begin("work")
        assert [worker.done() for worker in workers] == ["", ""]


def taken_once(house: House, said: tuple[str, ...]) -> None:
    """Each message is there once and was understood, its words are kept once, and nobody has read anything twice."""
    assert [row.failed for row in house.inbox()] == [False] * len(said) * len(NAMES)
    kept = Counter(house.rows(select(Fragment.text)))
    assert kept == dict.fromkeys(said, len(NAMES))
    for phone in {entry["phone"] for entry in house.phones.everything()}:
        shown = Counter(house.shown(phone))
        assert [text for text, times in shown.items() if times > 1] == []
    waiting = [push for push in house.pushes() if push.status in ("ready", "sending")]
    assert [push for push in waiting if push.next_try <= house.clock.now()] == []
