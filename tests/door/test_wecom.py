"""The door of the WeCom application: everything is sealed, and whoever leaves the directory loses every right."""

import itertools
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import config, wire, xml
from bot.accounts import WeComApp
from bot.app import create_app
from bot.environment import ConfigError
from bot.people_import import import_files
from bot.worker import senders_for
from store import people
from store.tables import Inbox
from tests.desk import Desk
from tests.door.caller import KEY, document

PATH = "/wechat/wecom"
CORP, TOKEN, AGENT = "ww0000000000000001", "corp-token-71c2", "1000002"
WECOM = {
    "LIANXIN_WECOM_TOKEN": TOKEN,
    "LIANXIN_WECOM_AES_KEY": KEY,
    "LIANXIN_WECOM_CORPID": CORP,
    "LIANXIN_WECOM_AGENTID": AGENT,
}
SEALED = wire.Account(TOKEN, wire.parse_aes_key(KEY), CORP)
_ids = itertools.count(7_000_000_000_000_000_001)


def app_of(environment: dict[str, str] = WECOM) -> WeComApp:
    found = config.load(environment).wecom
    assert found is not None
    return found


class Corp:
    """The platform's side of one application."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.client = create_app(desk.service, None, app_of()).test_client()

    @property
    def at(self) -> int:
        return int(self.desk.clock.now().timestamp())

    def query(self, encrypted: str, nonce: str = "n0") -> dict[str, str]:
        signature = wire.sign(TOKEN, str(self.at), nonce, encrypted)
        return {"msg_signature": signature, "timestamp": str(self.at), "nonce": nonce}

    def post(self, inside: dict[str, object], account: wire.Account = SEALED, **changes: str):
        return self.deliver(document(inside), account, **changes)

    def deliver(self, inside: bytes, account: wire.Account = SEALED, **changes: str):
        """A message as it is written, in its envelope."""
        encrypted = wire.seal(account, inside)
        envelope = {"ToUserName": CORP, "AgentID": AGENT, "Encrypt": encrypted}
        query = self.query(encrypted) | changes
        return self.client.post(PATH, query_string=query, data=document(envelope), content_type="text/xml")

    def message(self, user: str, **fields: object) -> dict[str, object]:
        common = {"ToUserName": CORP, "FromUserName": user, "CreateTime": self.at, "AgentID": int(AGENT)}
        number = {} if fields.get("MsgType") == "event" else {"MsgId": next(_ids)}
        return {**common, **number, **fields}

    def says(self, user: str, text: str) -> str:
        """Somebody writes; what they read."""
        return self.read(self.post(self.message(user, MsgType="text", Content=text)))

    def read(self, answer) -> str:
        return xml.fields(self.inside(answer).encode())["Content"] if answer.data else ""

    def inside(self, answer) -> str:
        """The reply inside the envelope, its signature checked."""
        parts = xml.fields(answer.data)
        wire.check_signature(TOKEN, parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"], parts["Encrypt"])
        return wire.unseal(SEALED, parts["Encrypt"]).decode()

    def event(self, user: str, event: str, **fields: object):
        return self.post(self.message(user, MsgType="event", Event=event, **fields))


@pytest.fixture
def corp(desk: Desk) -> Corp:
    return Corp(desk)


def in_directory(desk: Desk, name: str, user: str) -> None:
    """This person writes from WeCom, where they are called `user`."""
    with desk.store.write() as session:
        person = next(person for person in people.everybody(session) if person.name == name)
        people.add_account(session, person, "wecom", user)


def test_the_sealed_echo_comes_back_plain_even_when_its_plus_signs_became_blanks(corp: Corp) -> None:
    """A: WeCom: an echo whose plus signs were decoded to blanks is opened all the same"""
    echo = wire.seal(SEALED, b"1616140317555161061")
    while "+" not in echo:
        echo = wire.seal(SEALED, b"1616140317555161061")

    for arrived in (echo, echo.replace("+", " ")):
        answer = corp.client.get(PATH, query_string=corp.query(echo) | {"echostr": arrived})
        assert (answer.status_code, answer.data, answer.mimetype) == (200, b"1616140317555161061", "text/plain")


def test_an_echo_for_another_company_or_with_a_wrong_signature_is_turned_away(corp: Corp) -> None:
    """A: WeCom: an echo for another company is refused with 403"""
    foreign = wire.seal(wire.Account(TOKEN, wire.parse_aes_key(KEY), "ww0000000000000009"), b"1")
    ours = wire.seal(SEALED, b"1")

    assert corp.client.get(PATH, query_string=corp.query(foreign) | {"echostr": foreign}).status_code == 403
    wrong = corp.query(ours) | {"echostr": ours, "nonce": "n1"}
    assert corp.client.get(PATH, query_string=wrong).status_code == 403


def test_an_officer_in_the_directory_signs_from_wecom(desk: Desk, corp: Corp) -> None:
    in_directory(desk, "李建国", "lijianguo")
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)

    assert "已签收" in corp.says("lijianguo", "签收 001")

    assert desk.item().state == "handling"
    desk.later(seconds=1)
    desk.forget()


def test_an_unknown_member_may_report_and_reads_which_words_go_on(desk: Desk, corp: Corp) -> None:
    said = corp.says("nobody", "我们厂又跳闸了")

    assert "20260928-001" in said
    assert "可以回：撤回 001" in said
    assert "weixin://" not in said
    desk.later(minutes=2)
    desk.forget()


def test_a_message_delivered_three_times_is_answered_alike_and_stored_once(desk: Desk, corp: Corp) -> None:
    """H: WeCom: the same message three times is one row with one answer"""
    message = corp.message("nobody", MsgType="text", Content="我们厂又跳闸了")

    said = {corp.read(corp.post(message)) for _ in range(3)}

    assert len(said) == 1
    with desk.store.read() as session:
        assert len(session.scalars(select(Inbox)).all()) == 1
    desk.later(minutes=2)
    desk.forget()


def test_a_plain_message_a_foreign_seal_and_a_stale_request_are_turned_away(desk: Desk, corp: Corp) -> None:
    """D: WeCom: a plain message is refused with 403, for everything is sealed there"""
    message = corp.message("nobody", MsgType="text", Content="停电")

    plain = corp.client.post(PATH, query_string=corp.query(""), data=document(message), content_type="text/xml")
    foreign = corp.post(message, wire.Account(TOKEN, wire.parse_aes_key(KEY), "ww0000000000000009"))
    stale = corp.post(message, timestamp=str(corp.at - 600))

    assert [answer.status_code for answer in (plain, foreign, stale)] == [403, 403, 403]
    with desk.store.read() as session:
        assert not session.scalars(select(Inbox)).all()


def test_events_nobody_here_cares_about_are_taken_quietly(corp: Corp) -> None:
    """F: WeCom: an event without sender or message number is taken and answered with nothing.

    No sender, no message number, no application: a reader that needs them would be asked again for ever.
    """
    kf = {"ToUserName": CORP, "CreateTime": corp.at, "MsgType": "event", "Event": "kf_msg_or_event", "Token": "T"}

    for answer in (corp.post(kf), corp.event("lijianguo", "enter_agent", EventKey="")):
        assert (answer.status_code, answer.data) == (200, b"")


ARRIVING: dict[str, dict[str, object]] = {
    "text": {"MsgType": "text", "Content": "我们厂停电了"},
    "image": {"MsgType": "image", "PicUrl": "http://p.example.invalid/x", "MediaId": "m1"},
    "voice": {"MsgType": "voice", "MediaId": "m2", "Format": "amr"},
    "video": {"MsgType": "video", "MediaId": "m3", "ThumbMediaId": "t"},
    "location": {
        "MsgType": "location",
        "Location_X": "34.36",
        "Location_Y": "107.24",
        "Label": "l",
        "AppType": "wxwork",
    },
    "link": {"MsgType": "link", "Title": "t", "Description": "d", "Url": "https://example.invalid", "PicUrl": "p"},
    "unknown type": {"MsgType": "hologram"},
    "joining": {"MsgType": "event", "Event": "subscribe", "EventKey": ""},
    "opening": {"MsgType": "event", "Event": "enter_agent", "EventKey": ""},
    "click": {"MsgType": "event", "Event": "click", "EventKey": "进度"},
    "place report": {
        "MsgType": "event",
        "Event": "LOCATION",
        "Latitude": "34.3",
        "Longitude": "107.2",
        "AppType": "wxwork",
    },
    "card menu": {"MsgType": "event", "Event": "template_card_menu_event", "EventKey": "k", "TaskId": "push-1"},
    "outsider": {
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": "add_external_contact",
        "UserID": "u",
    },
    "idle": {"MsgType": "event", "Event": "inactive_alert", "EffectTime": 1},
    "unknown event": {"MsgType": "event", "Event": "not_invented_yet"},
}


@pytest.mark.parametrize("kind", ARRIVING)
def test_every_type_is_taken_and_understood_without_failing(desk: Desk, corp: Corp, kind: str) -> None:
    """F: WeCom: every type of message and event is taken and understood, unknown ones too"""
    answer = corp.post(corp.message("nobody", **ARRIVING[kind]))

    assert answer.status_code == 200
    assert not answer.data or "<MsgType>" in corp.inside(answer)
    with desk.store.read() as session:
        assert [row.failed for row in session.scalars(select(Inbox))] == [False]
    desk.later(minutes=2)
    desk.forget()


def left(corp: Corp, user: str) -> None:
    gone = {"Event": "change_contact", "ChangeType": "delete_user", "UserID": user}
    corp.post({"ToUserName": CORP, "FromUserName": "sys", "CreateTime": corp.at, "MsgType": "event", **gone})


def only_in_directory(desk: Desk, name: str, user: str) -> None:
    with desk.store.write() as session:
        person = next(person for person in people.everybody(session) if person.name == name)
        for identity in people.identities_of(session, person):
            session.delete(identity)
    in_directory(desk, name, user)


def test_whoever_leaves_the_directory_loses_every_right_at_once(desk: Desk, corp: Corp) -> None:
    in_directory(desk, "林晓", "linxiao")
    assert "活动办命令" in corp.says("linxiao", "帮助")

    left(corp, "linxiao")

    assert "不是您这边能用的命令" in corp.says("linxiao", "统计")
    desk.forget()


@pytest.mark.parametrize("how", ["deleted", "disabled"])
def test_what_an_officer_who_leaves_had_in_hand_goes_on_without_them(desk: Desk, corp: Corp, how: str) -> None:
    only_in_directory(desk, "李建国", "lijianguo")
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    assert desk.item().officer.name == "李建国"

    if how == "deleted":
        left(corp, "lijianguo")
    else:
        corp.event("lijianguo", "unsubscribe")

    item = desk.item()
    assert item.officer is None or item.officer.name != "李建国"
    assert item.state == "triage" or item.officer is not None
    assert "不是您这边能用的命令" in corp.says("lijianguo", "待办")
    desk.later(seconds=1)
    desk.forget()


def test_members_come_with_the_import(desk: Desk, corp: Corp, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,role,department,wecom\n李建国,officer,power,lijianguo\n", encoding="utf-8")
    with desk.store.write() as session:
        import_files(session, [file])

    assert "手上没有在办的事项" in corp.says("lijianguo", "待办")


@pytest.mark.parametrize("name", ["CORPID", "AES_KEY", "AGENTID", "SECRET"])
def test_half_an_application_stops_the_start(name: str) -> None:
    with pytest.raises(ConfigError, match="LIANXIN_WECOM_TOKEN"):
        config.load({f"LIANXIN_WECOM_{name}": "given"})


@pytest.mark.parametrize(("name", "given"), [("CORPID", ""), ("AES_KEY", ""), ("AGENTID", "first")])
def test_an_application_needs_its_company_its_key_and_a_number(name: str, given: str) -> None:
    with pytest.raises(ConfigError, match=f"LIANXIN_WECOM_{name}"):
        config.load(WECOM | {f"LIANXIN_WECOM_{name}": given})


@pytest.mark.parametrize("name", ["AGENTID", "SECRET"])
def test_without_number_or_secret_the_door_opens_and_nothing_can_be_sent(desk: Desk, name: str) -> None:
    settings = config.load({"LIANXIN_WECOM_SECRET": "s", **WECOM, f"LIANXIN_WECOM_{name}": ""})
    assert settings.wecom is not None

    with pytest.raises(ConfigError, match=f"LIANXIN_WECOM_{name}: needed to send"):
        senders_for(desk.service, settings)
