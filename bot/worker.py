"""The scheduled jobs. The truth is in the rows: a restart loses nothing, and any number may run at once."""

import logging
import os
import secrets
import socket
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from bot import later, metrics, overtaken, privacy, scenes, watchdog
from bot.config import Config
from bot.delivery import drain
from bot.environment import ConfigError
from bot.media import Rules, fetch, prune
from bot.message import OA, WECOM
from bot.official import OfficialSender
from bot.rounds import tick
from bot.senders import ErrorCodes, several
from bot.service import Service
from bot.wecom import WeComSender
from store import beats, trace
from store.trouble import report

PRUNE_SECONDS = 3600.0
WATCH_SECONDS = 60.0

log = logging.getLogger(__name__)


def schedule(service: Service, jobs: dict[str, tuple[Callable[[], object], float]]) -> BackgroundScheduler:
    """Start a scheduler with these jobs (name: what, every so many seconds). It only ticks: it keeps no state,
    runs one of each at a time, and a run that was missed is made up by the next."""
    scheduler = BackgroundScheduler(timezone=service.policy.calendar.zone)
    for name, (run, seconds) in jobs.items():
        scheduler.add_job(
            guarded(name, run),
            "interval",
            id=name,
            seconds=seconds,
            jitter=min(1.0, seconds / 10),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler


def guarded(name: str, run: Callable[[], object]) -> Callable[[], None]:
    """A job that fails is logged and runs again at its next time."""

    def job() -> None:
        with trace.of(f"{name}-{secrets.token_hex(4)}"):
            try:
                run()
            except Exception:
                report(log, "%s failed; it runs again", name)

    return job


def start(service: Service, config: Config) -> BackgroundScheduler:
    """All jobs with the real clock."""
    senders = senders_for(service, config)
    sender, me, rules = several(senders.values()), worker_name(), Rules.load(config.config_dir)
    members = next((one for one in senders.values() if isinstance(one, WeComSender)), None)
    platforms = {channel: one.api for channel, one in senders.items()}
    template_id = config.oa.template_id if config.oa else ""
    return schedule(
        service,
        {
            "tick": (lambda: timed_tick(service), config.tick_seconds),
            "later": (lambda: later.understand(service), config.drain_seconds),
            "drain": (lambda: drain(service, sender, template_id, me), config.drain_seconds),
            "watch": (lambda: watchdog.look(service), WATCH_SECONDS),
            "fetch": (lambda: fetch(service, platforms, rules), config.drain_seconds),
            "cards": (lambda: overtaken.refresh(service, members), config.drain_seconds),
            "codes": (lambda: scenes.draw(service, platforms.get(OA)), config.drain_seconds),
            "prune": (lambda: prune(service, rules), PRUNE_SECONDS),
            "forget": (lambda: privacy.prune(service), PRUNE_SECONDS),
        },
    )


def timed_tick(service: Service) -> None:
    """A tick, and a note for the metrics of when it was and how long it took. After a flood what was said comes
    before what is due."""
    began = service.clock.now()
    if not later.comes_first(service, began):
        tick(service)
    ended = service.clock.now()
    with service.store.write() as session:
        beats.note(session, {metrics.TICK_BEGAN: began, metrics.TICK_ENDED: ended})


def senders_for(service: Service, config: Config) -> dict[str, OfficialSender | WeComSender]:
    """A sender for each account that is configured, by channel. Raises ConfigError when one cannot send."""
    found: dict[str, OfficialSender | WeComSender] = {}
    if config.oa is not None:
        _need("LIANXIN_OA_SECRET", config.oa.secret)
        found[OA] = OfficialSender(config.oa, service, ErrorCodes.load(OA, config.config_dir))
    if config.wecom is not None:
        _need("LIANXIN_WECOM_SECRET", config.wecom.secret)
        _need("LIANXIN_WECOM_AGENTID", config.wecom.agent_id)
        found[WECOM] = WeComSender(config.wecom, service, ErrorCodes.load(WECOM, config.config_dir))
    return found


def _need(name: str, value: str | int) -> None:
    if not value:
        raise ConfigError(f"{name}: needed to send messages")


def worker_name() -> str:
    """Names this process in leases; never used twice, not even by a process with the same number."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
