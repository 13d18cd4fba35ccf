"""The accounts of the office: the WeChat service account, the WeCom application, or both."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.environment import ConfigError, secret
from bot.wire import Account, BadKey, parse_aes_key

OA_API = "https://api.weixin.qq.com"
WECOM_API = "https://qyapi.weixin.qq.com"
OA_PARTS = ("LIANXIN_OA_APPID", "LIANXIN_OA_AES_KEY", "LIANXIN_OA_SECRET", "LIANXIN_OA_TEMPLATE_ID")
WECOM_PARTS = (
    "LIANXIN_WECOM_CORPID",
    "LIANXIN_WECOM_AES_KEY",
    "LIANXIN_WECOM_SECRET",
    "LIANXIN_WECOM_AGENTID",
)


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """One WeChat service account. `plain_token` alone means plain mode, which has to be asked for."""

    token: str = field(repr=False)
    sealed: Account | None = field(repr=False)
    app_id: str
    secret: str = field(repr=False)
    api_base: str
    template_id: str
    subscribe_id: str = ""
    subscribe_standing: bool = False


@dataclass(frozen=True, slots=True)
class WeComApp:
    """One WeCom application. Its messages are always sealed."""

    sealed: Account = field(repr=False)
    secret: str = field(repr=False)
    agent_id: int
    api_base: str

    @property
    def corp_id(self) -> str:
        return self.sealed.receive_id


def official_account(environ: Mapping[str, str]) -> OfficialAccount | None:
    token = secret(environ, "LIANXIN_OA_TOKEN")
    if not token:
        _refuse_half_an_account(environ, "LIANXIN_OA_TOKEN", OA_PARTS)
        return None
    mode = environ.get("LIANXIN_OA_MODE") or "safe"
    if mode not in ("safe", "plain"):
        raise ConfigError(f"LIANXIN_OA_MODE: {mode!r} is neither safe nor plain")
    key = ("LIANXIN_OA_AES_KEY", secret(environ, "LIANXIN_OA_AES_KEY"))
    return OfficialAccount(
        token=token,
        sealed=_sealed(environ, token, "LIANXIN_OA_APPID", key) if mode == "safe" else None,
        app_id=environ.get("LIANXIN_OA_APPID", ""),
        secret=secret(environ, "LIANXIN_OA_SECRET"),
        api_base=_api_base(environ, "LIANXIN_OA_API_BASE", OA_API),
        template_id=environ.get("LIANXIN_OA_TEMPLATE_ID", ""),
        subscribe_id=environ.get("LIANXIN_OA_SUBSCRIBE_ID", ""),
        subscribe_standing=_standing(environ),
    )


def _standing(environ: Mapping[str, str]) -> bool:
    kind = environ.get("LIANXIN_OA_SUBSCRIBE_KIND") or "once"
    if kind not in ("once", "long"):
        raise ConfigError(f"LIANXIN_OA_SUBSCRIBE_KIND: {kind!r} is neither once nor long")
    return kind == "long"


def wecom_app(environ: Mapping[str, str]) -> WeComApp | None:
    token = secret(environ, "LIANXIN_WECOM_TOKEN")
    if not token:
        _refuse_half_an_account(environ, "LIANXIN_WECOM_TOKEN", WECOM_PARTS)
        return None
    agent = environ.get("LIANXIN_WECOM_AGENTID", "")
    if not agent.isascii() or not agent.isdigit():
        raise ConfigError(f"LIANXIN_WECOM_AGENTID: {agent!r} is not the number of an application")
    key = ("LIANXIN_WECOM_AES_KEY", secret(environ, "LIANXIN_WECOM_AES_KEY"))
    return WeComApp(
        sealed=_sealed(environ, token, "LIANXIN_WECOM_CORPID", key),
        secret=secret(environ, "LIANXIN_WECOM_SECRET"),
        agent_id=int(agent),
        api_base=_api_base(environ, "LIANXIN_WECOM_API_BASE", WECOM_API),
    )


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
    try:
        return Account(token=token, aes_key=parse_aes_key(key[1]), receive_id=receive_id)
    except BadKey as error:
        raise ConfigError(f"{key[0]}: needed: {error}") from error


def _api_base(environ: Mapping[str, str], name: str, default: str) -> str:
    base = (environ.get(name) or default).rstrip("/")
    if not base.startswith(("https://", "http://")):
        raise ConfigError(f"{name}: must begin with https://")
    return base
