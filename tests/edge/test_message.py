"""A message becomes ours: each type keeps what the service needs, and a repeat is known as one."""

import pytest

from bot.message import UNSUPPORTED, BadMessage, read_message

OPENID = "oTEST_openid_1"


def received(kind: str = "text", **more: str) -> dict[str, str]:
    common = {"ToUserName": "gh_1", "FromUserName": OPENID, "CreateTime": "1700000000", "MsgType": kind}
    return common | more


def test_a_text_message_keeps_every_word_and_blank():
    message = read_message(received(Content="  3号楼电梯困人 👨‍👩‍👧‍👦𠮷\n", MsgId="24000000000000001"))

    assert message.account == "gh_1"
    assert message.sender == OPENID
    assert message.created == 1700000000
    assert message.kind == "text"
    assert message.text == "  3号楼电梯困人 👨‍👩‍👧‍👦𠮷\n"
    assert message.dedupe_key == f"{OPENID}|24000000000000001|1700000000"
    assert (message.media_id, message.latitude, message.longitude, message.url) == (None, None, None, None)
    assert (message.event, message.event_key, message.menu_id) == ("", "", "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            received("image", MediaId="m", PicUrl="http://mmbiz.qpic.cn/x"),
            {"kind": "image", "media_id": "m", "url": "http://mmbiz.qpic.cn/x", "text": ""},
        ),
        (received("voice", MediaId="m", Format="amr"), {"kind": "voice", "media_id": "m", "text": ""}),
        (received("voice", MediaId="m", Recognition=""), {"kind": "voice", "text": ""}),
        (received("voice", MediaId="m", Recognition="订单下降"), {"kind": "voice", "text": "订单下降"}),
        (received("video", MediaId="m", ThumbMediaId="t"), {"kind": "video", "media_id": "m"}),
        (received("shortvideo", MediaId="m"), {"kind": "video", "media_id": "m"}),
        (
            received("location", Location_X="23.134521", Location_Y="113.358803", Label="位置"),
            {"kind": "location", "latitude": 23.134521, "longitude": 113.358803, "text": "位置"},
        ),
        (
            received("link", Title="标题", Description="d", Url="https://example.invalid/a"),
            {"kind": "link", "text": "标题", "url": "https://example.invalid/a"},
        ),
        (
            received("file", Title="test.zip", FileKey="k"),
            {"kind": "file", "text": "test.zip", "media_id": None},
        ),
        (received("miniprogrampage", Title="小程序"), {"kind": "miniprogram", "text": "小程序", "url": None}),
        (received("text", Content="确认无误", bizmsgmenuid="101"), {"text": "确认无误", "menu_id": "101"}),
        (received("text", Content=UNSUPPORTED), {"kind": "unknown", "text": ""}),
        (received("hologram", Content="x"), {"kind": "unknown", "text": ""}),
        (received("event"), {"kind": "event", "event": "", "event_key": ""}),
        (received("event", Event="SCAN", EventKey="INV-1"), {"event": "scan", "event_key": "INV-1"}),
        (received("event", Event="Click", EventKey="MENU"), {"event": "click", "event_key": "MENU"}),
        (
            received("event", Event="subscribe", EventKey="qrscene_7", Ticket="t"),
            {"event": "subscribe", "event_key": "qrscene_7"},
        ),
        (
            received("event", Event="LOCATION", Latitude="23.1", Longitude="-113.3", Precision="9"),
            {"event": "location", "latitude": 23.1, "longitude": -113.3},
        ),
        (received("event", Event="brand_new_event"), {"kind": "event", "event": "brand_new_event"}),
    ],
)
def test_each_type_keeps_what_the_service_needs(fields, expected):
    """F: each type becomes our own message with what the service needs of it"""
    message = read_message(fields)

    assert {name: getattr(message, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        (received(MsgId="18446744073709551615"), f"{OPENID}|18446744073709551615|1700000000"),
        (received(MsgId="abc"), f"{OPENID}|abc|1700000000"),
        (received("event", Event="subscribe"), f"{OPENID}|1700000000|subscribe|"),
        (received("event", Event="SCAN", EventKey="INV-1"), f"{OPENID}|1700000000|SCAN|INV-1"),
        (
            received("event", Event="TEMPLATESENDJOBFINISH", MsgID="200163840"),
            f"{OPENID}|1700000000|TEMPLATESENDJOBFINISH|200163840",
        ),
        (
            received("event", Event="user_authorization_revoke", OpenID="oSOMEBODY"),
            "oSOMEBODY|1700000000|user_authorization_revoke",
        ),
    ],
)
def test_the_dedupe_key_follows_the_protocol(fields, key):
    """H: a message is known by sender, number and time; an event by sender, time, name and key"""
    assert read_message(fields).dedupe_key == key


