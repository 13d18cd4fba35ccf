"""Sets the stage: accounts nobody else has, the platforms, and the people of the demo with their phones."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from flask import Blueprint

from bot import overtaken, rounds, scenes, wire
from bot.accounts import OfficialAccount, WeComApp
from bot.flow import Flow
from bot.links import Links
from bot.media import Rules, fetch
from bot.message import OA, WECOM
from bot.official import OfficialSender
from bot.people_import import ACCOUNTS, import_files
from bot.senders import ErrorCodes, several
from bot.service import Service, assemble
from bot.shelf import Shelf
from bot.sim import console, platform
from bot.sim.clock import VirtualClock
from bot.sim.conductor import Conductor
from bot.sim.console import Console
from bot.sim.corp import Corp
from bot.sim.faults import Faults
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.sim.pusher import Fault, Pusher
from bot.sim.stage import Line, Stage
from bot.wecom import WeComSender
from bot.worker import worker_name
from store import outbox
from store.db import Store
from store.facts import read
from store.migrate import migrate

TEMPLATE = "demo-template"
ORIGINAL_ID, AGENT = "gh_demo00000000", 1000002
QUICK = Flow(per_minute=600, per_day=6000)
"""Whoever plays a person of the demo types for them faster than anybody can."""
MEDIA, KEY = "demo.media", "demo.key"


@dataclass(frozen=True, slots=True)
class Accounts:
    """A service account and an application of the demo's own, sealed with keys made at its start."""

    oa: OfficialAccount
    wecom: WeComApp
    sealed: dict[str, wire.Account]


def new_accounts(port: int) -> Accounts:
    api = f"http://127.0.0.1:{port}/sim/api"
    ids = {OA: "wxdemo0000000000", WECOM: "wwdemo0000000000"}
    sealed = {
        channel: wire.Account(secrets.token_hex(12), secrets.token_bytes(32), receive_id)
        for channel, receive_id in ids.items()
    }
    return Accounts(
        oa=OfficialAccount(
            token=sealed[OA].token,
            sealed=sealed[OA],
            app_id=sealed[OA].receive_id,
            secret=secrets.token_hex(16),
            api_base=api,
            template_id=TEMPLATE,
        ),
        wecom=WeComApp(sealed=sealed[WECOM], secret=secrets.token_hex(16), agent_id=AGENT, api_base=api),
        sealed=sealed,
    )


def set_stage(folder: Path, accounts: Accounts, port: int, config_dir: Path | None) -> tuple[Stage, Blueprint]:
    """The stage, and the platforms' API for its web application."""
    url, clock = f"sqlite:///{folder / 'demo.db'}", VirtualClock(folder / "demo.clock")
    secret = _secret(folder / KEY)
    migrate(url, secret=secret)
    links = Links.of(f"http://127.0.0.1:{port}", secrets.token_hex(16))
    parts = assemble(Store(url, secret), clock, config_dir)
    service = replace(parts, shelf=Shelf(folder / MEDIA), links=links, flow=QUICK, scannable=True)
    known = _people(service)
    phones, words, faults = Phones(folder / "demo.phones", clock.now), read(__file__, "sim.toml"), Faults()
    names = {
        channel: {account: name for name, (on, account) in known.items() if on == channel} for channel in (OA, WECOM)
    }
    official = Platform(phones, words, names[OA], clock.now, faults, _login(accounts.oa))
    corp = Corp(phones, words, names[WECOM], clock.now, AGENT, _login(accounts.wecom))
    official.keepers.append(corp.credentials)
    api = platform.blueprint(official, corp)
    api.register_blueprint(console.blueprint(_console(service, official, names[WECOM])))
    pushers = _pushers(accounts, port, phones, clock.now)
    lines = {name: Line(channel, account, pushers[channel]) for name, (channel, account) in known.items()}
    worker = _worker(service, accounts, config_dir)
    conductor = Conductor(service, clock, lambda: _work_and_tell(worker, official, lines))
    return Stage(service, clock, phones, official, corp, conductor, words, lines), api


def _console(service: Service, official: Platform, members: dict[str, str]) -> Console:
    """The consoles as they would be after the office has filled them in."""
    content = "\n".join(f"{{{{{name}.DATA}}}}" for name in service.template.values())
    known = dict.fromkeys(members, 1)
    return Console(official.knows, AGENT, templates={TEMPLATE: content}, members=known)


def _secret(file: Path) -> str:
    """The key with which this demo seals what it keeps, made at its first start."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(16), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _pushers(accounts: Accounts, port: int, phones: Phones, now: Callable[[], datetime]) -> dict[str, Pusher]:
    door = f"http://127.0.0.1:{port}/wechat"
    corp_id = accounts.wecom.corp_id
    return {
        OA: Pusher(f"{door}/oa", accounts.sealed[OA], ORIGINAL_ID, phones, now),
        WECOM: Pusher(f"{door}/wecom", accounts.sealed[WECOM], corp_id, phones, now, agent_id=AGENT),
    }


def _worker(service: Service, accounts: Accounts, config_dir: Path | None) -> Callable[[], None]:
    """One round of all that is due, and one fetch."""
    official = OfficialSender(accounts.oa, service, ErrorCodes.load(OA, config_dir))
    members = WeComSender(accounts.wecom, service, ErrorCodes.load(WECOM, config_dir))
    sender, me, rules = several((official, members)), worker_name(), Rules.load(config_dir)

    def work() -> None:
        scenes.draw(service, official.api)  # what it has to show leaves in the same round
        rounds.work(service, sender, TEMPLATE, me)
        overtaken.refresh(service, members)
        fetch(service, {OA: official.api, WECOM: members.api}, rules)

    return work


def _login(account: OfficialAccount | WeComApp) -> tuple[str, str]:
    return (account.app_id if isinstance(account, OfficialAccount) else account.corp_id, account.secret)


def _work_and_tell(work: Callable[[], None], official: Platform, lines: dict[str, Line]) -> None:
    """A round of work; then the platform tells what became of the messages, which may be work again."""
    work()
    while official.told:
        name, event = official.told.popleft()
        line = lines[name]
        with suppress(Fault):
            line.pusher.deliver(line.account, line.pusher.message(line.account, event))
        if not official.told:
            work()


def _people(service: Service) -> dict[str, tuple[str, str]]:
    """Import the demo's people; channel and account by name, in the order of the file."""
    with service.store.write() as session:
        import_files(session, [Path(__file__).with_name("people.toml")])
        outbox.release(session, service.clock.now())  # whoever held them is this demo's last, dead process
    facts = read(__file__, "people.toml")
    return {
        person["name"]: next((channel, person[field]) for field, channel in ACCOUNTS.items() if field in person)
        for person in facts["person"]
    }
