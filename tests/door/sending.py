"""Our sender before the small platform: how the tests of both tokens and messages call it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.clock import Clock
from bot.official import OfficialSender
from bot.senders import ErrorCodes, SendFailed, Trouble
from bot.service import Service
from store.db import Store
from tests.desk import SECRET as KEY
from tests.desk import parts
from tests.door.caller import SAFE, account
from tests.door.vendor import Vendor

SECRET = "app-secret-9c1e"
CODES = ErrorCodes.load("oa")
BODY = {"touser": "o_1", "msgtype": "text", "text": {"content": "停电了？已派“李建国”👷 <a>&\\"}}


@contextmanager
def office_on(url: str, clock: Clock) -> Iterator[Service]:
    """The service on this database, as another process of the office would have it."""
    service = replace(parts(), store=Store(url, KEY), clock=clock)
    yield service
    service.store.close()


def sender_to(base: str, office: Service, template: str = "t-1") -> OfficialSender:
    ours = {"LIANXIN_OA_SECRET": SECRET, "LIANXIN_OA_API_BASE": base, "LIANXIN_OA_TEMPLATE_ID": template}
    return OfficialSender(account(SAFE | ours), office, CODES)


def trouble(sender: OfficialSender, channel: str = "custom", body: dict[str, Any] = BODY) -> Trouble:
    """What a send that fails is told as; its note never holds what must not be written down."""
    with pytest.raises(SendFailed) as failed:
        sender.send(channel, body)
    note = failed.value.note
    assert not [word for word in ("TOKEN-", SECRET, "o_1", "127.0.0.1", "rid") if word in note]
    return failed.value.trouble


def told_wait(platform: Vendor) -> None:
    """Never answers while the test runs."""
    platform.released.wait()
