"""Sets up the scratch office: database, platforms on a loopback port, webhook, workers."""

import secrets
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

import bot.sim
from bot import config
from bot.app import create_app
from bot.config import Config
from bot.drill import town
from bot.drill.breaks import broken
from bot.drill.carrier import Carrier, to_the_door
from bot.drill.seams import Fate, FatedClock, FatedSender, FatedStore, StepClock
from bot.drill.storm import Storm
from bot.drill.town import Phone
from bot.drill.world import TEMPLATE, Plan, Worker, World
from bot.limits import Limits
from bot.message import OA, WECOM
from bot.official import PATHS
from bot.people_import import import_files
from bot.senders import several
from bot.service import Service, assembled
from bot.sim import platform
from bot.sim.corp import Corp
from bot.sim.faults import Faults
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.sim.pusher import Pusher
from bot.worker import senders_for
from store.facts import read
from store.migrate import migrate

ORIGINAL_ID, AGENT = "gh_drill0000000", 1000009
KEY_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
DOOR = "http://127.0.0.1/wechat"
WORKERS = 2


class Silent(WSGIRequestHandler):
    """Its lines would hold tokens."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def key_in(folder: Path) -> str:
    """The key with which everything in this scratch office is sealed, made when it is first asked for."""
    file = folder / "key"
    if not file.exists():
        file.write_text(secrets.token_hex(16), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def build(plan: Plan, start: datetime) -> World:
    """Set up the scratch office at this moment. The database must be empty."""
    random = Random(plan.seed)
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True, request_handler=Silent)
    environ = environ_of(plan, server.server_port)
    settings, clock = config.load(environ), StepClock(start, plan.folder / "clock")
    migrate(plan.url, secret=settings.secret_key)
    service = assembled(settings, clock)
    files = town.write(plan.folder, plan.messages)
    with service.store.write() as session:
        import_files(session, files)
    people = town.phones(files)
    phones = Phones(plan.folder / "phones", clock.now)
    platforms, storm = _platforms(plan, random, clock, phones, people, service.limits)
    server.app = storm
    threading.Thread(target=server.serve_forever, daemon=True, name="platform").start()
    fates = {name: Fate(Random(f"{plan.seed}:{name}"), plan.kill_one_in) for name in ("web", "work")}
    web = _fated(service, plan, settings.secret_key, fates["web"])
    carrier = Carrier(
        _pushers(settings, web, phones, clock), phones, _words(), clock.now, random, threads=plan.threads
    )
    world = World(
        plan,
        clock,
        settings,
        environ,
        service,
        phones,
        storm,
        platforms,
        carrier,
        people,
        [],
        fates,
        random,
        server,
        [],
    )
    at_work = [_fated(service, plan, settings.secret_key, fates["work"]) for _ in range(WORKERS)]
    world.workers = [Worker(one, lambda one=one: _sender(world, one)) for one in at_work]  # type: ignore[misc]
    world.stores = [service.store, web.store, *(one.store for one in at_work)]
    return world


def environ_of(plan: Plan, port: int) -> dict[str, str]:
    """The settings of an office that exists for this rehearsal only."""
    api = f"http://127.0.0.1:{port}/sim/api"

    def key() -> str:
        return (
            "".join(secrets.choice(KEY_SIGNS) for _ in range(42)) + "A"
        )  # its last two bits are not part of the key

    return {
        "LIANXIN_DATABASE_URL": plan.url,
        "LIANXIN_MEDIA_DIR": str(plan.folder / "media"),
        "LIANXIN_SECRET_KEY": key_in(plan.folder),
        "LIANXIN_OA_TOKEN": secrets.token_hex(8),
        "LIANXIN_OA_AES_KEY": key(),
        "LIANXIN_OA_APPID": "wxdrill000000000",
        "LIANXIN_OA_SECRET": secrets.token_hex(16),
        "LIANXIN_OA_TEMPLATE_ID": TEMPLATE,
        "LIANXIN_OA_API_BASE": api,
        "LIANXIN_WECOM_TOKEN": secrets.token_hex(8),
        "LIANXIN_WECOM_AES_KEY": key(),
        "LIANXIN_WECOM_CORPID": "wwdrill000000000",
        "LIANXIN_WECOM_SECRET": secrets.token_hex(16),
        "LIANXIN_WECOM_AGENTID": str(AGENT),
        "LIANXIN_WECOM_API_BASE": api,
        "LIANXIN_TICK_SECONDS": "0.2",
        "LIANXIN_DRAIN_SECONDS": "0.1",
        **({"LIANXIN_CONFIG_DIR": str(plan.config_dir)} if plan.config_dir else {}),
    }


def _platforms(
    plan: Plan, random: Random, clock: StepClock, phones: Phones, people: dict[str, Phone], limits: Limits
) -> tuple[tuple[Platform, Corp], Storm]:
    """They allow a day what the office's own file says that they do."""
    names: dict[str, dict[str, str]] = {OA: {}, WECOM: {}}
    for phone in people.values():
        names[phone.channel][phone.account] = phone.name
    official = Platform(phones, _words(), names[OA], clock.now, Faults())
    corp = Corp(phones, _words(), names[WECOM], clock.now, AGENT)
    official.a_day, corp.a_day = {way: limits.a_day[way] for way in PATHS}, limits.a_day["wecom"]
    app = Flask("platform")
    app.register_blueprint(platform.blueprint(official, corp))
    return (official, corp), Storm(app, Random(random.random()), clock.now, plan.failing, plan.timeouts)


def _words() -> dict[str, Any]:
    return read(str(bot.sim.__file__), "sim.toml")


def _fated(service: Service, plan: Plan, key: str, fate: Fate) -> Service:
    """The service in a process of its own, which may end at any seam, and perhaps without a protection."""
    store = FatedStore(plan.url, key, fate)
    return broken(replace(service, store=store, clock=FatedClock(service.clock, fate)), plan.without)


def _pushers(settings: Config, web: Service, phones: Phones, clock: StepClock) -> dict[str, Pusher]:
    assert settings.oa
    assert settings.oa.sealed
    assert settings.wecom
    post = to_the_door(create_app(web, settings.oa, settings.wecom))
    corp, sealed = settings.wecom, settings.oa.sealed
    return {
        OA: Pusher(f"{DOOR}/oa", sealed, ORIGINAL_ID, phones, clock.now, post=post),
        WECOM: Pusher(f"{DOOR}/wecom", corp.sealed, corp.corp_id, phones, clock.now, AGENT, post),
    }


def _sender(world: World, service: Service) -> FatedSender:
    """A new sender knows no token and has sent nothing yet."""
    sender = several(senders_for(service, world.settings).values())
    return FatedSender(sender, world.fates["work"], world.meanwhile)
