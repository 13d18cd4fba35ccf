"""All that comes from the environment, read in one place. A mistake stops the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """Read the environment. Each secret may also be given as NAME_FILE, the path of a file that holds it.

    Raises ConfigError.
    """
    folder = environ.get("LIANXIN_CONFIG_DIR")
    if folder and not Path(folder).is_dir():
        raise ConfigError(f"LIANXIN_CONFIG_DIR: {folder} is not a folder")
    return Config(
        database_url=environ.get("LIANXIN_DATABASE_URL") or DEFAULT_DATABASE,
        config_dir=Path(folder) if folder else None,
        secret_key=secret(environ, "LIANXIN_SECRET_KEY"),
        oa=_official_account(environ),
        tick_seconds=_seconds(environ, "LIANXIN_TICK_SECONDS", 15),
        drain_seconds=_seconds(environ, "LIANXIN_DRAIN_SECONDS", 5),
    )


def secret(environ: Mapping[str, str], name: str) -> str:
    """A secret given as NAME, or in the file that NAME_FILE names; "" when neither is set."""
    if path := environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"{name}_FILE: cannot read {path}: {error.strerror}") from error
    return environ.get(name, "")


def _official_account(environ: Mapping[str, str]) -> OfficialAccount | None:
    token = secret(environ, "LIANXIN_OA_TOKEN")
    if not token:
        return None
    mode = environ.get("LIANXIN_OA_MODE") or "safe"
    if mode not in ("safe", "plain"):
        raise ConfigError(f"LIANXIN_OA_MODE: {mode!r} is neither safe nor plain")
    return OfficialAccount(
        token=token,
        sealed=_sealed(environ, token) if mode == "safe" else None,
        app_id=environ.get("LIANXIN_OA_APPID", ""),
        secret=secret(environ, "LIANXIN_OA_SECRET"),
        api_base=(environ.get("LIANXIN_OA_API_BASE") or OA_API).rstrip("/"),
        template_id=environ.get("LIANXIN_OA_TEMPLATE_ID", ""),
    )


def _sealed(environ: Mapping[str, str], token: str) -> Account:
    app_id, key = environ.get("LIANXIN_OA_APPID", ""), secret(environ, "LIANXIN_OA_AES_KEY")
    if not app_id:
        raise ConfigError("LIANXIN_OA_APPID: needed in safe mode; every message is checked against it")
    try:
        return Account(token=token, aes_key=parse_aes_key(key), receive_id=app_id)
    except BadKey as error:
        raise ConfigError(f"LIANXIN_OA_AES_KEY: needed in safe mode: {error}") from error


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    try:
        seconds = float(environ.get(name) or default)
    except ValueError as error:
        raise ConfigError(f"{name}: not a number of seconds") from error
    if not 0.05 <= seconds <= 3600:
        raise ConfigError(f"{name}: must lie between 0.05 and 3600 seconds")
    return seconds
