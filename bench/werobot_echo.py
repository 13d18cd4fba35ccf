"""WeRoBot answering a sealed message with its own words, as its documentation shows it: for bench/rivals.py."""

import bottle
import werobot
from werobot.contrib.bottle import make_view

TOKEN, KEY, APP_ID = "bench-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0000000000000001"
robot = werobot.WeRoBot(token=TOKEN, encoding_aes_key=KEY, app_id=APP_ID, enable_session=False)


@robot.handler
def echo(message: object) -> object:
    return message.content  # type: ignore[attr-defined]


app = bottle.Bottle()
app.route("/wechat/oa", ["GET", "POST"], make_view(robot))
app.route("/healthz", "GET", lambda: "ok")
