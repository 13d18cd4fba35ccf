"""What both platforms are asked alike: a token, the menu, and whether our own door is found from outside."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests

from bot import wire
from bot.doctor.case import TIMEOUT, Case, Line, Refused, Silent
from bot.doctor.findings import Finding, found
from bot.doctor.house import clock_off
from bot.menu import Menus, as_sent, as_told

NO_MENU = 46003
NOT_NOW = (-1, 45009, 45011, 45033, 9001002)
"""The platform is busy or has been asked too often: nothing is wrong here."""


def answered(
    case: Case, channel: str, keys: Mapping[int, str], call: Callable[[Line], dict[str, Any]]
) -> tuple[dict[str, Any] | None, list[Finding]]:
    """One call of a platform: its answer, or why there is none. `keys`: the finding for each error code."""
    try:
        return call(case.lines[channel]), []
    except Refused as no:
        if no.code in NOT_NOW:
            return None, [found("platform_busy", code=no.code)]
        key = keys.get(no.code, "platform_refused")
        if key.endswith("_ip") and not no.address:
            key = f"{key}_unnamed"
        return None, [found(key, code=no.code, address=no.address)]
    except Silent as silent:
        return None, [found("platform_silent", host=case.lines[channel].base, why=str(silent))]


def token(
    case: Case, channel: str, keys: Mapping[int, str], call: Callable[[Line], dict[str, Any]]
) -> Iterator[Finding]:
    """A token is really fetched, and the platform's clock is looked at on the way."""
    fields, wrong = answered(case, channel, keys, call)
    line = case.lines[channel]
    if fields is not None and not fields.get("access_token"):
        wrong = [found("platform_silent", host=line.base, why="no token")]
    elif fields is not None:
        line.token = str(fields["access_token"])
    yield from wrong or [found(f"{channel}_token_good")]
    if line.platform_time is not None:
        yield from clock_off(case, channel, line.platform_time - case.now)


def menu(case: Case, channel: str, keys: Mapping[int, str], **query: Any) -> Iterator[Finding]:
    """The menu there is the one of `menu.toml`; `--fix` makes it so."""
    ours = Menus.load(case.config.config_dir).by_channel[channel]
    fields, wrong = answered(case, channel, {**keys, NO_MENU: ""}, lambda line: line.ask("menu/get", **query))
    if fields is None and [each.key for each in wrong] != [""]:
        yield from wrong
    elif fields is not None and as_told(fields) == ours:
        yield found(f"{channel}_menu_good")
    elif not case.fix:
        yield found(f"{channel}_menu_absent" if fields is None else f"{channel}_menu_other")
    else:
        _, wrong = answered(case, channel, keys, lambda line: line.ask("menu/create", as_sent(ours), **query))
        yield from wrong or [found(f"{channel}_menu_made")]


def door(case: Case, channel: str, query: Mapping[str, str], echo: str) -> Iterator[Finding]:
    """Calls at our own public address as the platform's console does, signed, and expects the echo."""
    url = f"{case.config.public_url.rstrip('/')}/wechat/{channel}"
    try:
        answer = case.reach("GET", url, params=query, timeout=TIMEOUT, allow_redirects=False)
    except requests.exceptions.SSLError:
        yield found("door_certificate", url=url)
    except (requests.RequestException, UnicodeError):
        yield found("door_silent", url=url)
    else:
        if answer.status_code == 200 and answer.content == echo.encode():
            yield found("door_good", url=url)
        else:
            key = {200: "door_other", 403: "door_refused", 404: "door_absent", 502: "door_no_serve"}
            yield found(key.get(answer.status_code, "door_status"), url=url, status=answer.status_code)


def signed(account_token: str, case: Case, *more: str) -> dict[str, str]:
    """Time and nonce of a call, and the signature over them and what else is signed."""
    stamp, nonce = str(int(case.now.timestamp())), secrets.token_hex(8)
    return {"timestamp": stamp, "nonce": nonce, "signature": wire.sign(account_token, stamp, nonce, *more)}
