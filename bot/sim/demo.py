"""`lianxin demo`: the whole service in one process, with simulated phones and a clock that can be moved."""

import fcntl
import secrets
import shutil
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from bot import wire
from bot.accounts import OfficialAccount
from bot.app import create_app
from bot.delivery import drain
from bot.environment import ConfigError
from bot.links import Links
from bot.media import Rules, fetch
from bot.message import OA
from bot.official import OfficialSender
from bot.people_import import import_files
from bot.senders import ErrorCodes
from bot.service import Service, assemble
from bot.shelf import Shelf
from bot.sim import platform, routes
from bot.sim.clock import VirtualClock
from bot.sim.conductor import Conductor
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.sim.pusher import Pusher
from bot.sim.stage import Stage
from bot.waiting import until_stopped
from bot.worker import schedule, worker_name
from routing.ladder import tick
from store import outbox
from store.db import Store
from store.facts import read
from store.migrate import migrate

FOLDER = Path("var")
FILES = ("demo.db", "demo.db-wal", "demo.db-shm", "demo.db.lock", "demo.phones", "demo.clock")
MEDIA = "demo.media"
TEMPLATE = "demo-template"
ORIGINAL_ID = "gh_demo00000000"
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
    account = _account(server.server_port)
    stage = _stage(folder, account, server.server_port, config_dir)
    app = create_app(stage.service, account)
    app.config["MAX_CONTENT_LENGTH"] = PICTURE_LIMIT  # the webhook keeps its own, smaller one
    app.register_blueprint(platform.blueprint(stage.platform))
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


def _account(port: int) -> OfficialAccount:
    """A service account nobody else has: new secrets at every start."""
    token = secrets.token_hex(12)
    sealed = wire.Account(token=token, aes_key=secrets.token_bytes(32), receive_id="wxdemo0000000000")
    return OfficialAccount(
        token=token,
        sealed=sealed,
        app_id=sealed.receive_id,
        secret=secrets.token_hex(16),
        api_base=f"http://127.0.0.1:{port}/sim/api",
        template_id=TEMPLATE,
    )


def _stage(folder: Path, account: OfficialAccount, port: int, config_dir: Path | None) -> Stage:
    url, clock = f"sqlite:///{folder / 'demo.db'}", VirtualClock(folder / "demo.clock")
    migrate(url)
    links = Links.of(f"http://127.0.0.1:{port}", secrets.token_hex(16))
    service = replace(assemble(Store(url), clock, config_dir), shelf=Shelf(folder / MEDIA), links=links)
    openids = _people(service)
    phones = Phones(folder / "demo.phones", clock.now)
    words = read(__file__, "sim.toml")
    api = Platform(phones, words, {openid: name for name, openid in openids.items()}, clock.now)
    assert account.sealed is not None
    pusher = Pusher(f"http://127.0.0.1:{port}/wechat/oa", account.sealed, ORIGINAL_ID, phones, clock.now)
    sender, me = OfficialSender(account, clock, ErrorCodes.load("oa", config_dir)), worker_name()
    rules = Rules.load(config_dir)

    def work() -> None:
        tick(service.store, service.policy, clock.now())
        drain(service, sender, TEMPLATE, me)
        fetch(service, {OA: sender.api}, rules)

    return Stage(service, clock, phones, api, pusher, Conductor(service, clock, work), words, openids)


def _people(service: Service) -> dict[str, str]:
    """Import the demo's people; their accounts by name, in the order of the file."""
    with service.store.write() as session:
        import_files(session, [Path(__file__).with_name("people.toml")])
        outbox.release(session, service.clock.now())  # whoever held them is this demo's last, dead process
    facts = read(__file__, "people.toml")
    return {person["name"]: person["openid"] for person in facts["person"]}


def run(port: int, keep: bool, config_dir: Path | None) -> None:
    """Run until stopped. Prints the address when ready."""
    demo = start(FOLDER, port, keep, config_dir)
    print(demo.address, flush=True)  # noqa: T201  the one thing a newcomer needs
    until_stopped()
    demo.close()
