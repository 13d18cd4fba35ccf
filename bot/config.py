"""All that comes from the environment, read in one place. A mistake stops the start."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.accounts import OfficialAccount, WeComApp, official_account, wecom_app
from bot.environment import ConfigError, seconds, secret, whole
from bot.shelf import MEDIA

DEFAULT_DATABASE = "sqlite:///var/lianxin.db"


@dataclass(frozen=True, slots=True)
class Config:
    database_url: str
    config_dir: Path | None
    secret_key: str = field(repr=False)
    oa: OfficialAccount | None
    wecom: WeComApp | None
    tick_seconds: float
    drain_seconds: float
    web_processes: int
    media_dir: Path
    public_url: str
    metrics_token: str = field(repr=False)


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """Read the environment. Each secret may also be given as NAME_FILE, the path of a file that holds it.

    Raises ConfigError.
    """
    return Config(
        database_url=_database_url(environ),
        config_dir=config_dir(environ),
        secret_key=secret(environ, "LIANXIN_SECRET_KEY"),
        oa=official_account(environ),
        wecom=wecom_app(environ),
        tick_seconds=seconds(environ, "LIANXIN_TICK_SECONDS", 15),
        drain_seconds=seconds(environ, "LIANXIN_DRAIN_SECONDS", 5),
        web_processes=whole(environ, "LIANXIN_WEB_PROCESSES", 2, 64),
        media_dir=Path(environ.get("LIANXIN_MEDIA_DIR") or MEDIA),
        public_url=_public_url(environ),
        metrics_token=_metrics_token(environ),
    )


def _database_url(environ: Mapping[str, str]) -> str:
    url = secret(environ, "LIANXIN_DATABASE_URL") or DEFAULT_DATABASE
    try:
        scheme, file = make_url(url).drivername, make_url(url).database
    except (ArgumentError, ValueError) as error:
        raise ConfigError("LIANXIN_DATABASE_URL: not an address of a database") from error
    if scheme not in ("sqlite", "postgresql+psycopg") or not file:
        raise ConfigError("LIANXIN_DATABASE_URL: use sqlite:///file or postgresql+psycopg://user:password@host/name")
    return url


def _public_url(environ: Mapping[str, str]) -> str:
    """The address under which people's phones reach us, "" where there is none."""
    url = environ.get("LIANXIN_PUBLIC_URL") or ""
    if url and not url.startswith(("https://", "http://")):
        raise ConfigError("LIANXIN_PUBLIC_URL: must begin with https://")
    return url


def _metrics_token(environ: Mapping[str, str]) -> str:
    token = secret(environ, "LIANXIN_METRICS_TOKEN")
    if token and len(token) < 16:
        raise ConfigError("LIANXIN_METRICS_TOKEN: at least 16 random characters, or none")
    return token


CACHE = Path("var") / "cache"
"""Where what is slow to read is kept for the next start; a folder of this user's own."""


def config_dir(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The folder of files that replace the shipped ones."""
    folder = environ.get("LIANXIN_CONFIG_DIR")
    if folder and not Path(folder).is_dir():
        raise ConfigError(f"LIANXIN_CONFIG_DIR: {folder} is not a folder")
    return Path(folder) if folder else None


def port(environ: Mapping[str, str] = os.environ) -> int:
    """The port of `demo` and `serve`, on the loopback address; 0 takes any free one."""
    return whole(environ, "PORT", 8000, 65535, least=0)


def debugging(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether Flask is told to show its debugger."""
    return (environ.get("FLASK_DEBUG") or "0").lower() not in ("0", "false", "no")


def log_level(environ: Mapping[str, str] = os.environ) -> str:
    level = (environ.get("LIANXIN_LOG_LEVEL") or "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise ConfigError(f"LIANXIN_LOG_LEVEL: {level!r} is no level; one of DEBUG, INFO, WARNING, ERROR")
    return level


def old_secret_key(environ: Mapping[str, str] = os.environ) -> str:
    """The key with which the data were sealed until now, for the change to another."""
    return secret(environ, "LIANXIN_SECRET_KEY_OLD")