def key(fields: dict[str, str]) -> str:
    return read_message(fields).dedupe_key


def test_a_repeat_without_msgid_is_still_known_as_a_repeat():
    first, again = received(Content="停电了"), received(Content="停电了", MsgId="")

    assert key(first) == key(again)
    assert key(first) != key(received(Content="停水了"))
    assert key(first) != key(received(Content="停电了", FromUserName="oOTHER"))
    assert key(first) != key(received(Content="停电了", CreateTime="1700000001"))
    assert key(received("image", MediaId="a")) != key(received("image", MediaId="b"))


def test_one_msgid_given_to_two_people_is_two_messages():
    assert key(received(MsgId="7")) != key(received(MsgId="7", FromUserName="oOTHER"))


def test_a_click_and_a_location_in_one_second_are_two_events():
    click = received("event", Event="CLICK", EventKey="A")
    location = received("event", Event="LOCATION", Latitude="1", Longitude="2")

    assert key(click) != key(location)


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName", "CreateTime", "MsgType"])
@pytest.mark.parametrize("value", [None, "", " \n"])
def test_a_message_without_the_four_common_fields_is_refused(name, value):
    fields = {key: text for key, text in received(Content="x").items() if key != name}

    with pytest.raises(BadMessage, match=name):
        read_message(fields if value is None else fields | {name: value})


@pytest.mark.parametrize("time", ["zz", "-1", "+1", "1.5", "1e9", "1_0", " 1700000000", "１７", "[17]", "9" * 12])
def test_a_creation_time_that_is_no_number_of_seconds_is_refused(time):
    with pytest.raises(BadMessage, match="CreateTime"):
        read_message(received(CreateTime=time))


@pytest.mark.parametrize(
    ("name", "longest"),
    [("FromUserName", 128), ("ToUserName", 128), ("EventKey", 1024), ("MsgId", 128), ("Event", 128)],
)
def test_values_of_absurd_length_are_refused(name, longest):
    read_message(received(**{name: "x" * longest}))

    with pytest.raises(BadMessage, match=name):
        read_message(received(**{name: "x" * (longest + 1)}))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("", ""),
        ("23.1", ""),
        ("", "113.3"),
        ("nan", "1"),
        ("1", "inf"),
        ("90.1", "0"),
        ("0", "180.1"),
        ("1_0", "2"),
    ],
)
def test_a_place_off_the_globe_is_no_place_but_the_message_counts(x, y):
    message = read_message(received("location", Location_X=x, Location_Y=y, Label="村口"))

    assert (message.latitude, message.longitude, message.text) == (None, None, "村口")


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "data:text/html,x", "//host/x", " https://x"])
def test_only_web_addresses_count_as_links(url):
    assert read_message(received("link", Title="t", Url=url)).url is None


def test_a_message_in_a_log_line_tells_nothing_personal():
    """M: a message printed into a log tells neither sender nor words"""
    shown = repr(read_message(received("event", Event="SCAN", EventKey="INV-SECRET")))
    told = repr(read_message(received(Content="我的电话13800000000", MsgId="1")))

    assert OPENID not in shown + told
    assert "INV-SECRET" not in shown
    assert "13800000000" not in told
