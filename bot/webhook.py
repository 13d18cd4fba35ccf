"""The doors of the service account and of the WeCom application: check, store, answer within five seconds."""

import logging
import time

from flask import Blueprint, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from bot import door, xml
from bot.accounts import OfficialAccount, WeComApp
from bot.door import Turned
from bot.keys import Ring
from bot.message import OA, WECOM, BadMessage, read_message
from bot.reception import NO_REPLY, receive
from bot.service import Service
from bot.tally import Tally

log = logging.getLogger(__name__)


def official(service: Service, account: OfficialAccount, tally: Tally) -> Blueprint:
    """`GET|POST /wechat/oa` for one account. What happens there is counted in `tally`."""
    entrance = Blueprint(OA, __name__)
    ring = Ring(account.keys, account.former, service.clock.now())

    def verify(given: Request) -> str:
        """The plain echo back, in every mode."""
        door.check_plain(ring, given, service.clock.now())
        return door.parameter(given, "echostr")

    def post(given: Request) -> Response:
        body, now = door.body_of(given), service.clock.now()
        door.check_fresh(given, now)
        if account.sealed is None:
            door.check_plain(ring, given, now)
            reply = _received(service, OA, body, tally)
            return _quiet(reply) or door.text(reply, mimetype="application/xml")
        if given.args.get("encrypt_type") != "aes":
            raise Turned(403, "plain message to a safe account")
        sealed, plain = door.open_body(ring, given, body, now)
        reply = _received(service, OA, plain, tally)
        return _quiet(reply) or door.seal_reply(sealed, given, reply, service.clock.now())

    def _quiet(reply: str) -> Response | None:
        """Nothing to say is said in the open: the platform takes the word, and no envelope around it."""
        return door.text(reply) if reply == NO_REPLY else None

    @entrance.route("/wechat/oa", methods=door.METHODS, provide_automatic_options=False)
    def oa() -> Response:
        return door.answer(verify, post, tally)

    return entrance


def wecom(service: Service, app: WeComApp, tally: Tally) -> Blueprint:
    """`GET|POST /wechat/wecom` for one application. Everything is sealed, the echo too."""
    entrance = Blueprint(WECOM, __name__)
    ring = Ring(app.keys, app.former, service.clock.now())

    def verify(given: Request) -> str:
        # A plus sign that was decoded once too often arrives as a blank.
        echo = door.parameter(given, "echostr").replace(" ", "+")
        return door.open_sealed(ring, given, echo, service.clock.now())[1].decode("utf-8", "replace")

    def post(given: Request) -> Response:
        body, now = door.body_of(given), service.clock.now()
        door.check_fresh(given, now)
        sealed, plain = door.open_body(ring, given, body, now)
        reply = _received(service, WECOM, plain, tally)
        return door.text("") if reply == NO_REPLY else door.seal_reply(sealed, given, reply, service.clock.now())

    @entrance.route("/wechat/wecom", methods=door.METHODS, provide_automatic_options=False)
    def wecom_door() -> Response:
        return door.answer(verify, post, tally)

    return entrance


def _received(service: Service, channel: str, plain: bytes, tally: Tally) -> str:
    try:
        message = read_message(xml.fields(plain), channel)
    except (xml.BadXml, BadMessage) as error:
        raise Turned(400, "malformed message") from error
    tally.messages.add(f"{channel} {message.kind}")
    began = time.perf_counter()
    try:
        reply = receive(service, message, plain.decode("utf-8-sig"))
    except (SQLAlchemyError, OSError) as error:
        # Not stored, so not answered: the platform will deliver it again.
        log.error("could not store a message: %s", type(error).__name__)
        raise Turned(503, "not stored") from error
    log.info("%s %s answered in %d ms", channel, message.kind, (time.perf_counter() - began) * 1000)
    return reply
