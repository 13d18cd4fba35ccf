"""`lianxin demo`: the whole service in one process, with simulated phones and a clock that can be moved."""

import fcntl
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from bot.app import create_app
from bot.environment import ConfigError
from bot.sim import routes
from bot.sim.setting import KEY, MEDIA, new_accounts, set_stage
from bot.sim.stage import Stage
from bot.waiting import until_stopped
from bot.worker import schedule

FOLDER = Path("var")
DATABASE = tuple(f"demo.db{end}" for end in ("", "-wal", "-shm", ".lock", ".lock-next"))
FILES = (*DATABASE, "demo.phones", "demo.clock", KEY)
SECONDS = 1.0
PICTURE_LIMIT = 8 * 1024 * 1024


@dataclass
class Demo:
    """A running demo; `close()` ends it and leaves everything on disk."""

    stage: Stage
    server: BaseWSGIServer
    scheduler: BackgroundScheduler
    claim: IO[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.scheduler.shutdown(wait=True)
        self.server.shutdown()
        self.server.server_close()
        self.stage.clock.keep()
        self.stage.phones.close()
        self.stage.service.store.close()
        self.claim.close()


def start(folder: Path, port: int, keep: bool, config_dir: Path | None = None) -> Demo:
    """Start the demo on a loopback port (0: any free one). Without `keep` it begins afresh, its ledger empty."""
    folder.mkdir(parents=True, exist_ok=True)
    claim = _claim(folder)
    server = make_server("127.0.0.1", port, Flask("not yet"), threaded=True)  # its port is known from here on
    if not keep:
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / MEDIA, ignore_errors=True)
    accounts = new_accounts(server.server_port)
    stage, api = set_stage(folder, accounts, server.server_port, config_dir)
    app = create_app(stage.service, accounts.oa, accounts.wecom)
    app.config["MAX_CONTENT_LENGTH"] = PICTURE_LIMIT  # the webhook keeps its own, smaller one
    app.register_blueprint(api)
    app.register_blueprint(routes.blueprint(stage))
    server.app = app
    threading.Thread(target=server.serve_forever, daemon=True, name="web").start()
    scheduler = schedule(stage.service, {"tick and drain": (stage.conductor.run_if_idle, SECONDS)})
    return Demo(stage, server, scheduler, claim)


def _claim(folder: Path) -> IO[bytes]:
    """A folder belongs to one demo at a time: a second would take its data from under the first."""
    claim = (folder / "demo.claim").open("ab")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        claim.close()
        raise ConfigError(f"another demo is running in {folder.resolve()}; stop it first") from error
    return claim


def run(port: int, keep: bool, config_dir: Path | None) -> None:
    """Run until stopped. Prints the address when ready."""
    demo = start(FOLDER, port, keep, config_dir)
    print(demo.address, flush=True)  # noqa: T201  the one thing a newcomer needs
    until_stopped()
    demo.close()
