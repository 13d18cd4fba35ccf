"""All that comes from the environment, read in one place. A mistake stops the start."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.wire import Account, BadKey, parse_aes_key

DEFAULT_DATABASE = "sqlite:///var/lianxin.db"
OA_API = "https://api.weixin.qq.com"


class ConfigError(Exception):
    """The environment is not usable. The message names the variable and says what to set."""


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """One WeChat service account. `plain_token` alone means plain mode, which has to be asked for."""

    token: str = field(repr=False)
    sealed: Account | None = field(repr=False)
    app_id: str
    secret: str = field(repr=False)
    api_base: str
    template_id: str


@dataclass(frozen=True, slots=True)
class Config:
    database_url: str
    config_dir: Path | None
    secret_key: str = field(repr=False)
    oa: OfficialAccount | None
    tick_seconds: float
    drain_seconds: float
    web_processes: int


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """Read the environment. Each secret may also be given as NAME_FILE, the path of a file that holds it.

    Raises ConfigError.
    """
    return Config(
        database_url=_database_url(environ),
        config_dir=config_dir(environ),
        secret_key=secret(environ, "LIANXIN_SECRET_KEY"),
        oa=_official_account(environ),
        tick_seconds=_seconds(environ, "LIANXIN_TICK_SECONDS", 15),
        drain_seconds=_seconds(environ, "LIANXIN_DRAIN_SECONDS", 5),
        web_processes=_whole(environ, "LIANXIN_WEB_PROCESSES", 2, 64),
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
    return _whole(environ, "PORT", 8000, 65535, least=0)


def log_level(environ: Mapping[str, str] = os.environ) -> str:
    level = (environ.get("LIANXIN_LOG_LEVEL") or "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise ConfigError(f"LIANXIN_LOG_LEVEL: {level!r} is no level; one of DEBUG, INFO, WARNING, ERROR")
    return level


def secret(environ: Mapping[str, str], name: str) -> str:
    """A secret given as NAME, or in the file that NAME_FILE names; "" when neither is set."""
    if path := environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise ConfigError(f"{name}_FILE: cannot read {path}: {reason}") from error
    return environ.get(name, "")


def _official_account(environ: Mapping[str, str]) -> OfficialAccount | None:
    token = secret(environ, "LIANXIN_OA_TOKEN")
    if not token:
        _refuse_half_an_account(environ)
        return None
    mode = environ.get("LIANXIN_OA_MODE") or "safe"
    if mode not in ("safe", "plain"):
        raise ConfigError(f"LIANXIN_OA_MODE: {mode!r} is neither safe nor plain")
    return OfficialAccount(
        token=token,
        sealed=_sealed(environ, token) if mode == "safe" else None,
        app_id=environ.get("LIANXIN_OA_APPID", ""),
        secret=secret(environ, "LIANXIN_OA_SECRET"),
        api_base=_api_base(environ),
        template_id=environ.get("LIANXIN_OA_TEMPLATE_ID", ""),
    )


def _refuse_half_an_account(environ: Mapping[str, str]) -> None:
    """A misspelt token must not leave a service that starts and has no door."""
    for name in ("LIANXIN_OA_APPID", "LIANXIN_OA_AES_KEY", "LIANXIN_OA_SECRET", "LIANXIN_OA_TEMPLATE_ID"):
        if secret(environ, name):
            raise ConfigError(f"LIANXIN_OA_TOKEN: needed beside {name}")


def _sealed(environ: Mapping[str, str], token: str) -> Account:
    app_id, key = environ.get("LIANXIN_OA_APPID", ""), secret(environ, "LIANXIN_OA_AES_KEY")
    if not app_id:
        raise ConfigError("LIANXIN_OA_APPID: needed in safe mode; every message is checked against it")
    try:
        return Account(token=token, aes_key=parse_aes_key(key), receive_id=app_id)
    except BadKey as error:
        raise ConfigError(f"LIANXIN_OA_AES_KEY: needed in safe mode: {error}") from error


def _api_base(environ: Mapping[str, str]) -> str:
    base = (environ.get("LIANXIN_OA_API_BASE") or OA_API).rstrip("/")
    if not base.startswith(("https://", "http://")):
        raise ConfigError("LIANXIN_OA_API_BASE: must begin with https://")
    return base


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    try:
        seconds = float(environ.get(name) or default)
    except ValueError as error:
        raise ConfigError(f"{name}: not a number of seconds") from error
    if not 0.05 <= seconds <= 3600:
        raise ConfigError(f"{name}: must lie between 0.05 and 3600 seconds")
    return seconds


def _whole(environ: Mapping[str, str], name: str, default: int, most: int, least: int = 1) -> int:
    given = environ.get(name) or str(default)
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
        raise ConfigError(f"{name}: {given!r} is not a whole number from {least} to {most}")
    return int(given)
