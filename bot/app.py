"""The one place where the web parts are joined."""

from collections import Counter

from flask import Flask, Response, jsonify

from bot import door, gallery, webhook
from bot.accounts import OfficialAccount, WeComApp
from bot.health import health
from bot.service import Service


def create_app(service: Service, account: OfficialAccount | None, app_of_wecom: WeComApp | None = None) -> Flask:
    """The web application: a door for each account that is configured, and the health check."""
    app = Flask("bot", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = door.LIMIT
    turned_away: Counter[str] = Counter()
    if account is not None:
        app.register_blueprint(webhook.official(service, account, turned_away))
    if app_of_wecom is not None:
        app.register_blueprint(webhook.wecom(service, app_of_wecom, turned_away))
    if service.links is not None:
        app.register_blueprint(gallery.blueprint(service, service.links))

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        told, status = health(service, turned_away)
        return jsonify(told), status

    return app
