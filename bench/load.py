"""Sends requests over kept-alive loopback connections and times each answer."""

import socket
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CONNECTIONS = 16
Taken = Callable[[bytes, bytes], bool]


@dataclass(frozen=True)
class Burst:
    """What one burst of messages took."""

    count: int
    seconds: float
    waits: list[float]

    @property
    def per_second(self) -> float:
        return self.count / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds within which so many of a hundred were answered."""
        return statistics.quantiles(self.waits, n=100)[percent - 1] * 1000


def sealed(head: bytes, body: bytes) -> bool:
    """Whether a message was taken: answered by a sealed reply or "success"."""
    return head.startswith(b"HTTP/1.1 200") and (b"<Encrypt>" in body or body == b"success")


def burst(port: int, requests: Sequence[bytes], taken: Taken = sealed) -> Burst:
    """Send all of them over a few connections at once. Raises when one is not answered as it should be."""
    left, waits, failures = deque(requests), [], []

    def connection() -> None:
        try:
            waits.extend(_one_connection(port, left, taken))
        except (OSError, ValueError) as error:
            failures.append(error)

    threads = [threading.Thread(target=connection) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{len(failures)} connections failed") from failures[0]
    return Burst(len(requests), time.perf_counter() - began, waits)


def _one_connection(port: int, left: deque[bytes], taken: Taken) -> list[float]:
    waits = []
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while left:
            try:
                request = left.popleft()
            except IndexError:
                break
            began = time.perf_counter()
            line.sendall(request)
            _read_answer(line, taken)
            waits.append(time.perf_counter() - began)
    return waits


def _read_answer(line: socket.socket, taken: Taken) -> None:
    """Read one answer to its end. Raises ValueError unless it says that the message was taken."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(line)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += _more(line)
    if not taken(head, body):
        raise ValueError(head.split(b"\r\n")[0].decode())


def _more(line: socket.socket) -> bytes:
    got = line.recv(65536)
    if not got:
        raise ValueError("the line was closed")
    return got
