"""What is let in arrives whole, and is answered in a way the platform can show."""

import re
from dataclasses import replace

import pytest
from wechatpy.crypto import WeChatCrypto

from bot import wire, xml
from bot.door import FRESH_SECONDS, LIMIT
from tests.door.caller import (
    APP_ID,
    KEY,
    OURS,
    PATH,
    PLAIN,
    SAFE,
    TOKEN,
    Door,
    document,
    element,
    message,
    opened,
    plain,
    sealed,
)

PLACE = {"Location_X": "34.360000", "Location_Y": "107.240000", "Scale": 16, "Label": "高新大道1号"}
UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"


def test_a_problem_gets_a_sealed_receipt_addressed_to_its_sender(door: Door, somebody: str) -> None:
    answer = door.says(somebody, "我们厂又跳闸了，这周第三次")

    reply = opened(answer)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert (reply["ToUserName"], reply["FromUserName"], reply["MsgType"]) == (somebody, OURS, "text")
    assert reply["CreateTime"] == str(door.at)
    assert door.items(somebody)[0].number in reply["Content"]
    assert len(reply["Content"].encode()) <= 2047


def test_wechatpy_seals_the_question_and_opens_the_answer(door: Door, somebody: str) -> None:
    """C: an independent library seals the message and opens the reply"""
    theirs, stamp = WeChatCrypto(TOKEN, KEY, APP_ID), str(door.at)
    inside = message(somebody, door.at, MsgType="text", Content="我们厂又跳闸了")
    envelope = theirs.encrypt_message(inside.decode(), "their-nonce", stamp)
    signed = envelope.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    query = {"timestamp": stamp, "nonce": "their-nonce", "encrypt_type": "aes", "msg_signature": signed}

    answer = door.app.test_client().post(PATH, query_string=query, data=without_extras(envelope))

    parts = answer.text
    sent = {name: parts.split(f"<{name}>")[1].split(f"</{name}>")[0] for name in ("MsgSignature", "TimeStamp")}
    signature = sent["MsgSignature"].removeprefix("<![CDATA[").removesuffix("]]>")
    read = theirs.decrypt_message(parts, signature, sent["TimeStamp"], "their-nonce")
    assert door.items(somebody)[0].number in read


def without_extras(envelope: str) -> bytes:
    """wechatpy writes the envelope of a reply; the one of a message has the account beside the sealed text."""
    sealed = envelope.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    return document({"ToUserName": OURS, "Encrypt": sealed})


def test_a_plain_account_is_answered_in_plain_words(door: Door, somebody: str) -> None:
    """D: a plain account is answered without an envelope"""
    house = Door(door.service, PLAIN)

    answer = house.post(plain(message(somebody, house.at, MsgType="text", Content="我们厂停电了"), house.at))

    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert element("ToUserName", somebody) in answer.text


def test_in_an_envelope_with_plain_twins_the_sealed_words_count(door: Door, somebody: str) -> None:
    """D: in compatibility mode the sealed words count, not their plain twins"""
    honest = sealed(message(somebody, door.at, MsgType="text", Content="我们厂停电了"), door.at)
    twin = "".join(element(*field) for field in {"FromUserName": "o_evil", "Content": "撤回"}.items()).encode()

    answer = door.post(replace(honest, body=honest.body.replace(b"</xml>", twin + b"</xml>")))

    assert opened(answer)["ToUserName"] == somebody


def test_the_key_of_nothing_but_zeros_is_a_key_like_any_other(door: Door, somebody: str) -> None:
    """C: the key of 43 times A opens and seals"""
    zeros = wire.Account(TOKEN, bytes(32), APP_ID)
    house = Door(door.service, SAFE | {"LIANXIN_OA_AES_KEY": "A" * 43})
    inside = message(somebody, house.at, MsgType="event", Event="CLICK", EventKey="进度")

    answer = house.post(sealed(inside, house.at, sender=zeros))

    assert b"<ToUserName>" in wire.unseal(zeros, xml.fields(answer.data)["Encrypt"])


@pytest.mark.parametrize("extra", range(96))
def test_a_message_of_any_length_fits_its_padding(gate: Door, extra: int) -> None:
    """C: messages of 96 consecutive lengths, every padding among them, are taken"""
    inside = message("o_length", gate.at, MsgType="event", Event="VIEW", EventKey=f"k{extra}", MenuId="m" * extra)

    assert gate.post(sealed(inside, gate.at)).data == b"success"


