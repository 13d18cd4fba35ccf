"""The one place where the web parts are joined."""

from collections import Counter

from flask import Flask, Response, jsonify

from bot import webhook
from bot.config import OfficialAccount
from bot.health import health
from bot.service import Service


def create_app(service: Service, account: OfficialAccount | None) -> Flask:
    """The web application: the webhook, if an account is configured, and the health check."""
    app = Flask("bot", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = webhook.LIMIT
    turned_away: Counter[str] = Counter()
    if account is not None:
        app.register_blueprint(webhook.blueprint(service, account, turned_away))

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        told, status = health(service, turned_away)
        return jsonify(told), status

    return app
