"""`lianxin serve`: the web application under gunicorn, any number of processes and machines."""

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from bot.app import create_app
from bot.clock import SystemClock
from bot.config import Config
from bot.service import Service, assembled


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


def build(config: Config) -> tuple[Flask, Service]:
    """The application and its service, with the real clock."""
    service = assembled(config, SystemClock())
    return create_app(service, config.oa, config.wecom), service


def serve(config: Config, port: int) -> None:
    """Serve on the loopback address until stopped; a proxy stands in front."""
    app, service = build(config)
    gc.collect()
    gc.freeze()  # what was loaded stays shared between the processes

    def after_fork(_server: object, _worker: object) -> None:
        service.store.engine.dispose(close=False)  # the parent's connections are not ours

    settings = {
        "bind": f"127.0.0.1:{port}",
        "workers": config.web_processes,
        "threads": 8,
        "worker_class": "gthread",
        "preload_app": True,
        "post_fork": after_fork,
        "timeout": 30,
        "graceful_timeout": 10,
        "accesslog": None,  # query strings carry signatures
        "control_socket_disable": True,  # else a socket in the home folder that can reload and end us
        "proc_name": "lianxin",
    }
    Web(app, service, settings).run()
