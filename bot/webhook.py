"""The doors of the service account and of the WeCom application: check, store, answer within five seconds."""

import logging

from flask import Blueprint, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from bot import door, xml
from bot.accounts import OfficialAccount, WeComApp
from bot.door import Turned
from bot.message import OA, WECOM, BadMessage, read_message
from bot.reception import NO_REPLY, receive
from bot.service import Service
from bot.tally import Tally

METHODS = ["GET", "POST"]

log = logging.getLogger(__name__)


def official(service: Service, account: OfficialAccount, tally: Tally) -> Blueprint:
    """`GET|POST /wechat/oa` for one account. What happens there is counted in `tally`."""
    entrance = Blueprint(OA, __name__)

    def verify(given: Request) -> str:
        """The plain echo back, in every mode."""
        door.check_plain(account.token, given)
        return door.parameter(given, "echostr")

    def post(given: Request) -> Response:
        body = door.body_of(given)
        door.check_fresh(given, service.clock.now())
        if account.sealed is None:
            door.check_plain(account.token, given)
            return _official_answer(given, body)
        if given.args.get("encrypt_type") != "aes":
            raise Turned(403, "plain message to a safe account")
        return _official_answer(given, door.open_body(account.sealed, given, body))

    def _official_answer(given: Request, plain: bytes) -> Response:
        reply = _received(service, OA, plain, tally)
        if reply == NO_REPLY or account.sealed is None:
            return door.text(reply, mimetype="text/plain" if reply == NO_REPLY else "application/xml")
        return door.seal_reply(account.sealed, given, reply, service.clock.now())

    @entrance.route("/wechat/oa", methods=METHODS)
    def oa() -> Response:
        return door.answer(verify, post, tally)

    return entrance


def wecom(service: Service, app: WeComApp, tally: Tally) -> Blueprint:
    """`GET|POST /wechat/wecom` for one application. Everything is sealed, the echo too."""
    entrance = Blueprint(WECOM, __name__)

    def verify(given: Request) -> str:
        # A plus sign that was decoded once too often arrives as a blank.
        echo = door.open_sealed(app.sealed, given, door.parameter(given, "echostr").replace(" ", "+"))
        return echo.decode("utf-8", "replace")

    def post(given: Request) -> Response:
        body = door.body_of(given)
        door.check_fresh(given, service.clock.now())
        reply = _received(service, WECOM, door.open_body(app.sealed, given, body), tally)
        return door.text("") if reply == NO_REPLY else door.seal_reply(app.sealed, given, reply, service.clock.now())

    @entrance.route("/wechat/wecom", methods=METHODS)
    def wecom_door() -> Response:
        return door.answer(verify, post, tally)

    return entrance


def _received(service: Service, channel: str, plain: bytes, tally: Tally) -> str:
    try:
        message = read_message(xml.fields(plain), channel)
    except (xml.BadXml, BadMessage) as error:
        raise Turned(400, "malformed message") from error
    tally.messages.add(f"{channel} {message.kind}")
    try:
        return receive(service, message, plain.decode("utf-8-sig"))
    except (SQLAlchemyError, OSError) as error:
        # Not stored, so not answered: the platform will deliver it again.
        log.error("could not store a message: %s", type(error).__name__)
        raise Turned(503, "not stored") from error
