"""The yardstick: the least that a webhook in safe mode does. Opens the message, answers with its own words, seals
the answer; Flask and wechatpy, nothing is checked beyond the signature and nothing is kept."""

from flask import Flask, Response, request
from letters import APP_ID, KEY, TOKEN
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

app = Flask(__name__)
crypto = WeChatCrypto(TOKEN, KEY, APP_ID)


@app.post("/wechat/oa")
def oa() -> Response:
    given = request.args
    plain = crypto.decrypt_message(request.data, given["msg_signature"], given["timestamp"], given["nonce"])
    message = parse_message(plain)
    reply = create_reply(message.content, message).render()
    sealed = crypto.encrypt_message(reply, given["nonce"], given["timestamp"])
    return Response(sealed, mimetype="application/xml")


@app.get("/healthz")
def healthz() -> str:
    return "ok"
