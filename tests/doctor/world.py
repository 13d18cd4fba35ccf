"""A deployment that is whole: people, a live worker, both accounts, the simulated platforms. Each test breaks it."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from werkzeug.serving import make_server

import bot.sim
from bot import config, watchdog
from bot.app import create_app
from bot.doctor import checks, settings
from bot.doctor.case import Case
from bot.doctor.findings import Finding, Wording
from bot.menu import Menus, as_sent
from bot.message import WECOM as WECOM_NAME
from bot.people_import import import_files
from bot.service import Service
from bot.sim import console, platform
from bot.sim.console import Console
from bot.sim.corp import Corp
from bot.sim.faults import Faults
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from store import beats, people
from store.db import Store
from tests.desk import HandClock, parts
from tests.door.caller import SAFE
from tests.door.test_wecom import AGENT, WECOM

DEMO_PEOPLE = Path(str(bot.sim.__file__)).with_name("people.toml")
ONE_MORE = Path(__file__).with_name("people.csv")
"""The demo leaves some categories to the coordinator."""
PUBLIC = "https://lianxin.test"
SECRETS = {
    "LIANXIN_SECRET_KEY": "9f2c4b7e1d6a8053b4c9e7f1",
    "LIANXIN_OA_TOKEN": "doctor5f3a9b1c7d2e80",
    "LIANXIN_WECOM_TOKEN": "doctor71c2e4a6b8d093",
    "LIANXIN_OA_SECRET": "oa-app-secret-77aa",
    "LIANXIN_WECOM_SECRET": "corp-app-secret-88bb",
}
TEMPLATE = "template-1"
WORDING = Wording.load()


@dataclass
class World:
    """`find` examines it; a test breaks its parts."""

    base: str
    environ: dict[str, str]
    service: Service
    console: Console
    faults: Faults
    asked: list[str]
    now: datetime

    def case(self, *, fix: bool = False, now: datetime | None = None) -> Case:
        settings_now, _ = settings.read(self.environ)
        return Case(settings_now, self.service, now or self.now, fix, self._reach)

    def find(self, *, fix: bool = False, now: datetime | None = None) -> dict[str, str]:
        """The line of each finding, by its key; never one that tells a secret."""
        found = list(checks.look(self.case(fix=fix, now=now)))
        told: dict[str, str] = {}
        for each in found:
            told[each.key] = "\n".join(filter(None, (told.get(each.key), line(each))))
        assert not [secret for secret in self.secrets() if secret in "".join(told.values())]
        return told

    def missing(self, *, fix: bool = False, now: datetime | None = None) -> dict[str, str]:
        return {key: told for key, told in self.find(fix=fix, now=now).items() if told.startswith("缺")}

    def secrets(self) -> set[str]:
        return {value for name, value in self.environ.items() if name.endswith(("TOKEN", "KEY", "SECRET"))}

    def _reach(self, method: str, url: str, *, timeout: tuple[float, float], **how: Any) -> requests.Response:
        """What is asked of our public address is asked of the server that stands for it."""
        self.asked.append(url)
        return requests.request(method, url.replace(PUBLIC, self.base), timeout=timeout, **how)


def line(finding: Finding) -> str:
    return WORDING.line(finding)


def environment(base: str, database: str, folder: Path) -> dict[str, str]:
    api = f"{base}/sim/api"
    accounts = {"LIANXIN_OA_API_BASE": api, "LIANXIN_WECOM_API_BASE": api, "LIANXIN_OA_TEMPLATE_ID": TEMPLATE}
    ours = {"LIANXIN_DATABASE_URL": database, "LIANXIN_PUBLIC_URL": PUBLIC, "LIANXIN_MEDIA_DIR": str(folder / "kept")}
    return {**SAFE, **WECOM, **SECRETS, **accounts, **ours}


@contextmanager
def world(database: str, folder: Path) -> Iterator[World]:
    """Everything in order. `database`: migrated, with the people of the demo in it."""
    now = datetime.now(UTC)
    store, clock = Store(database, SECRETS["LIANXIN_SECRET_KEY"]), HandClock(now)
    service = replace(parts(), store=store, clock=clock)
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    environ = environment(base, database, folder)
    with store.write() as session:
        beats.begin(session, watchdog.NAME, now)
        users = {
            people.account_of(session, identity): person.name
            for person in people.everybody(session)
            if (identity := people.identity_of(session, person, "wecom")) is not None
        }
    faults = Faults()
    phones = Phones(folder / "phones", clock.now)
    official, corp = Platform(phones, {}, {}, clock.now, faults), Corp(phones, {}, users, clock.now, int(AGENT))
    known = {official.token()["access_token"], corp.token()["access_token"]}
    content = "\n".join(f"{{{{{name}.DATA}}}}" for name in service.template.values())
    stands = Console(known.__contains__, int(AGENT), {TEMPLATE: content}, dict.fromkeys(users, 1))
    stands.domain = "lianxin.test"
    stands.menus = {
        channel == WECOM_NAME: as_sent(menu)["button"] for channel, menu in Menus.load().by_channel.items()
    }
    server.app = _app(service, environ, official, corp, stands)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for every call says nothing
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield World(base, environ, service, stands, faults, [], now)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        phones.close()
        store.close()


def _app(service: Service, environ: Mapping[str, str], official: Platform, corp: Corp, stands: Console) -> Flask:
    settings_now = config.load(environ)
    app = create_app(service, settings_now.oa, settings_now.wecom)
    api = platform.blueprint(official, corp)
    api.register_blueprint(console.blueprint(stands))
    app.register_blueprint(api)
    return app


def peopled(database: str) -> None:
    store = Store(database, SECRETS["LIANXIN_SECRET_KEY"])
    with store.write() as session:
        import_files(session, [DEMO_PEOPLE, ONE_MORE])
    store.close()
