"""Messages to members: never to everybody, never more than the platform takes, never sent when nobody got them."""

import json
from typing import Any

import pytest

from bot.senders import ErrorCodes, SendFailed, Taken, Trouble
from bot.service import Service
from bot.wecom import WeComSender
from tests.door.test_wecom import AGENT, CORP, WECOM, app_of
from tests.door.vendor import Vendor, hangs_up, refuses, says

SECRET = "corp-secret-3d77"
BODY = {"touser": "lijianguo", "msgtype": "text", "text": {"content": "新事项 20260928-001：停电了 👷"}}


@pytest.fixture
def wecom(platform: Vendor, office: Service) -> WeComSender:
    ours = {"LIANXIN_WECOM_SECRET": SECRET, "LIANXIN_WECOM_API_BASE": platform.base}
    return WeComSender(app_of(WECOM | ours), office, ErrorCodes.load("wecom"))


def trouble(sender: WeComSender, body: dict[str, Any] = BODY) -> Trouble:
    with pytest.raises(SendFailed) as failed:
        sender.send("wecom", body)
    assert not [word for word in ("TOKEN-", SECRET, "lijianguo", "127.0.0.1") if word in failed.value.note]
    return failed.value.trouble


def test_a_message_names_the_application_and_asks_for_the_check_against_repeats(
    platform: Vendor, wecom: WeComSender
) -> None:
    for _ in range(2):
        wecom.send("wecom", BODY)

    first, second = platform.sends()
    told = json.loads(first.body)
    assert first.path == "/cgi-bin/message/send"
    assert {name: told[name] for name in BODY} == BODY
    assert (told["agentid"], told["enable_duplicate_check"], told["duplicate_check_interval"]) == (
        int(AGENT),
        1,
        14400,
    )
    assert "停电了 👷".encode() in first.body
    assert first.body == second.body


def test_a_card_comes_back_with_its_code_and_is_changed_by_it(platform: Vendor, wecom: WeComSender) -> None:
    platform.tell("send", says({"errcode": 0, "msgid": "m1", "response_code": "c1"}))
    taken = wecom.send("wecom", BODY)
    assert isinstance(taken, Taken)
    assert (str(taken), taken.code) == ("m1", "c1")

    wecom.change("lijianguo", taken.code, "现为：办理中")

    asked = platform.calls[-1]
    assert asked.path == "/cgi-bin/message/update_template_card"
    assert json.loads(asked.body) == {
        "userids": ["lijianguo"],
        "agentid": int(AGENT),
        "response_code": "c1",
        "button": {"replace_name": "现为：办理中"},
    }


def test_one_token_serves_many_calls_and_is_replaced_once_when_refused(platform: Vendor, wecom: WeComSender) -> None:
    wecom.send("wecom", BODY)
    wecom.send("wecom", BODY)
    assert platform.tokens() == 1

    platform.tell("send", refuses(42001))
    wecom.send("wecom", BODY)
    assert platform.tokens() == 2

    platform.tell("send", refuses(42001), times=2)
    assert trouble(wecom) is Trouble.CONFIG
    assert platform.tokens() == 3


@pytest.mark.parametrize("field", ["invaliduser", "unlicenseduser"])
def test_a_success_that_names_the_member_as_unreachable_is_a_failure(
    platform: Vendor, wecom: WeComSender, field: str
) -> None:
    platform.tell("send", says({"errcode": 0, "errmsg": "ok", field: "lijianguo", "msgid": "m1"}))

    assert trouble(wecom) is Trouble.DROP


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (-1, Trouble.LATER),
        (45009, Trouble.PAUSE),
        (60111, Trouble.DROP),
        (81013, Trouble.DROP),
        (40058, Trouble.PAYLOAD),
        (40001, Trouble.CONFIG),
        (60020, Trouble.CONFIG),
        (48002, Trouble.CONFIG),
        (999999, Trouble.PAYLOAD),
    ],
)
def test_each_refusal_means_what_the_table_of_this_platform_says(
    platform: Vendor, wecom: WeComSender, code: int, meaning: Trouble
) -> None:
    platform.tell("send", refuses(code))

    assert trouble(wecom) is meaning


def test_a_line_that_breaks_leaves_nobody_certain(platform: Vendor, wecom: WeComSender) -> None:
    platform.tell("send", hangs_up)

    assert trouble(wecom) is Trouble.UNCERTAIN


@pytest.mark.parametrize("member", ["@all", "", "a|b"])
def test_nothing_is_ever_sent_to_everybody_or_to_several(platform: Vendor, wecom: WeComSender, member: str) -> None:
    """L: "@all" is never sent to"""
    assert trouble(wecom, BODY | {"touser": member}) is Trouble.PAYLOAD
    assert platform.sends() == []


def test_the_company_asks_for_its_token_with_its_secret(platform: Vendor, wecom: WeComSender) -> None:
    wecom.send("wecom", BODY)

    assert platform.calls[0].path == "/cgi-bin/gettoken"
    assert platform.calls[0].query == {"corpid": CORP, "corpsecret": SECRET}
