"""What every door checks before anything is read: size, signature, freshness, seal."""

import logging
import re
import time
from collections.abc import Callable
from datetime import datetime

from flask import Request, Response, request

from bot import wire, xml
from bot.keys import Ring
from bot.tally import Tally
from store import trace

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
"""What arrives at a door. Two of them are let in, the others are counted."""
LIMIT = 64 * 1024
FRESH_SECONDS = 300
"""Older or newer requests are replays or come from a wrong clock (wechat: timestamp and nonce)."""

log = logging.getLogger(__name__)


class Turned(Exception):
    """A request that is turned away: its status and a word for the counters."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def answer(verify: Callable[[Request], str], post: Callable[[Request], Response], tally: Tally) -> Response:
    """Answer the request at hand under the name the proxy gave it, or a new one."""
    with trace.of(trace.named(request.headers.get("X-Request-ID"))):
        return _answer(verify, post, tally)


def _answer(verify: Callable[[Request], str], post: Callable[[Request], Response], tally: Tally) -> Response:
    """Answer the request at hand: GET asks whether this address is ours, POST delivers. What is turned away is
    counted by reason, what is answered by how long it took."""
    began = time.perf_counter()
    try:
        _check_line(request)
        answered = text(verify(request)) if request.method == "GET" else post(request)
        tally.answered(time.perf_counter() - began)
        return answered
    except Turned as away:
        tally.turned_away.add(away.reason)
        log.warning("turned away: %s", away.reason)
        refusal = text("", away.status)
        if away.status == 405:
            refusal.headers["Allow"] = "GET, POST"
        return refusal


def _check_line(given: Request) -> None:
    """What can be said of a request by its first line."""
    if given.method not in ("GET", "POST"):
        raise Turned(405, "method")
    if not given.query_string.isascii():  # reading the parameters would raise
        raise Turned(400, "malformed query")
    if any(len(values) > 1 for _, values in given.args.lists()):  # which of them was signed?
        raise Turned(400, "repeated parameter")


def text(body: str, status: int = 200, mimetype: str = "text/plain") -> Response:
    """An answer that no client takes for something else than it says it is."""
    return Response(body, status, {"X-Content-Type-Options": "nosniff"}, mimetype=mimetype)


def body_of(given: Request) -> bytes:
    """The body, refused by its announced length before a byte of it is read."""
    if given.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Turned(415, "encoded body")
    if given.content_length is None:
        raise Turned(411, "no length")
    if given.content_length > LIMIT:
        raise Turned(413, "too large")
    return given.get_data(cache=False)


def parameter(given: Request, name: str) -> str:
    value = given.args.get(name, "")
    if not value:
        raise Turned(403, "missing parameter")
    return value


def stamp(given: Request) -> int:
    """When the request says it was signed, in seconds of Unix time."""
    told = parameter(given, "timestamp")
    if not re.fullmatch(r"[0-9]{1,11}", told):
        raise Turned(400, "bad timestamp")
    return int(told)


def check_fresh(given: Request, now: datetime) -> None:
    if abs(stamp(given) - now.timestamp()) > FRESH_SECONDS:
        raise Turned(403, "stale")


def check_plain(ring: Ring, given: Request, now: datetime) -> None:
    """The signature that covers the query only."""
    stamp(given)
    parts = (parameter(given, "timestamp"), parameter(given, "nonce"))
    signature = parameter(given, "signature")
    if not any(wire.is_signature(token, signature, *parts) for token in ring.tokens(now)):
        raise Turned(403, "bad signature")


def open_sealed(ring: Ring, given: Request, encrypted: str, now: datetime) -> tuple[wire.Account, bytes]:
    """The message inside an <Encrypt> text whose signature stands in the query, and the keys that opened it."""
    stamp(given)
    parts = (parameter(given, "timestamp"), parameter(given, "nonce"))
    signature = parameter(given, "msg_signature")
    for sealed in ring.seals(now):
        try:
            wire.check_signature(sealed.token, signature, *parts, encrypted)
            return sealed, wire.unseal(sealed, encrypted)
        except wire.WireError:
            continue
    raise Turned(403, "bad signature or seal")


def open_body(ring: Ring, given: Request, body: bytes, now: datetime) -> tuple[wire.Account, bytes]:
    """The message inside an envelope, and the keys that opened it."""
    try:
        encrypted = xml.fields(body).get("Encrypt", "")
    except xml.BadXml as error:
        raise Turned(400, "malformed envelope") from error
    return open_sealed(ring, given, encrypted, now)


def seal_reply(sealed: wire.Account, given: Request, reply: str, now: datetime) -> Response:
    seconds, nonce = str(int(now.timestamp())), parameter(given, "nonce")
    return text(wire.envelope(sealed, reply.encode(), seconds, nonce), mimetype="application/xml")