@pytest.mark.parametrize(
    "kind", ["text/xml", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_body_is_read_whatever_it_says_it_is(door: Door, somebody: str, kind: str) -> None:
    """E: the content type does not matter, text/plain included"""
    letter = sealed(message(somebody, door.at, MsgType="event", Event="VIEW"), door.at)

    answer = door.app.test_client().post(PATH, query_string=letter.query, data=letter.body, content_type=kind)

    assert answer.data == b"success"


@pytest.mark.parametrize("size", [2047, 2048, 2049, 8000])
def test_what_is_long_is_kept_whole_and_answered_within_what_is_shown(door: Door, somebody: str, size: int) -> None:
    """G: 2047, 2048 and 2049 bytes are kept whole, and the reply stays below 2047"""
    text = ("我们厂停电了，" + "机器都停着，" * 2000).encode()[:size].decode(errors="ignore")

    answer = opened(door.says(somebody, text))

    assert [row.text for row in door.fragments(somebody)] == [text]
    assert len(answer["Content"].encode()) <= 2047


HARD = "停电了 👨‍👩‍👧‍👦🇨🇳𠮷 \u202eabc\u202c ]]> &amp; <b>"


def test_a_reply_that_quotes_hard_words_is_whole_xml_with_each_tag_once(door: Door, somebody: str) -> None:
    """G: a reply that quotes hard words is whole XML with each tag once"""
    house = Door(door.service, PLAIN)
    inside = message(somebody, house.at, MsgType="text", Content=HARD)

    answer = house.post(plain(inside, house.at)).text

    read = xml.fields(answer.encode())
    for name in ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"):
        outside = re.sub(r"<!\[CDATA\[.*?\]\]>", "", answer, flags=re.DOTALL)
        assert (outside.count(f"<{name}>"), outside.count(f"</{name}>")) == (1, 1)
    assert list(read) == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]
    assert read["CreateTime"].isdigit()
    assert [row.text for row in door.fragments(somebody)] == [HARD]


@pytest.mark.parametrize("seconds", [-FRESH_SECONDS, FRESH_SECONDS])
def test_a_clock_five_minutes_off_is_forgiven(door: Door, somebody: str, seconds: int) -> None:
    """B: a stamp five minutes back or ahead is taken"""
    inside = message(somebody, door.at, MsgType="text", Content="你好")

    assert door.post(sealed(inside, door.at + seconds)).status_code == 200


def test_a_body_of_exactly_64_kilobytes_is_read(door: Door, somebody: str) -> None:
    """E: a body of exactly 64 KB is read"""
    right = sealed(message(somebody, door.at, MsgType="text", Content="我们厂停电了"), door.at)

    assert door.post(replace(right, body=right.body.ljust(LIMIT))).status_code == 200


def test_words_are_kept_to_the_letter_and_the_reply_cannot_be_broken_by_them(door: Door, somebody: str) -> None:
    """G: words are kept to the letter, and cannot break the reply that quotes them"""
    text = "停电了 ]]></Content><ToUserName>o_evil</ToUserName> &amp; 👨‍👩‍👧‍👦𠮷"

    reply = opened(door.says(somebody, text))

    assert reply["ToUserName"] == somebody
    assert [row.text for row in door.fragments(somebody)] == [text]


KINDS: dict[str, tuple[dict[str, object], bool]] = {
    # what arrives, and whether it is answered with words
    "text": ({"MsgType": "text", "Content": "我们厂又跳闸了"}, True),
    "text from an article": (
        {"MsgType": "text", "Content": "我们缺电工", "MsgDataId": 2247483650, "Idx": 1},
        True,
    ),
    "menu answer": ({"MsgType": "text", "Content": "查进度", "bizmsgmenuid": "进度"}, True),
    "sticker": ({"MsgType": "text", "Content": UNSUPPORTED}, True),
    "image": ({"MsgType": "image", "PicUrl": "http://mmbiz.qpic.cn/x", "MediaId": "m1"}, True),
    "voice": ({"MsgType": "voice", "MediaId": "m2", "Format": "amr"}, True),
    "voice with empty words": ({"MsgType": "voice", "MediaId": "m3", "Format": "amr", "Recognition": ""}, True),
    "voice with words": ({"MsgType": "voice", "MediaId": "m4", "Format": "amr", "Recognition": "停水了"}, True),
    "video": ({"MsgType": "video", "MediaId": "m5", "ThumbMediaId": "t"}, True),
    "short video": ({"MsgType": "shortvideo", "MediaId": "m6", "ThumbMediaId": "t"}, True),
    "location": ({"MsgType": "location", **PLACE}, True),
    "link": ({"MsgType": "link", "Title": "通知", "Description": "d", "Url": "https://example.invalid"}, True),
    "file": ({"MsgType": "file", "Title": "报表.xlsx", "FileKey": "k", "FileTotalLen": 9}, True),
    "mini program": ({"MsgType": "miniprogrampage", "Title": "办事", "AppId": "wx1", "PagePath": "p"}, True),
    "unknown type": ({"MsgType": "hologram", "Anything": "x"}, True),
    "subscribe": ({"MsgType": "event", "Event": "subscribe", "EventKey": ""}, True),
    "subscribe by code": ({"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_7", "Ticket": "t"}, True),
    "unsubscribe": ({"MsgType": "event", "Event": "unsubscribe", "EventKey": ""}, False),
    "scan": ({"MsgType": "event", "Event": "SCAN", "EventKey": "7", "Ticket": "t"}, True),
    "place report": (
        {"MsgType": "event", "Event": "LOCATION", "Latitude": "34.3", "Longitude": "107.2", "Precision": "9"},
        False,
    ),
    "click": ({"MsgType": "event", "Event": "CLICK", "EventKey": "进度"}, True),
    "view": ({"MsgType": "event", "Event": "VIEW", "EventKey": "https://example.invalid", "MenuId": "1"}, False),
    "delivery report": (
        {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": "200163840", "Status": "failed:user block"},
        False,
    ),
    "authorisation": ({"MsgType": "event", "Event": "user_authorization_revoke", "OpenID": "o_1"}, False),
    "unknown event": ({"MsgType": "event", "Event": "brand_new_event"}, False),
    "event without a name": ({"MsgType": "event"}, False),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_arrives_and_is_answered_or_acknowledged(door: Door, somebody: str, kind: str) -> None:
    """F: every type is taken; what shows no reply is answered "success", without an envelope in safe mode"""
    fields, answered = KINDS[kind]

    answer = door.says(somebody, **fields)

    assert answer.status_code == 200
    if answered:
        assert opened(answer)["Content"].strip()
    else:
        assert (answer.data, answer.mimetype) == (b"success", "text/plain")
    person = str(fields.get("OpenID", somebody))
    kept = [] if kind == "unsubscribe" else [False]  # who leaves is not remembered
    assert [row.failed for row in door.inbox(person)] == kept


def test_pictures_voices_and_places_are_kept_with_what_identifies_them(door: Door, somebody: str) -> None:
    """F: media and places are kept with what identifies them"""
    for kind in ("image", "voice with words", "video", "location"):
        door.says(somebody, **KINDS[kind][0])

    kept = [(row.kind, row.media_id, row.latitude, row.longitude, row.text) for row in door.fragments(somebody)]

    assert kept == [
        ("image", "m1", None, None, ""),
        ("voice", "m4", None, None, "停水了"),
        ("video", "m5", None, None, ""),
        ("location", None, 34.36, 107.24, "高新大道1号"),
    ]


def test_lists_inside_an_event_do_not_disturb(door: Door, somebody: str) -> None:
    """F: a list with one or several entries inside an event is taken"""
    one = "<List><TemplateId>t</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
    event = message(somebody, door.at, MsgType="event", Event="subscribe_msg_popup_event")
    wrapped = f"<SubscribeMsgPopupEvent>{one * 2}</SubscribeMsgPopupEvent></xml>".encode()

    answer = door.post(sealed(event.replace(b"</xml>", wrapped), door.at))

    assert (answer.status_code, answer.data) == (200, b"success")


@pytest.mark.parametrize(
    "inside",
    [
        "<BatchJob><JobId>1</JobId><JobType>sync_user</JobType></BatchJob>",
        "<ApprovalInfo><SpNo>1</SpNo><Applyer><UserId>u</UserId></Applyer></ApprovalInfo>",
        "<Item><Name>a</Name></Item><Item><Name>b</Name></Item>",
    ],
)
def test_an_event_with_parts_nobody_knows_is_taken_like_any_unknown_event(
    door: Door, somebody: str, inside: str
) -> None:
    """E: an event with parts nobody knows is answered "success\""""
    event = message(somebody, door.at, MsgType="event", Event="not_invented_yet")

    answer = door.post(sealed(event.replace(b"</xml>", f"{inside}</xml>".encode()), door.at))

    assert (answer.status_code, answer.data) == (200, b"success")
    assert [row.failed for row in door.inbox(somebody)] == [False]
