"""What the checks look at: the configuration, the parts of the service, and a line to each platform."""

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from bot.accounts import OfficialAccount, WeComApp
from bot.config import Config
from bot.message import OA, WECOM
from bot.service import Service

TIMEOUT = (3.0, 8.0)
ADDRESS = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.])")


class Refused(Exception):
    """The platform said no: with which code, and from which address the call came, "" where it does not say."""

    def __init__(self, code: int, address: str) -> None:
        super().__init__(f"errcode {code}")
        self.code = code
        self.address = address


class Silent(Exception):
    """No answer that makes sense. The message names the kind of trouble and no address: those hold tokens."""


Reach = Callable[..., requests.Response]
"""`requests.request`, or what stands in for it."""


@dataclass(slots=True)
class Line:
    """Calls of one platform's API. Its own ones, so that a token that the service keeps is left alone."""

    base: str
    reach: Reach
    token: str = field(default="", repr=False)
    platform_time: datetime | None = None

    def ask(self, path: str, body: Mapping[str, Any] | None = None, **query: Any) -> dict[str, Any]:
        """The platform's answer to one call, with the token where there is one. Raises Refused and Silent."""
        asked = {"access_token": self.token, **query} if self.token else query
        method, url = "GET" if body is None else "POST", f"{self.base}/cgi-bin/{path}"
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()  # escapes are shown as such
        try:
            answer = self.reach(method, url, params=asked, data=data, timeout=TIMEOUT, allow_redirects=False)
            answer.raise_for_status()
            fields = answer.json()
            code = int(fields.get("errcode") or 0)
        except requests.HTTPError as error:
            raise Silent(f"HTTP {error.response.status_code}") from None
        except requests.RequestException as error:
            raise Silent(type(error).__name__) from None
        except (ValueError, TypeError, AttributeError):
            raise Silent("not JSON") from None
        self.platform_time = _date(answer.headers.get("Date"))
        if code:
            raise Refused(code, address_in(str(fields.get("errmsg", ""))))
        return dict(fields)


def address_in(said: str) -> str:
    """The outgoing address that a platform's refusal names."""
    for found in ADDRESS.findall(said):
        try:
            return str(ipaddress.ip_address(found))
        except ValueError:
            continue
    return ""


def _date(header: str | None) -> datetime | None:
    try:
        told = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


@dataclass(slots=True)
class Case:
    """One examination."""

    config: Config
    service: Service
    now: datetime
    fix: bool
    reach: Reach
    lines: dict[str, Line] = field(init=False)

    def __post_init__(self) -> None:
        accounts = {OA: self.config.oa, WECOM: self.config.wecom}
        self.lines = {name: Line(one.api_base, self.reach) for name, one in accounts.items() if one is not None}

    @property
    def official(self) -> OfficialAccount:
        """The service account; only its own checks ask."""
        assert self.config.oa is not None
        return self.config.oa

    @property
    def application(self) -> WeComApp:
        """The WeCom application; only its own checks ask."""
        assert self.config.wecom is not None
        return self.config.wecom
