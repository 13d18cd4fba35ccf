"""The simulated platforms are as strict as the real ones: tokens, windows, permissions, lengths, repeats (6.1)."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import bot.sim
from bot.sim import platform
from bot.sim.corp import TEXT_BYTES, Corp
from bot.sim.credentials import A_DAY, OVERLAP, Credentials
from bot.sim.faults import Faults
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from store.facts import read
from tests.desk import MONDAY, HandClock

WHO, CORP_WHO = ("wx1", "s1"), ("ww1", "s2")
TEMPLATE = {"template_id": "t-1", "data": {"thing1": {"value": "有新进展"}}}


class Tencent:
    """Both platforms behind their API, as the sender sees them."""

    def __init__(self, phones: Phones, clock: HandClock) -> None:
        words = read(str(bot.sim.__file__), "sim.toml")
        self.phones, self.clock, self.faults = phones, clock, Faults()
        self.official = Platform(phones, words, {"o_1": "张伟"}, clock.now, self.faults, WHO)
        self.corp = Corp(phones, words, {"li": "李建国", "wang": "王芳"}, clock.now, 7, CORP_WHO)
        app = Flask("platform")
        app.register_blueprint(platform.blueprint(self.official, self.corp))
        self._client: FlaskClient = app.test_client()

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return dict(self._client.get(f"/sim/api/cgi-bin/{path}", query_string=query).json or {})

    def post(self, path: str, body: dict[str, Any] | bytes, **query: str) -> dict[str, Any]:
        sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return dict(self._client.post(f"/sim/api/cgi-bin/{path}", query_string=query, data=sent).json or {})

    def stable(self, *, force: bool = False) -> dict[str, Any]:
        asked = {"grant_type": "client_credential", "appid": WHO[0], "secret": WHO[1], "force_refresh": force}
        return self.post("stable_token", asked)

    def classic(self) -> dict[str, Any]:
        return self.get("token", grant_type="client_credential", appid=WHO[0], secret=WHO[1])

    def custom(self, text: str = "你好", token: str | None = None) -> int:
        body = {"touser": "o_1", "msgtype": "text", "text": {"content": text}}
        given = token or self.stable()["access_token"]
        return int(self.post("message/custom/send", body, access_token=given)["errcode"])

    def says(self, via: str = "said") -> None:
        self.phones.show("张伟", "张伟", "你好", via=via)

    def member(self, **body: Any) -> dict[str, Any]:
        token = self.get("gettoken", corpid=CORP_WHO[0], corpsecret=CORP_WHO[1])["access_token"]
        usual = {"touser": "li", "msgtype": "text", "text": {"content": "你好"}, "agentid": 7}
        return self.post("message/send", {**usual, **body}, access_token=token)

    def seen(self, name: str = "张伟") -> list[str]:
        return [one["text"] for one in self.phones.of(name) if one["from"] != name]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


@pytest.fixture
def tencent(tmp_path: Path, clock: HandClock) -> Iterator[Tencent]:
    phones = Phones(tmp_path / "phones", clock.now)
    yield Tencent(phones, clock)
    phones.close()


# ---------------------------------------------------------------- tokens


def test_a_stable_token_is_the_same_for_everybody_and_renewed_five_minutes_early(
    tencent: Tencent, clock: HandClock
) -> None:
    first = tencent.stable()
    assert first["expires_in"] == 7200
    clock.moment += timedelta(hours=1)
    assert tencent.stable() == {**first, "expires_in": 3600}

    clock.moment += timedelta(minutes=55)
    second = tencent.stable()

    assert second["access_token"] != first["access_token"]
    tencent.says()
    assert tencent.custom(token=first["access_token"]) == 0
    clock.moment += OVERLAP
    assert tencent.custom(token=first["access_token"]) == 42001


def test_a_forced_token_ends_the_one_before_at_once_and_not_twice_in_half_a_minute(
    tencent: Tencent, clock: HandClock
) -> None:
    first = tencent.stable()["access_token"]
    tencent.says()

    assert tencent.stable(force=True)["access_token"] != first

    assert tencent.custom(token=first) == 42001
    assert tencent.stable(force=True)["errcode"] == 45011
    for _ in range(19):
        clock.moment += timedelta(seconds=30)
        tencent.stable(force=True)
    clock.moment += timedelta(seconds=30)
    assert tencent.stable(force=True)["errcode"] == 45009


def test_a_classic_token_ends_the_one_before_after_five_minutes_and_leaves_the_stable_one_alone(
    tencent: Tencent, clock: HandClock
) -> None:
    stable, first = tencent.stable()["access_token"], tencent.classic()["access_token"]
    second = tencent.classic()["access_token"]
    tencent.says()
    assert [tencent.custom(token=each) for each in (first, second, stable)] == [0, 0, 0]

    clock.moment += OVERLAP

    assert [tencent.custom(token=each) for each in (first, second, stable)] == [42001, 0, 0]


def test_two_thousand_classic_tokens_a_day_and_no_more(clock: HandClock) -> None:
    given = Credentials(clock.now)
    for _ in range(A_DAY):
        given.classic()

    assert given.classic()["errcode"] == 45009
    clock.moment = MONDAY + timedelta(hours=15)  # midnight in China
    assert "access_token" in given.classic()


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("token", {"appid": "wx1", "secret": "wrong"}, 40125),
        ("token", {"appid": "wx9", "secret": "s1"}, 40013),
        ("gettoken", {"corpid": "ww1", "corpsecret": "wrong"}, 40001),
        ("gettoken", {"corpid": "ww9", "corpsecret": "s2"}, 40013),
    ],
)
def test_who_cannot_say_the_secret_gets_no_token(
    tencent: Tencent, path: str, query: dict[str, str], code: int
) -> None:
    assert tencent.get(path, **query)["errcode"] == code


def test_a_token_nobody_gave_and_no_token_are_refused(tencent: Tencent) -> None:
    assert tencent.custom(token="made up") == 40001
    body = {"touser": "o_1", "msgtype": "text", "text": {"content": "x"}}
    assert tencent.post("message/custom/send", body)["errcode"] == 41001
    assert tencent.post("message/send", body, access_token="made up")["errcode"] == 40014


# ---------------------------------------------------------------- the chat window


@pytest.mark.parametrize(
    ("via", "allowed", "length"),
    [("said", 5, timedelta(hours=48)), ("pressed", 3, timedelta(minutes=1)), ("scanned", 3, timedelta(minutes=1))],
)
def test_what_a_person_did_allows_so_many_messages_for_so_long(
    tencent: Tencent, clock: HandClock, via: str, allowed: int, length: timedelta
) -> None:
    assert tencent.custom() == 45015
    tencent.says(via)

    assert [tencent.custom() for _ in range(allowed + 1)] == [0] * allowed + [45047]

    tencent.says(via)
    clock.moment += length - timedelta(seconds=1)
    assert tencent.custom() == 0
    clock.moment += timedelta(seconds=1)
    assert tencent.custom() == 45015


def test_a_press_gives_three_more_for_a_minute_and_no_two_days(tencent: Tencent, clock: HandClock) -> None:
    tencent.says()
    tencent.says("pressed")
    assert [tencent.custom() for _ in range(9)] == [0] * 8 + [45047]

    clock.moment += timedelta(hours=47)
    tencent.says("pressed")
    clock.moment += timedelta(hours=1)
    assert tencent.custom() == 45015


def test_a_days_messages_by_one_call_end_and_the_next_day_begins_anew(tencent: Tencent, clock: HandClock) -> None:
    tencent.official.a_day["custom"] = 2
    tencent.says()
    assert [tencent.custom() for _ in range(3)] == [0, 0, 45009]

    clock.moment += timedelta(days=1)
    assert tencent.custom() == 0


def test_who_follows_no_more_gets_nothing(tencent: Tencent) -> None:
    tencent.says()
    tencent.official.gone.add("o_1")
    token = tencent.stable()["access_token"]

    assert tencent.custom() == 45015
    assert (
        tencent.post("message/template/send", {"touser": "o_1", **TEMPLATE}, access_token=token)["errcode"] == 43004
    )


def test_a_text_is_no_longer_than_2048_bytes_and_escapes_are_shown_as_they_are(tencent: Tencent) -> None:
    tencent.says()
    assert tencent.custom("字" * 683) == 45002
    token = tencent.stable()["access_token"]

    told = b'{"touser":"o_1","msgtype":"text","text":{"content":"\\u4f60"}}'
    assert tencent.post("message/custom/send", told, access_token=token)["errcode"] == 0

    assert tencent.seen() == ["\\u4f60"]


# ---------------------------------------------------------------- template and subscription messages


def send(tencent: Tencent, call: str, **body: Any) -> dict[str, Any]:
    token = tencent.stable()["access_token"]
    return tencent.post(call, {"touser": "o_1", **TEMPLATE, **body}, access_token=token)


def test_what_became_of_a_template_message_is_told_afterwards(tencent: Tencent) -> None:
    sent = send(tencent, "message/template/send")
    tencent.faults.order("template", {"result": "failed:user block"}, 1)
    blocked = send(tencent, "message/template/send")

    told = [(event["MsgID"], event["Status"]) for _, event in tencent.official.told]
    assert told == [(str(sent["msgid"]), "success"), (str(blocked["msgid"]), "failed:user block")]
    assert len(tencent.seen()) == 1


def test_a_template_message_with_the_same_key_is_dropped_for_ten_minutes(tencent: Tencent, clock: HandClock) -> None:
    for _ in range(2):
        send(tencent, "message/template/send", client_msg_id="k")
    assert len(tencent.seen()) == 1

    clock.moment += timedelta(minutes=10, seconds=1)
    send(tencent, "message/template/send", client_msg_id="k")

    assert len(tencent.seen()) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"data": {"thing1": {"value": "一" * 21}}}, 47003),
        ({"data": {"character_string1": {"value": "编号"}}}, 47003),
        ({"data": {"time1": {"value": "明天"}}}, 47003),
        ({"data": {}}, 47003),
        ({"template_id": ""}, 40037),
        ({"touser": "o_9"}, 40003),
    ],
)
def test_a_template_message_that_does_not_fit_is_refused(tencent: Tencent, body: dict[str, Any], code: int) -> None:
    assert send(tencent, "message/template/send", **body)["errcode"] == code


def test_each_tap_allows_one_subscription_message(tencent: Tencent) -> None:
    assert send(tencent, "message/subscribe/bizsend")["errcode"] == 43101
    tencent.official.tap("张伟", "t-1")
    tencent.official.tap("张伟", "t-1", "reject")

    codes = [send(tencent, "message/subscribe/bizsend")["errcode"] for _ in range(2)]

    assert codes == [0, 43101]
    assert [event["Event"] for _, event in tencent.official.told] == [
        *["subscribe_msg_popup_event"] * 2,
        "subscribe_msg_sent_event",
    ]


# ---------------------------------------------------------------- WeCom


def test_members_are_reached_and_those_who_are_none_are_named(tencent: Tencent) -> None:
    told = tencent.member(touser="li|Nobody|wang")

    assert (told["errcode"], told["invaliduser"]) == (0, "nobody")
    assert (tencent.seen("李建国"), tencent.seen("王芳")) == (["你好"], ["你好"])
    assert tencent.member(touser="Nobody")["errcode"] == 81013
    assert tencent.member(touser="@all")["errcode"] == 81013
    assert tencent.member(touser="")["errcode"] == 40003
    assert tencent.member(agentid=8)["errcode"] == 40056


def test_a_long_text_is_cut_without_a_word(tencent: Tencent) -> None:
    assert tencent.member(text={"content": "字" * 700})["errcode"] == 0

    assert len(tencent.seen("李建国")[0].encode()) <= TEXT_BYTES


def test_the_same_json_is_shown_once_within_its_interval_whatever_the_order_of_its_keys(
    tencent: Tencent, clock: HandClock
) -> None:
    check = {"enable_duplicate_check": 1, "duplicate_check_interval": 3600}
    first = tencent.member(**check)
    assert tencent.member(**dict(reversed(check.items()))) == first
    assert tencent.seen("李建国") == ["你好"]

    clock.moment += timedelta(hours=1)
    tencent.member(**check)

    assert tencent.seen("李建国") == ["你好"] * 2


def test_what_is_above_a_members_pace_vanishes_and_what_is_above_a_days_is_refused(
    tencent: Tencent, clock: HandClock
) -> None:
    for n in range(31):
        assert tencent.member(text={"content": str(n)})["errcode"] == 0
    assert len(tencent.seen("李建国")) == 30

    clock.moment += timedelta(minutes=1)
    tencent.corp.a_day = 31
    assert tencent.member()["errcode"] == 45009


def card(task: str, title: str = "新事项") -> dict[str, Any]:
    button = {"text": "签收", "key": "签收 001"}
    shown = {"main_title": {"title": title}, "sub_title_text": "", "task_id": task, "button_list": [button]}
    return {"msgtype": "template_card", "template_card": shown}


def test_a_card_has_a_task_of_its_own_and_a_code_to_change_it_by(tencent: Tencent) -> None:
    assert tencent.member(**card("push-1"))["response_code"]

    assert tencent.member(**card("push-1", "另一件"))["errcode"] == 40058
    assert tencent.member(**card("任务"))["errcode"] == 40058
    assert tencent.member(**card("push-2", "长" * 37))["errcode"] == 40058


def change(tencent: Tencent, code: str, word: str = "现为：办理中", **more: Any) -> dict[str, Any]:
    token = tencent.get("gettoken", corpid=CORP_WHO[0], corpsecret=CORP_WHO[1])["access_token"]
    told = {"userids": ["li"], "agentid": 7, "response_code": code, "button": {"replace_name": word}}
    return tencent.post("message/update_template_card", {**told, **more}, access_token=token)


def test_the_code_of_a_message_and_that_of_a_click_change_its_card_once_each(tencent: Tencent) -> None:
    """J: a code that was used is refused"""
    code = tencent.member(**card("push-1"))["response_code"]

    assert change(tencent, code)["errcode"] == 0
    assert tencent.phones.of("李建国")[-1]["card"] == {"buttons": [], "pressed": "现为：办理中"}
    assert change(tencent, code, "又改")["errcode"] == 40058

    assert change(tencent, tencent.corp.clicked("push-1"), "✓ 签收")["errcode"] == 0
    assert tencent.phones.of("李建国")[-1]["card"]["pressed"] == "✓ 签收"


def test_a_code_ends_after_72_hours(tencent: Tencent, clock: HandClock) -> None:
    """J: a code is refused after 72 hours"""
    code = tencent.member(**card("push-1"))["response_code"]
    clock.moment += timedelta(hours=72)

    assert change(tencent, code)["errcode"] == 40058
    assert tencent.phones.of("李建国")[-1]["card"]["buttons"]


def test_a_change_names_its_application_its_members_and_its_word(tencent: Tencent) -> None:
    code = tencent.member(**card("push-1"))["response_code"]
    assert change(tencent, code, agentid=8)["errcode"] == 40056
    assert change(tencent, code, userids=[])["errcode"] == 40058
    assert change(tencent, code, "")["errcode"] == 40058

    told = change(tencent, code, userids=["li", "Wang"])

    assert (told["errcode"], told["invaliduser"]) == (0, ["wang"])  # the card was never his


def test_a_call_can_be_told_to_fail_in_each_way(tencent: Tencent) -> None:
    tencent.says()
    orders: list[tuple[dict[str, Any], Callable[[], object]]] = [
        ({"errcode": -1}, lambda: tencent.custom() == -1),
        ({"errcode": 45009}, lambda: tencent.custom() == 45009),
    ]
    for kind, holds in orders:
        tencent.faults.order("custom", kind, 1)
        assert holds()
    assert tencent.custom() == 0
