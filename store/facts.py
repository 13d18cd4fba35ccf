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
    path = Path(module_file).with_name(name)
    if override is not None and (override / name).is_file():
        path = override / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FactError(f"{name}: no such file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FactError(f"{name}: {error}") from error
