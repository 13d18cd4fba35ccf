"""The one place where the web parts are joined."""

from flask import Flask, Response, abort, jsonify, request

from bot import door, gallery, metrics, webhook
from bot.accounts import OfficialAccount, WeComApp
from bot.health import health
from bot.service import Service
from bot.tally import Tally


def create_app(
    service: Service,
    account: OfficialAccount | None,
    app_of_wecom: WeComApp | None = None,
    tally: Tally | None = None,
    metrics_token: str = "",
) -> Flask:
    """The web application: a door for each account that is configured, the health check and the metrics."""
    app = Flask("bot", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = door.LIMIT
    tally = tally or Tally()
    if account is not None:
        app.register_blueprint(webhook.official(service, account, tally))
    if app_of_wecom is not None:
        app.register_blueprint(webhook.wecom(service, app_of_wecom, tally))
    if service.links is not None:
        app.register_blueprint(gallery.blueprint(service, service.links))

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        told, status = health(service, tally)
        return jsonify(told), status

    @app.get("/metrics")
    def measured() -> Response:
        if not metrics.may_ask(request, metrics_token):
            abort(404)
        return Response(metrics.text(service, tally), mimetype=metrics.MIMETYPE)

    return app
