"""Reads the TOML files that an office may change."""

import tomllib
from pathlib import Path
from typing import Any


class FactError(Exception):
    """A configuration file is wrong. The message names file, entry and reason; the start stops."""


def read(module_file: str, name: str, override: Path | None = None) -> dict[str, Any]:
    """The TOML file `name`: from the folder `override` if it holds one, else from beside the calling module.

    `module_file` is the caller's `__file__`. An overriding file replaces the shipped one whole.
    Raises FactError when the file is missing or is not TOML.
    """
    try:
        return tomllib.loads(locate(module_file, name, override).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FactError(f"{name}: no such file") from error
    except ValueError as error:  # no TOML, no UTF-8, or a number of more digits than Python reads
        raise FactError(f"{name}: {error}") from error


def locate(module_file: str, name: str, override: Path | None = None) -> Path:
    """Where the file `name` lies: in the folder `override` if it holds one, else beside the calling module."""
    if override is not None and (override / name).is_file():
        return override / name
    return Path(module_file).with_name(name)
