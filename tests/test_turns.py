"""Writers of one SQLite file take turns: nobody who comes back at once keeps out whoever waits."""

import fcntl
import threading
from pathlib import Path

import pytest

from store.turns import Turns


def stands_in(turnstile: Path) -> bool:
    """Whether somebody waits as the next one."""
    with turnstile.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.parametrize("apart", [False, True], ids=["one process", "two processes"])
def test_who_has_just_written_queues_behind_whoever_waits(tmp_path: Path, *, apart: bool) -> None:
    ours, order = Turns(tmp_path / "lock"), []
    theirs = Turns(tmp_path / "lock") if apart else ours

    def wait() -> None:
        with theirs:
            order.append("who waited")

    waiting = threading.Thread(target=wait)
    with ours:
        waiting.start()
        while not stands_in(tmp_path / "lock-next"):
            pass
    with ours:
        order.append("who came back")
    waiting.join(10)
    ours.close()
    theirs.close()

    assert order == ["who waited", "who came back"]


def test_an_error_while_writing_gives_the_turn_back(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "lock")

    with pytest.raises(ValueError, match="halfway"), turns:
        raise ValueError("halfway")

    with turns:
        assert not stands_in(tmp_path / "lock-next")
    turns.close()
