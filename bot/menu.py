"""The menus at the foot of the chat, from `menu.toml`: a button says the words of a command.

Limits: "custom menu" pages of the service account and of WeCom (90231).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import commands
from bot.message import OA, WECOM
from store.facts import FactError, read

FILE = "menu.toml"
MOST, MOST_BELOW = 3, 5
NAME_BYTES, KEY_BYTES = 16, 128
NAME_BYTES_BELOW = {OA: 60, WECOM: 40}


@dataclass(frozen=True, slots=True)
class Button:
    """`key`: the words it says; "" where it only opens those below it."""

    name: str
    key: str
    below: tuple["Button", ...] = ()


@dataclass(frozen=True, slots=True)
class Menus:
    by_channel: dict[str, tuple[Button, ...]]

    @classmethod
    def load(cls, override: Path | None = None) -> "Menus":
        """Read `menu.toml`. Raises FactError for what the platform would refuse, and for a key that is no command."""
        facts = read(__file__, FILE, override)
        if unknown := facts.keys() - {OA, WECOM}:
            raise FactError(f"{FILE}: unknown menu {min(unknown)!r}; one of {OA}, {WECOM}")
        return cls({channel: _buttons(channel, facts.get(channel, [])) for channel in (OA, WECOM)})


def _buttons(channel: str, entries: Any) -> tuple[Button, ...]:
    if not isinstance(entries, list) or len(entries) > MOST:
        raise FactError(f"{FILE}: {channel}: at most {MOST} buttons, written as [[{channel}]]")
    return tuple(_button(channel, entry, NAME_BYTES) for entry in entries)


def _button(channel: str, entry: Any, longest: int) -> Button:
    name, key = str(entry.get("name", "")), str(entry.get("key", ""))
    where, under = f"{FILE}: {channel}: {name or 'a button without a name'}", entry.get("below", [])
    below = tuple(_button(channel, one, NAME_BYTES_BELOW[channel]) for one in under)
    if unknown := entry.keys() - {"name", "key", "below"}:
        raise FactError(f"{where}: unknown {min(unknown)!r}")
    if not 0 < len(name.encode()) <= longest:
        raise FactError(f"{where}: a name has 1 to {longest} bytes, three for each Chinese character")
    if len(below) > MOST_BELOW or any(one.below for one in below):
        raise FactError(f"{where}: at most {MOST_BELOW} buttons below, and none below those")
    if bool(below) == bool(key) or len(key.encode()) > KEY_BYTES:
        raise FactError(f"{where}: needs either a key of at most {KEY_BYTES} bytes or buttons below")
    if key and commands.find(key, "") is None:
        raise FactError(f"{where}: {key!r} is no command")
    return Button(name, key, below)


def as_sent(buttons: tuple[Button, ...]) -> dict[str, Any]:
    """The body of menu/create."""
    return {"button": [_sent(button) for button in buttons]}


def _sent(button: Button) -> dict[str, Any]:
    if button.below:
        return {"name": button.name, "sub_button": [_sent(one) for one in button.below]}
    return {"type": "click", "name": button.name, "key": button.key}


def as_told(fields: dict[str, Any]) -> tuple[Button, ...]:
    """The menu in an answer of menu/get, whichever of the two platforms gave it. A button that does something else
    than say words has a key that is none of ours."""
    return tuple(_told(fields.get("menu", fields).get("button", [])))


def _told(entries: Any) -> Iterator[Button]:
    for entry in entries:
        below = tuple(_told(entry.get("sub_button") or []))
        key = str(entry.get("key", "")) if entry.get("type") == "click" else str(entry.get("type", ""))
        yield Button(str(entry.get("name", "")), "" if below else key, below)
