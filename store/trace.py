"""Which request is being answered: told in every line of the log, and kept with the pushes it causes."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SHAPE = re.compile(r"[0-9A-Za-z-]{8,64}")
"""What the proxy may call a request; anything else could forge lines of the log."""
_request: ContextVar[str] = ContextVar("request", default="")


def current() -> str:
    """The name of the request at hand; "" outside any."""
    return _request.get()


def named(said: str | None) -> str:
    """The name a request came with, or a new one."""
    return said if said and SHAPE.fullmatch(said) else secrets.token_hex(8)


@contextmanager
def of(request: str) -> Iterator[None]:
    """What is done in the block belongs to this request."""
    before = _request.set(request)
    try:
        yield
    finally:
        _request.reset(before)
