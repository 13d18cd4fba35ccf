"""The parts of the service, joined once at the start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

import bot
import intake
import routing
from bot.clock import Clock
from bot.config import CACHE, Config
from bot.facts import Speaker
from bot.flow import Flow
from bot.limits import Limits
from bot.links import Links
from bot.retention import Retention
from bot.rules import ContactRules
from bot.shelf import SHELF, Shelf
from bot.texts import Texts
from intake import stock
from intake.submit import Intake
from routing.dates import COUNTED, KINDS
from routing.policy import Policy
from store import inbox, outbox
from store.db import Store
from store.facts import FactError, read
from store.tables import Push

TEMPLATE_PARTS = {"number", "enterprise", "matter", "time", "todo"}


@dataclass(frozen=True, slots=True)
class Subscription:
    """The template of subscription messages, and the field that takes each thing we say. `standing`: who allowed it
    once allowed it for good."""

    template_id: str
    standing: bool
    fields: Mapping[str, str]


def calm() -> bool:
    """Never are there too many."""
    return False


@dataclass(frozen=True, slots=True)
class Service:
    """Everything a message or a tick needs. Holds no state of its own beside the database."""

    store: Store
    intake: Intake
    policy: Policy
    texts: Texts
    speaker: Speaker
    template: Mapping[str, str]  # what we say in a template message, and the field that takes it
    clock: Clock
    limits: Limits
    retention: Retention
    flow: Flow
    contacts: ContactRules
    subscription: Subscription | None = None
    scannable: bool = False  # whether there is a service account whose codes can be scanned
    shelf: Shelf = SHELF
    links: Links | None = None  # to what lies there; None where no address is known under which we are reached
    first_sight: Callable[[Session, str, str, str, datetime], int | None] = inbox.first_sight
    crowded: Callable[[], bool] = calm  # whether too many messages come at once to understand each at once
    lease: Callable[[Session, str, datetime, timedelta], Push | None] = outbox.lease


def assemble(store: Store, clock: Clock, config_dir: Path | None = None) -> Service:
    """Read all configuration files and join the parts. Raises FactError for the first mistake."""
    _refuse_unknown_files(config_dir)
    taking, policy, texts = Intake.load(config_dir, CACHE), Policy.load(config_dir), Texts.load(config_dir)
    _check_topics(policy, taking.analyser.topics)
    _check_dates(taking.promised.dates.said)
    speaker = Speaker(texts, taking.analyser, taking.named, policy.calendar)
    template, limits = _template(config_dir), Limits.load(config_dir)
    keeping, flow, rules = Retention.load(config_dir), Flow.load(config_dir), ContactRules.load(config_dir)
    return Service(store, taking, policy, texts, speaker, template, clock, limits, keeping, flow, rules)


def assembled(config: Config, clock: Clock) -> Service:
    """The parts as the environment says."""
    service = assemble(Store(config.database_url, config.secret_key), clock, config.config_dir)
    links = Links.of(config.public_url, config.secret_key) if config.public_url else None
    wanted = None
    if config.oa is not None and config.oa.subscribe_id:
        fields = _template(config.config_dir, "subscription")
        wanted = Subscription(config.oa.subscribe_id, config.oa.subscribe_standing, fields)
    shelf, scannable = Shelf(config.media_dir), config.oa is not None
    return replace(service, shelf=shelf, links=links, subscription=wanted, scannable=scannable)


def _check_topics(policy: Policy, topics: Mapping[str, tuple[str, ...]]) -> None:
    """Routing names sub-topics that intake knows; neither room sees the other's files."""
    for override in policy.owners.overrides:
        for topic in override.topics:
            if topic not in topics.get(override.category, ()):
                raise FactError(f"owners.toml: {override.name}: {override.category} has no topic {topic!r}")


def _check_dates(kinds: frozenset[str]) -> None:
    """Intake names kinds of dates that routing knows how to find."""
    if unknown := kinds - KINDS.keys() - COUNTED:
        raise FactError(f"promises.toml: date: unknown kind {min(unknown)!r}")


def _template(config_dir: Path | None, section: str = "fields") -> dict[str, str]:
    fields: dict[str, str] = read(__file__, "template.toml", config_dir).get(section, {})
    if unknown := fields.keys() - TEMPLATE_PARTS:
        raise FactError(
            f"template.toml: {section}: unknown {min(unknown)!r}; one of {', '.join(sorted(TEMPLATE_PARTS))}"
        )
    return fields


def _refuse_unknown_files(config_dir: Path | None) -> None:
    """A misnamed file would change nothing, and nobody would know."""
    if config_dir is None:
        return
    rooms = (bot, intake, routing)
    known = {stock.LEARNED} | {path.name for room in rooms for path in Path(str(room.__file__)).parent.glob("*.*")}
    for path in sorted(config_dir.iterdir()):
        if path.suffix in (".toml", ".jsonl", ".txt", ".npz") and path.name not in known:
            raise FactError(f"{path.name}: replaces no file of this program; is it misspelt?")
