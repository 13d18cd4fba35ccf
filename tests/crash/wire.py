"""A line to PostgreSQL that breaks at a commit: before the server hears of it, or before its answer comes back."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.crash.processes import PATIENCE

COMMIT = b"COMMIT\x00"
HOST = "127.0.0.1"


class Wire:
    """Passes everything on until it is armed; then it breaks at the next commit, once."""

    def __init__(self, port: int, arrives: bool, broken: Callable[[], None]) -> None:
        """`arrives`: whether the server commits; `broken`: called at that moment."""
        self._server = port
        self._arrives = arrives
        self._broken = broken
        self._armed = threading.Event()
        self._over = threading.Event()
        self._door = socket.create_server((HOST, 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self) -> None:
        self._armed.set()

    def over(self) -> None:
        """Wait until it has broken, and what was called then has come back."""
        assert self._over.wait(PATIENCE), "nothing was committed"

    def close(self) -> None:
        self._door.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((HOST, self._server))
            except OSError:
                client.close()  # it is down
                continue
            cut = threading.Event()
            threading.Thread(target=self._forth, args=(client, server, cut), daemon=True).start()
            threading.Thread(target=self._back, args=(client, server, cut), daemon=True).start()

    def _forth(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        for data in _pieces(client):
            if COMMIT in data and self._armed.is_set():
                self._armed.clear()
                if not self._arrives:
                    self._break(client, server)
                    return
                cut.set()
            server.sendall(data)
        _hang_up(server)

    def _back(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        for data in _pieces(server):
            if cut.is_set():
                self._break(client, server)
                return
            with suppress(OSError):  # the other direction has broken meanwhile
                client.sendall(data)
        _hang_up(client)

    def _break(self, client: socket.socket, server: socket.socket) -> None:
        self._broken()
        self._over.set()
        _hang_up(client)
        _hang_up(server)


def _pieces(line: socket.socket) -> Iterator[bytes]:
    try:
        while data := line.recv(1 << 16):
            yield data
    except OSError:
        return


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


@contextmanager
def breaking(port: int, arrives: bool, broken: Callable[[], None]) -> Iterator[Wire]:
    made = Wire(port, arrives, broken)
    yield made
    made.close()
