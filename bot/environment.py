"""Reads the environment: secrets from variables or files, numbers within bounds; says which one is wrong."""

from collections.abc import Mapping
from pathlib import Path


class ConfigError(Exception):
    """The environment is not usable. The message names the variable and says what to set."""


def secret(environ: Mapping[str, str], name: str) -> str:
    """A secret given as NAME, or in the file that NAME_FILE names; "" when neither is set."""
    if path := environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise ConfigError(f"{name}_FILE: cannot read {path}: {reason}") from error
    return environ.get(name, "")


def seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    try:
        seconds = float(environ.get(name) or default)
    except ValueError as error:
        raise ConfigError(f"{name}: not a number of seconds") from error
    if not 0.05 <= seconds <= 3600:
        raise ConfigError(f"{name}: must lie between 0.05 and 3600 seconds")
    return seconds


def whole(environ: Mapping[str, str], name: str, default: int, most: int, least: int = 1) -> int:
    given = environ.get(name) or str(default)
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
        raise ConfigError(f"{name}: {given!r} is not a whole number from {least} to {most}")
    return int(given)
