"""Messages that come when they come: an open loop, as the platform delivers.

Every message has a moment at which it is sent, whether or not earlier ones have been answered, and its latency counts
from that moment. As the platform does, what is not answered with 200 within five seconds is cut and sent again, three
times in all, as the same message.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

PATIENCE, ATTEMPTS = 5.0, 3
REMEMBERED = 200


@dataclass
class Delivery:
    """One message: when it was to be sent, and when it was answered with 200 (seconds from the start)."""

    at: float
    answered: float | None = None
    attempts: int = 0

    @property
    def wait(self) -> float | None:
        return None if self.answered is None else self.answered - self.at


@dataclass
class Line:
    """Kept-alive connections to one port."""

    port: int
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, request: bytes) -> int:
        """Send one request; the status of its answer."""
        reader, writer = self._kept() or await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
        except BaseException:
            writer.close()
            raise
        if len(self.idle) < REMEMBERED and b"connection: close" not in head.lower():
            self.idle.append((reader, writer))
        else:
            writer.close()
        return int(head.split(b" ")[1])

    def _kept(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection that the other side has not closed meanwhile."""
        while self.idle:
            reader, writer = self.idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None


def poisson(rate: float, seconds: float, seed: int) -> list[float]:
    """Moments of independent arrivals, so many a second on average."""
    gaps = random.Random(seed)
    moments = itertools.accumulate(gaps.expovariate(rate) for _ in range(round(rate * seconds * 2)))
    return list(itertools.takewhile(lambda moment: moment < seconds, moments))


def deliver(port: int, requests: Sequence[bytes], moments: Sequence[float]) -> list[Delivery]:
    """Send each request at its moment; what became of each."""
    return asyncio.run(_all(port, requests, moments))


async def _all(port: int, requests: Sequence[bytes], moments: Sequence[float]) -> list[Delivery]:
    line, began = Line(port), time.perf_counter()
    deliveries = [Delivery(at) for at in moments]
    tasks = []
    for request, delivery in zip(requests, deliveries, strict=True):
        await asyncio.sleep(max(0.0, began + delivery.at - time.perf_counter()))
        tasks.append(asyncio.create_task(_one(line, request, delivery, began)))
    await asyncio.gather(*tasks)
    return deliveries


async def _one(line: Line, request: bytes, delivery: Delivery, began: float) -> None:
    for _ in range(ATTEMPTS):
        delivery.attempts += 1
        started = time.perf_counter()
        with suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
            if await asyncio.wait_for(line.ask(request), PATIENCE) == 200:
                delivery.answered = time.perf_counter() - began
                return
        await asyncio.sleep(max(0.0, started + PATIENCE - time.perf_counter()))
