"""Real worker processes, ended with SIGKILL in the middle of their calls."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

from bot import rounds
from bot.drill.account import Watch
from bot.drill.traffic import Traffic
from bot.drill.world import World

PROCESSES = 2
KILLS = 6
KILL_ONE_IN = 5
"""One call in so many ends those who make it, until there have been enough."""
MINUTE = timedelta(minutes=1)
PATIENCE = 60.0
"""Real seconds within which what is due must have been done."""


class Hands:
    """Some worker processes; who is killed is replaced when somebody looks."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = Random(world.random.random())
        self._lock = threading.Lock()
        self._alive: list[subprocess.Popen[bytes]] = []
        self.killed = 0

    def replace(self) -> None:
        with self._lock:
            self._alive = [one for one in self._alive if one.poll() is None]
            while len(self._alive) < PROCESSES:
                self._alive.append(self._start())

    def _start(self) -> subprocess.Popen[bytes]:
        world = self._world
        environ = {name: value for name, value in os.environ.items() if not name.startswith("LIANXIN_")}
        told = {"environ": world.environ, "clock": str(world.plan.folder / "clock"), "without": world.plan.without}
        with (world.plan.folder / "hands.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.drill.hand"], stdin=subprocess.PIPE, stdout=log, stderr=log, env=environ
            )
        assert process.stdin is not None
        process.stdin.write(json.dumps(told).encode())
        process.stdin.close()
        return process

    def strike(self) -> bool:
        """Perhaps end everybody now: whoever is calling does not hear the answer. Whether it was done."""
        with self._lock:
            if self.killed >= KILLS or self._random.randrange(KILL_ONE_IN):
                return False
            self.killed += self._kill()
            return True

    def _kill(self) -> int:
        for process in self._alive:
            process.kill()
            process.wait()
        return len(self._alive)

    def end(self) -> None:
        with self._lock:
            self._kill()
            self._alive = []


@contextmanager
def at_work(world: World) -> Iterator[Hands]:
    hands = Hands(world)
    world.storm.kill = hands.strike
    try:
        yield hands
    finally:
        world.storm.kill = lambda: False
        hands.end()


def shift(world: World, traffic: Traffic, watch: Watch, minutes: int, messages: int) -> int:
    """So many minutes with real processes in the workers' place; how many of them were killed."""
    with at_work(world) as hands:
        for minute in range(minutes):
            world.clock.move_to(world.clock.now() + MINUTE)
            traffic.say(messages * (minute + 1) // minutes - messages * minute // minutes)
            world.carrier.deliver()
            _settled(world, hands)
            watch.look()
        return hands.killed


def _settled(world: World, hands: Hands) -> None:
    """Wait until nothing is due any more."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        hands.replace()
        due = rounds.next_due(world.service)
        if due is None or due > world.clock.now():
            return
        time.sleep(0.05)
