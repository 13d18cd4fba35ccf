"""Token and key are changed: what comes with the old ones is taken for a while, and answered with them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import config, wire, xml
from bot.app import create_app
from bot.environment import ConfigError
from tests.desk import Desk, HandClock
from tests.door.caller import APP_ID, KEY, PLAIN, SAFE, SEALED, TOKEN, Door, Letter, document, message, plain
from tests.door.test_wecom import CORP, WECOM

NEW_TOKEN, NEW_KEY = "token-since-today", "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut"
NEW = wire.Account(NEW_TOKEN, wire.parse_aes_key(NEW_KEY), APP_ID)
CHANGED = SAFE | {
    "LIANXIN_OA_TOKEN": NEW_TOKEN,
    "LIANXIN_OA_AES_KEY": NEW_KEY,
    "LIANXIN_OA_TOKEN_OLD": TOKEN,
    "LIANXIN_OA_AES_KEY_OLD": KEY,
}


def at_home(door: Door, settings: dict[str, str]) -> Door:
    """A web process that starts now with these settings."""
    return Door(replace(door.service, clock=HandClock(door.service.clock.now())), settings)


def letter(door: Door, somebody: str, keys: wire.Account) -> Letter:
    """A click, which is answered with an envelope."""
    inside = message(somebody, door.at, MsgType="event", Event="CLICK", EventKey="进度")
    encrypted, stamp = wire.seal(keys, inside), str(door.at)
    asked = {"timestamp": stamp, "nonce": "n0", "encrypt_type": "aes"}
    signed = wire.sign(keys.token, stamp, "n0", encrypted)
    return Letter(asked | {"msg_signature": signed}, document({"Encrypt": encrypted}))


def opened_with(keys: wire.Account, body: bytes) -> dict[str, str]:
    parts = xml.fields(body)
    wire.check_signature(keys.token, parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"], parts["Encrypt"])
    return xml.fields(wire.unseal(keys, parts["Encrypt"]))


def after(door: Door, seconds: float) -> Door:
    """The same web process, so much later."""
    clock = door.service.clock
    assert isinstance(clock, HandClock)
    clock.moment += timedelta(seconds=seconds)
    return door


def test_both_are_taken_for_ten_minutes_and_each_is_answered_with_its_own(door: Door, somebody: str) -> None:
    """C: for ten minutes after a change the old key is taken too and answered with itself; then 403"""
    changed = at_home(door, CHANGED)

    for waited in (0, 599):
        after(changed, waited)
        for keys in (SEALED, NEW):
            assert opened_with(keys, changed.post(letter(changed, somebody, keys)).data)["ToUserName"] == somebody
    after(changed, 1)

    assert changed.post(letter(changed, somebody, SEALED)).status_code == 403
    assert changed.post(letter(changed, somebody, NEW)).status_code == 200


def test_how_long_can_be_set(door: Door, somebody: str) -> None:
    """C: how long the old key is taken can be set"""
    changed = at_home(door, CHANGED | {"LIANXIN_KEY_OVERLAP_SECONDS": "3600"})

    assert after(changed, 3599).post(letter(changed, somebody, SEALED)).status_code == 200
    assert after(changed, 1).post(letter(changed, somebody, SEALED)).status_code == 403


@pytest.mark.parametrize(
    ("left_out", "old"),
    [
        ("LIANXIN_OA_TOKEN_OLD", wire.Account(NEW_TOKEN, SEALED.aes_key, APP_ID)),
        ("LIANXIN_OA_AES_KEY_OLD", wire.Account(TOKEN, NEW.aes_key, APP_ID)),
    ],
)
def test_what_did_not_change_need_not_be_given(door: Door, somebody: str, left_out: str, old: wire.Account) -> None:
    """C: token and key can be changed one at a time; a pair that never was is refused"""
    changed = at_home(door, {name: value for name, value in CHANGED.items() if name != left_out})

    assert changed.post(letter(changed, somebody, old)).status_code == 200
    assert changed.post(letter(changed, somebody, SEALED)).status_code == 403  # both old were never in use


def test_without_old_ones_nothing_but_the_present_is_taken(door: Door, somebody: str) -> None:
    """C: without a rotation nothing but the present key is taken"""
    changed = at_home(door, {name: value for name, value in CHANGED.items() if not name.endswith("_OLD")})

    assert changed.post(letter(changed, somebody, SEALED)).status_code == 403


def test_the_console_may_ask_with_either(door: Door) -> None:
    """A: during a rotation the handshake may come with either token"""
    changed = at_home(door, CHANGED)

    def asked(token: str) -> int:
        signature = wire.sign(token, "1700000000", "n0")
        return changed.get(signature=signature, timestamp="1700000000", nonce="n0", echostr="7").status_code

    assert [asked(token) for token in (TOKEN, NEW_TOKEN, "")] == [200, 200, 403]
    after(changed, 600)
    assert [asked(token) for token in (TOKEN, NEW_TOKEN)] == [403, 200]


def test_a_plain_account_changes_its_token_alike(door: Door, somebody: str) -> None:
    """C: a plain account changes its token alike"""
    changed = at_home(door, PLAIN | {"LIANXIN_OA_TOKEN": NEW_TOKEN, "LIANXIN_OA_TOKEN_OLD": TOKEN})
    inside = message(somebody, changed.at, MsgType="event", Event="VIEW")

    assert changed.post(plain(inside, changed.at)).data == b"success"
    assert after(changed, 600).post(plain(inside, changed.at)).status_code == 403


def test_an_application_of_wecom_changes_alike(desk: Desk) -> None:
    """C: WeCom: token and key are changed alike"""
    settings = WECOM | {"LIANXIN_WECOM_TOKEN_OLD": TOKEN, "LIANXIN_WECOM_AES_KEY_OLD": NEW_KEY}
    client = create_app(desk.service, None, config.load(settings).wecom).test_client()
    old = wire.Account(TOKEN, NEW.aes_key, CORP)

    def asked() -> int:
        echo, stamp = wire.seal(old, b"16"), str(int(desk.clock.now().timestamp()))
        query = {"timestamp": stamp, "nonce": "n0", "echostr": echo}
        signed = wire.sign(TOKEN, stamp, "n0", echo)
        return client.get("/wechat/wecom", query_string=query | {"msg_signature": signed}).status_code

    assert asked() == 200
    desk.clock.moment += timedelta(minutes=10)
    assert asked() == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIANXIN_OA_AES_KEY_OLD", "short"),
        ("LIANXIN_OA_TOKEN_OLD", " "),
        ("LIANXIN_KEY_OVERLAP_SECONDS", "0"),
        ("LIANXIN_KEY_OVERLAP_SECONDS", "soon"),
        ("LIANXIN_KEY_OVERLAP_SECONDS", "86401"),
    ],
)
def test_what_cannot_work_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        config.load(CHANGED | {name: value})


def test_the_old_ones_stand_in_no_log_line() -> None:
    told = repr(config.load(CHANGED).oa)

    assert [secret for secret in (TOKEN, KEY, NEW_TOKEN, NEW_KEY) if secret in told] == []
