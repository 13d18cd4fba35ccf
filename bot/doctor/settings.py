"""Is every setting there, and can it work?"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from bot import config
from bot.config import Config
from bot.doctor.findings import Finding, found
from bot.environment import ConfigError, secret
from bot.message import OA, WECOM
from bot.ready import SHORTEST, hard_to_guess
from bot.wire import BadKey, parse_aes_key

NEEDED = {
    OA: (
        "LIANXIN_OA_TOKEN",
        "LIANXIN_OA_AES_KEY",
        "LIANXIN_OA_APPID",
        "LIANXIN_OA_SECRET",
        "LIANXIN_OA_TEMPLATE_ID",
    ),
    WECOM: (
        "LIANXIN_WECOM_TOKEN",
        "LIANXIN_WECOM_AES_KEY",
        "LIANXIN_WECOM_CORPID",
        "LIANXIN_WECOM_AGENTID",
        "LIANXIN_WECOM_SECRET",
    ),
}
GUESSED = ("changeme", "password", "secret", "lianxin", "example", "123456")
"""What a key that was made up by a person, or copied from a page, contains."""
TOKEN, SHORT_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}"), 16
NAME = re.compile(r"LIANXIN_[A-Z_]+|PORT")


class Broken(Exception):
    """No configuration can be read out of this environment. The findings have said why."""


def read(environ: Mapping[str, str]) -> tuple[Config, list[Finding]]:
    """The configuration without what is wrong in it, and what is. Half an account is none. Raises Broken."""
    findings = [each for side in NEEDED for each in _half(environ, side)]
    named = {each.facts["setting"] for each in findings}
    usable = dict(environ)
    if "LIANXIN_WECOM_AGENTID" in named:
        _drop(usable, "LIANXIN_WECOM_AGENTID")  # the door would open without it, but nothing more can be looked at
    while True:
        try:
            return config.load(usable), findings
        except ConfigError as error:
            name = _name_in(str(error))
            if name not in named:
                findings.append(found("setting_wrong", setting=name))
            if not _drop(usable, name):
                raise Broken(name) from error


def _half(environ: Mapping[str, str], side: str) -> Iterator[Finding]:
    """What an account lacks of which something is given, and a key of the wrong length: loading names one thing at
    a time, whoever fills in a form wants to know all."""
    if not any(secret_or_none(environ, name) for name in NEEDED[side]):
        return
    for name in _needed(environ, side):
        value = secret_or_none(environ, name)
        if not value:
            yield found("setting_absent", setting=name)
        elif name.endswith("_AES_KEY") and not _is_key(value):
            yield found("setting_wrong", setting=name)


def _is_key(value: str) -> bool:
    try:
        parse_aes_key(value)
    except BadKey:
        return False
    return True


def _needed(environ: Mapping[str, str], side: str) -> tuple[str, ...]:
    plain = side == OA and environ.get("LIANXIN_OA_MODE") == "plain"
    return tuple(name for name in NEEDED[side] if not (plain and name == "LIANXIN_OA_AES_KEY"))


def secret_or_none(environ: Mapping[str, str], name: str) -> str | None:
    """The value, None also where the file that should hold it cannot be read: loading says so."""
    try:
        return secret(environ, name) or None
    except ConfigError:
        return None


def _name_in(said: str) -> str:
    named = NAME.match(said)
    return named[0].removesuffix("_FILE") if named else said


def _drop(environ: dict[str, str], name: str) -> bool:
    """Go on without what is wrong; a whole account where it is part of one."""
    prefix = next((prefix for side in NEEDED if name.startswith(prefix := _prefix(side))), name)
    wrong = [each for each in environ if each.startswith(prefix)]
    for each in wrong:
        del environ[each]
    return bool(wrong)


def _prefix(side: str) -> str:
    """How the names of an account's settings begin."""
    return f"LIANXIN_{side.upper()}_"


def look(settings: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether what can be read is sound."""
    yield from _key(settings.secret_key)
    yield from _address(settings.public_url)
    for side, account in ((OA, settings.oa), (WECOM, settings.wecom)):
        if account is not None:
            name = f"{_prefix(side)}TOKEN"
            yield from _token(name, secret_or_none(environ, name) or "")
    if not any(secret_or_none(environ, name) for names in NEEDED.values() for name in names):
        yield found("no_account")
    if settings.oa is not None and settings.oa.sealed is None:
        yield found("plain_mode")


def _key(key: str) -> Iterator[Finding]:
    if len(key) < SHORTEST:
        yield found("key_short", setting="LIANXIN_SECRET_KEY")
    elif not hard_to_guess(key) or any(word in key.lower() for word in GUESSED):
        yield found("key_guessed", setting="LIANXIN_SECRET_KEY")
    else:
        yield found("key_good", setting="LIANXIN_SECRET_KEY")


def _address(url: str) -> Iterator[Finding]:
    """The platforms call at port 443 or 80 only; over plain http anybody on the way reads along."""
    if not url:
        yield found("setting_absent", setting="LIANXIN_PUBLIC_URL")
        return
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        yield found("setting_wrong", setting="LIANXIN_PUBLIC_URL")
        return
    if parts.scheme != "https":
        yield found("address_plain", setting="LIANXIN_PUBLIC_URL")
    elif port not in (None, 443):
        yield found("address_port", setting="LIANXIN_PUBLIC_URL", port=port)
    else:
        yield found("address_good", setting="LIANXIN_PUBLIC_URL", host=parts.hostname)


def _token(name: str, token: str) -> Iterator[Finding]:
    if not TOKEN.fullmatch(token):
        yield found("token_odd", setting=name)
    elif len(token) < SHORT_TOKEN:
        yield found("token_short", setting=name)
