"""The web process dies around the commit of a message."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.sim.pusher import Fault, NoAnswer
from tests.crash.house import CONTACT, WORDS, House

pytestmark = pytest.mark.process
ME = f"o_{CONTACT}"
STORED = "INSERT INTO inbox"


def killed_at(house: House, where: str) -> bytes:
    """Somebody writes, and the process that takes it is killed there; what the platform will deliver again."""
    letter = house.letter(CONTACT, WORDS)
    web = house.web(where, STORED)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(house.pusher.push, ME, letter)
        web.stands().kill()
        with pytest.raises(NoAnswer):
            answer.result()
    return letter


def test_before_the_commit_nothing_is_kept_and_the_next_delivery_is_the_first(house: House) -> None:
    """Point 1: nothing is kept; WeChat delivers again, and the message is taken then, once"""
    letter = killed_at(house, "before the commit")

    assert house.inbox() == house.items() == house.pushes() == []
    house.web()
    assert "编号" in (house.pusher.deliver(ME, letter).text or "")
    assert len(house.inbox()) == len(house.items()) == 1


def test_a_message_that_nobody_takes_is_not_lost_silently(house: House) -> None:
    """Point 1: who writes while all is down is told by WeChat that it did not arrive"""
    letter = killed_at(house, "before the commit")

    with pytest.raises(Fault, match="no answer"):
        house.pusher.deliver(ME, letter)

    assert house.inbox() == []


def test_after_the_commit_the_next_delivery_gets_the_answer_that_was_stored(house: House) -> None:
    """Point 2: message, item and answer are kept together; the next delivery gets that answer, nothing is doubled"""
    letter = killed_at(house, "after the commit")

    assert len(house.inbox()) == len(house.items()) == 1
    house.web()
    answer = house.pusher.deliver(ME, letter).text or ""
    assert house.items()[0].number in answer
    assert len(house.inbox()) == len(house.items()) == 1
