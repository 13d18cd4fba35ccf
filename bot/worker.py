"""The two scheduled jobs. The truth is in the rows: a restart loses nothing, and any number may run at once."""

import logging
import os
import secrets
import socket
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from bot.accounts import OfficialAccount
from bot.config import Config
from bot.delivery import drain
from bot.environment import ConfigError
from bot.official import OfficialSender
from bot.senders import ConsoleSender, ErrorCodes, Sender
from bot.service import Service
from routing.ladder import tick
from store.trouble import report

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
        try:
            run()
        except Exception:
            report(log, "%s failed; it runs again", name)

    return job


def start(service: Service, config: Config) -> BackgroundScheduler:
    """Tick and drain with the real clock."""
    sender, me = sender_for(config.oa, service, config), worker_name()
    template_id = config.oa.template_id if config.oa else ""
    return schedule(
        service,
        {
            "tick": (lambda: tick(service.store, service.policy, service.clock.now()), config.tick_seconds),
            "drain": (lambda: drain(service, sender, template_id, me), config.drain_seconds),
        },
    )


def sender_for(account: OfficialAccount | None, service: Service, config: Config) -> Sender:
    """The service account's sender, or one that prints when no account is configured. Raises ConfigError."""
    if account is None:
        return ConsoleSender()
    if not account.secret:
        raise ConfigError("LIANXIN_OA_SECRET: needed to send messages")
    return OfficialSender(account, service.clock, ErrorCodes.load("oa", config.config_dir))


def worker_name() -> str:
    """Names this process in leases; never used twice, not even by a process with the same number."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
