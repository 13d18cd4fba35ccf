"""The worker dies around the commit of a tick, or two of them tick at once."""

from collections.abc import Callable

import pytest

from tests.crash.house import CONTACT, OFFICER, WORDS, House
from tests.crash.processes import Victim
from tests.processes import until

pytestmark = pytest.mark.process
REMINDER = "remind_sign"
REMINDED = "UPDATE reminder"
AT = "2026-09-28T14:32:00+08:00"
"""The officer has not signed for three and a half hours of work: he is reminded."""


@pytest.fixture
def due(house: House) -> House:
    """One reminder is due, and nothing else."""
    return with_due_reminder(house)


def with_due_reminder(house: House) -> House:
    house.says(CONTACT, WORDS)
    house.wait(minutes=2)
    house.process().do("work")
    house.until(AT)
    return house


def reminded(house: House) -> list[str]:
    return [push.status for push in house.pushes(REMINDER)]


def works_until(worker: Victim, true: Callable[[], bool], what: str) -> None:
    """Rounds without a step of the clock: what a killed process held is let go a moment after its end."""
    until(lambda: worker.do("work") or true(), what)


def test_a_tick_that_dies_before_its_commit_has_done_nothing(due: House) -> None:
    """Point 4: nothing is kept, the item stays due, the next tick reminds once"""
    worker = due.process("before the commit", REMINDED)
    worker.begin("tick")
    worker.stands().kill()

    assert due.pushes(REMINDER) == []
    assert due.items()[0].next_check_at <= due.clock.now()
    works_until(due.process(), lambda: reminded(due) == ["sent"], "the reminder")
    assert len(due.shown(OFFICER, "template")) == 2  # dispatched, reminded


def test_what_a_tick_has_committed_is_sent_by_whoever_comes(due: House) -> None:
    """Point 5: the reminder stands in the outbox, and any worker sends it, once"""
    worker = due.process("after the commit", REMINDED)
    worker.begin("tick")
    worker.stands().kill()

    assert reminded(due) == ["ready"]
    for _ in range(2):
        due.process().do("work")
    assert reminded(due) == ["sent"]
    assert len(due.shown(OFFICER, "template")) == 2


@pytest.mark.parametrize("end", [Victim.go_on, Victim.kill])
def test_two_ticks_at_once_remind_once(due: House, end: Callable[[Victim], None]) -> None:
    """Point 6: of two ticks at once one reminds, also where the other is killed with the item in its hands"""
    first, second = due.process("before the commit", REMINDED), due.process()
    first.begin("tick")
    first.stands()

    second.begin("tick")
    end(first)

    assert second.done() == ""
    works_until(second, lambda: reminded(due) == ["sent"], "the reminder")
    assert len(due.shown(OFFICER, "template")) == 2
