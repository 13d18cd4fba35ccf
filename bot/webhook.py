"""The door of the service account: check everything before anything is read, answer within five seconds."""

import logging
import re
from collections import Counter
from datetime import datetime

from flask import Blueprint, Request, Response, abort, request
from sqlalchemy.exc import SQLAlchemyError

from bot import wire, xml
from bot.config import OfficialAccount
from bot.message import BadMessage, read_message
from bot.reception import NO_REPLY, receive
from bot.service import Service

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


def blueprint(service: Service, account: OfficialAccount, turned_away: Counter[str]) -> Blueprint:
    """`GET|POST /wechat/oa` for one account. What is turned away is counted by reason in `turned_away`."""
    door = Blueprint("oa", __name__)

    @door.route("/wechat/oa", methods=["GET", "POST"])
    def oa() -> Response:
        if request.method == "HEAD":
            abort(405)
        try:
            if not request.query_string.isascii():  # reading the parameters would raise
                raise Turned(400, "malformed query")
            if request.method == "GET":
                return _text(_verify(account, request))
            return _post(service, account, request)
        except Turned as turned:
            turned_away[turned.reason] += 1
            log.warning("turned away: %s", turned.reason)
            return _text("", turned.status)

    return door


def _text(body: str, status: int = 200, mimetype: str = "text/plain") -> Response:
    return Response(body, status, mimetype=mimetype)


def _verify(account: OfficialAccount, given: Request) -> str:
    """The platform asks whether this address is ours: the plain echo back, in every mode."""
    _check_plain_signature(account, given)
    return _parameter(given, "echostr")


def _post(service: Service, account: OfficialAccount, given: Request) -> Response:
    body = _body(given)
    _check_fresh(given, service.clock.now())
    if account.sealed is None:
        _check_plain_signature(account, given)
        plain = body
    else:
        plain = _unsealed(account.sealed, given, body)
    return _answered(service, account, given, plain)


def _answered(service: Service, account: OfficialAccount, given: Request, plain: bytes) -> Response:
    try:
        message = read_message(xml.fields(plain))
    except (xml.BadXml, BadMessage) as error:
        raise Turned(400, "malformed message") from error
    try:
        reply = receive(service, message, plain.decode("utf-8-sig"))
    except (SQLAlchemyError, OSError) as error:
        # Not stored, so not answered: the platform will deliver it again.
        log.error("could not store a message: %s", type(error).__name__)
        raise Turned(503, "not stored") from error
    if reply == NO_REPLY or account.sealed is None:
        return _text(reply, mimetype="text/plain" if reply == NO_REPLY else "application/xml")
    stamp, nonce = str(int(service.clock.now().timestamp())), _parameter(given, "nonce")
    return _text(wire.envelope(account.sealed, reply.encode(), stamp, nonce), mimetype="application/xml")


def _body(given: Request) -> bytes:
    """The body, refused by its announced length before a byte of it is read."""
    if given.headers.get("Content-Encoding"):
        raise Turned(415, "encoded body")
    if given.content_length is None:
        raise Turned(411, "no length")
    if given.content_length > LIMIT:
        raise Turned(413, "too large")
    return given.get_data(cache=False)


def _parameter(given: Request, name: str) -> str:
    values = given.args.getlist(name)
    if len(values) > 1:
        raise Turned(400, "repeated parameter")
    if not values or not values[0]:
        raise Turned(403, "missing parameter")
    return values[0]


def _check_fresh(given: Request, now: datetime) -> None:
    stamp = _parameter(given, "timestamp")
    if not re.fullmatch(r"[0-9]{1,11}", stamp):
        raise Turned(400, "bad timestamp")
    if abs(int(stamp) - now.timestamp()) > FRESH_SECONDS:
        raise Turned(403, "stale")


def _check_plain_signature(account: OfficialAccount, given: Request) -> None:
    parts = (_parameter(given, "timestamp"), _parameter(given, "nonce"))
    try:
        wire.check_signature(account.token, _parameter(given, "signature"), *parts)
    except wire.BadSignature as error:
        raise Turned(403, "bad signature") from error


def _unsealed(sealed: wire.Account, given: Request, body: bytes) -> bytes:
    """The message inside the envelope. A plain message to a safe account is a downgrade and is refused."""
    if given.args.get("encrypt_type") != "aes":
        raise Turned(403, "plain message to a safe account")
    signature = _parameter(given, "msg_signature")
    parts = (_parameter(given, "timestamp"), _parameter(given, "nonce"))
    try:
        encrypted = xml.fields(body).get("Encrypt", "")
        wire.check_signature(sealed.token, signature, *parts, encrypted)
        return wire.unseal(sealed, encrypted)
    except xml.BadXml as error:
        raise Turned(400, "malformed envelope") from error
    except wire.WireError as error:
        raise Turned(403, "bad signature or seal") from error
