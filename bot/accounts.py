"""The accounts of the office: the WeChat service account, the WeCom application, or both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.environment import ConfigError, secret, whole
from bot.keys import Former, Keys
from bot.wire import Account, BadKey, parse_aes_key

OA_API = "https://api.weixin.qq.com"
WECOM_API = "https://qyapi.weixin.qq.com"
OVERLAP = 600
"""Seconds for which the token and key before a change are taken: the platform's own retries are over long before."""
OA_PARTS = ("LIANXIN_OA_APPID", "LIANXIN_OA_AES_KEY", "LIANXIN_OA_SECRET", "LIANXIN_OA_TEMPLATE_ID")
WECOM_PARTS = (
    "LIANXIN_WECOM_CORPID",
    "LIANXIN_WECOM_AES_KEY",
    "LIANXIN_WECOM_SECRET",
    "LIANXIN_WECOM_AGENTID",
)


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """One WeChat service account. A token without `sealed` means plain mode, which has to be asked for."""

    token: str = field(repr=False)
    sealed: Account | None = field(repr=False)
    app_id: str
    secret: str = field(repr=False)
    api_base: str
    template_id: str
    subscribe_id: str = ""
    subscribe_standing: bool = False
    former: Former | None = None

    @property
    def keys(self) -> Keys:
        return Keys(self.token, self.sealed)


@dataclass(frozen=True, slots=True)
class WeComApp:
    """One WeCom application. Its messages are always sealed."""

    sealed: Account = field(repr=False)
    secret: str = field(repr=False)
    agent_id: int  # 0 where it is not given: messages are taken and answered, none can be sent
    api_base: str
    former: Former | None = None

    @property
    def keys(self) -> Keys:
        return Keys(self.sealed.token, self.sealed)

    @property
    def corp_id(self) -> str:
        return self.sealed.receive_id


def official_account(environ: Mapping[str, str]) -> OfficialAccount | None:
    token = _token("LIANXIN_OA_TOKEN", secret(environ, "LIANXIN_OA_TOKEN"))
    if not token:
        _refuse_half_an_account(environ, "LIANXIN_OA_TOKEN", OA_PARTS)
        return None
    mode = environ.get("LIANXIN_OA_MODE") or "safe"
    if mode not in ("safe", "plain"):
        raise ConfigError(f"LIANXIN_OA_MODE: {mode!r} is neither safe nor plain")
    key = ("LIANXIN_OA_AES_KEY", secret(environ, "LIANXIN_OA_AES_KEY"))
    keys = Keys(token, _sealed(environ, token, "LIANXIN_OA_APPID", key) if mode == "safe" else None)
    old_token = ("LIANXIN_OA_TOKEN_OLD", secret(environ, "LIANXIN_OA_TOKEN_OLD"))
    old_key = ("LIANXIN_OA_AES_KEY_OLD", secret(environ, "LIANXIN_OA_AES_KEY_OLD"))
    return OfficialAccount(
        token=token,
        sealed=keys.sealed,
        app_id=environ.get("LIANXIN_OA_APPID", ""),
        secret=secret(environ, "LIANXIN_OA_SECRET"),
        api_base=_api_base(environ, "LIANXIN_OA_API_BASE", OA_API),
        template_id=environ.get("LIANXIN_OA_TEMPLATE_ID", ""),
        subscribe_id=environ.get("LIANXIN_OA_SUBSCRIBE_ID", ""),
        subscribe_standing=_standing(environ),
        former=_former(environ, keys, old_token, old_key),
    )


def _standing(environ: Mapping[str, str]) -> bool:
    kind = environ.get("LIANXIN_OA_SUBSCRIBE_KIND") or "once"
    if kind not in ("once", "long"):
        raise ConfigError(f"LIANXIN_OA_SUBSCRIBE_KIND: {kind!r} is neither once nor long")
    return kind == "long"


def wecom_app(environ: Mapping[str, str]) -> WeComApp | None:
    token = _token("LIANXIN_WECOM_TOKEN", secret(environ, "LIANXIN_WECOM_TOKEN"))
    if not token:
        _refuse_half_an_account(environ, "LIANXIN_WECOM_TOKEN", WECOM_PARTS)
        return None
    agent = environ.get("LIANXIN_WECOM_AGENTID", "")
    if agent and not (agent.isascii() and agent.isdigit()):
        raise ConfigError(f"LIANXIN_WECOM_AGENTID: {agent!r} is not the number of an application")
    key = ("LIANXIN_WECOM_AES_KEY", secret(environ, "LIANXIN_WECOM_AES_KEY"))
    sealed = _sealed(environ, token, "LIANXIN_WECOM_CORPID", key)
    old_token = ("LIANXIN_WECOM_TOKEN_OLD", secret(environ, "LIANXIN_WECOM_TOKEN_OLD"))
    old_key = ("LIANXIN_WECOM_AES_KEY_OLD", secret(environ, "LIANXIN_WECOM_AES_KEY_OLD"))
    return WeComApp(
        sealed=sealed,
        secret=secret(environ, "LIANXIN_WECOM_SECRET"),
        agent_id=int(agent or 0),
        api_base=_api_base(environ, "LIANXIN_WECOM_API_BASE", WECOM_API),
        former=_former(environ, Keys(token, sealed), old_token, old_key),
    )


def _token(name: str, token: str) -> str:
    """Blanks are no token: whoever knows that it is left empty could sign."""
    if token != token.strip():
        raise ConfigError(f"{name}: begins or ends with a blank; copy it from the console as it is")
    return token


def _former(environ: Mapping[str, str], present: Keys, token: tuple[str, str], key: tuple[str, str]) -> Former | None:
    """What the account had before a change; what is not given was as it is. `token` and `key` are the names of the
    variables with their values."""
    if not token[1] and not key[1]:
        return None
    old = _token(*token) or present.token
    sealed = None
    if present.sealed is not None:
        aes_key = _aes_key(*key) if key[1] else present.sealed.aes_key
        sealed = Account(token=old, aes_key=aes_key, receive_id=present.sealed.receive_id)
    overlap = whole(environ, "LIANXIN_KEY_OVERLAP_SECONDS", OVERLAP, most=86400)
    return Former(Keys(old, sealed), timedelta(seconds=overlap))


def _refuse_half_an_account(environ: Mapping[str, str], token: str, parts: tuple[str, ...]) -> None:
    """A misspelt token must not leave a service that starts and has no door."""
    for name in parts:
        if secret(environ, name):
            raise ConfigError(f"{token}: needed beside {name}")


def _sealed(environ: Mapping[str, str], token: str, receiver: str, key: tuple[str, str]) -> Account:
    """What seals the messages; `receiver` names the variable of the receive id, `key` that of the key, with its
    value."""
    receive_id = environ.get(receiver, "")
    if not receive_id:
        raise ConfigError(f"{receiver}: needed; every sealed message is checked against it")
    return Account(token=token, aes_key=_aes_key(*key), receive_id=receive_id)


def _aes_key(name: str, given: str) -> bytes:
    try:
        return parse_aes_key(given)
    except BadKey as error:
        raise ConfigError(f"{name}: needed: {error}") from error


def _api_base(environ: Mapping[str, str], name: str, default: str) -> str:
    base = (environ.get(name) or default).rstrip("/")
    if not base.startswith(("https://", "http://")):
        raise ConfigError(f"{name}: must begin with https://")
    return base
