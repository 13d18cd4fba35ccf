"""`lianxin serve`: the web application under gunicorn, any number of processes and machines."""

from dataclasses import replace
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from bot import collector, crowd
from bot.app import create_app
from bot.clock import SystemClock
from bot.config import Config
from bot.logs import ServerLog
from bot.service import Service, assembled
from bot.tally import ROWS, Tally


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our settings. The application is made before the fork, so that workers share its memory;
    database connections are opened after it."""

    def __init__(self, app: Flask, service: Service, settings: dict[str, Any]) -> None:
        self._app = app
        self._service = service
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def build(config: Config, tally: Tally) -> tuple[Flask, Service]:
    """The application and its service, with the real clock."""
    service = assembled(config, SystemClock())
    service = replace(service, crowded=crowd.too_long)
    return create_app(service, config.oa, config.wecom, tally, config.metrics_token), service


def serve(config: Config, port: int) -> None:
    """Serve on the loopback address until stopped; a proxy stands in front."""
    tally = Tally(ROWS)
    app, service = build(config, tally)
    collector.settle()

    def before_fork(server: Any, worker: Any) -> None:
        taken = {other.row for other in server.WORKERS.values()}
        worker.row = next((row for row in range(1, ROWS) if row not in taken), 0)

    def after_fork(_server: object, worker: Any) -> None:
        tally.take_row(worker.row)
        service.store.engine.dispose(close=False)  # the parent's connections are not ours

    settings = {
        "bind": f"127.0.0.1:{port}",
        "workers": config.web_processes,
        "threads": 8,
        "worker_class": crowd.Worker,
        "preload_app": True,
        "pre_fork": before_fork,
        "post_fork": after_fork,
        "timeout": 30,
        "graceful_timeout": 10,
        "accesslog": None,  # query strings carry signatures
        "logger_class": ServerLog,  # so do the lines it could not read
        "control_socket_disable": True,  # else a socket in the home folder that can reload and end us
        "proc_name": "lianxin",
    }
    Web(app, service, settings).run()
