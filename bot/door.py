"""What every door checks before anything is read: size, signature, freshness, seal."""

import logging
import re
import time
from collections.abc import Callable
from datetime import datetime

from flask import Request, Response, abort, request

from bot import wire, xml
from bot.tally import Tally

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
    """Answer the request at hand: GET asks whether this address is ours, POST delivers. What is turned away is
    counted by reason, what is answered by how long it took."""
    began = time.perf_counter()
    if request.method == "HEAD":
        abort(405)
    try:
        if not request.query_string.isascii():  # reading the parameters would raise
            raise Turned(400, "malformed query")
        answered = text(verify(request)) if request.method == "GET" else post(request)
        tally.answered(time.perf_counter() - began)
        return answered
    except Turned as away:
        tally.turned_away.add(away.reason)
        log.warning("turned away: %s", away.reason)
        return text("", away.status)


def text(body: str, status: int = 200, mimetype: str = "text/plain") -> Response:
    return Response(body, status, mimetype=mimetype)


def body_of(given: Request) -> bytes:
    """The body, refused by its announced length before a byte of it is read."""
    if given.headers.get("Content-Encoding"):
        raise Turned(415, "encoded body")
    if given.content_length is None:
        raise Turned(411, "no length")
    if given.content_length > LIMIT:
        raise Turned(413, "too large")
    return given.get_data(cache=False)


def parameter(given: Request, name: str) -> str:
    values = given.args.getlist(name)
    if len(values) > 1:
        raise Turned(400, "repeated parameter")
    if not values or not values[0]:
        raise Turned(403, "missing parameter")
    return values[0]


def check_fresh(given: Request, now: datetime) -> None:
    stamp = parameter(given, "timestamp")
    if not re.fullmatch(r"[0-9]{1,11}", stamp):
        raise Turned(400, "bad timestamp")
    if abs(int(stamp) - now.timestamp()) > FRESH_SECONDS:
        raise Turned(403, "stale")


def check_plain(token: str, given: Request) -> None:
    """The signature that covers the query only."""
    parts = (parameter(given, "timestamp"), parameter(given, "nonce"))
    try:
        wire.check_signature(token, parameter(given, "signature"), *parts)
    except wire.BadSignature as error:
        raise Turned(403, "bad signature") from error


def open_sealed(sealed: wire.Account, given: Request, encrypted: str) -> bytes:
    """The message inside an <Encrypt> text whose signature stands in the query."""
    parts = (parameter(given, "timestamp"), parameter(given, "nonce"))
    try:
        wire.check_signature(sealed.token, parameter(given, "msg_signature"), *parts, encrypted)
        return wire.unseal(sealed, encrypted)
    except wire.WireError as error:
        raise Turned(403, "bad signature or seal") from error


def open_body(sealed: wire.Account, given: Request, body: bytes) -> bytes:
    """The message inside an envelope."""
    try:
        encrypted = xml.fields(body).get("Encrypt", "")
    except xml.BadXml as error:
        raise Turned(400, "malformed envelope") from error
    return open_sealed(sealed, given, encrypted)


def seal_reply(sealed: wire.Account, given: Request, reply: str, now: datetime) -> Response:
    stamp, nonce = str(int(now.timestamp())), parameter(given, "nonce")
    return text(wire.envelope(sealed, reply.encode(), stamp, nonce), mimetype="application/xml")
