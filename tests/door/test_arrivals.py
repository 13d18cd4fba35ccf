"""What is let in arrives whole, and is answered in a way the platform can show."""

from dataclasses import replace

import pytest
from wechatpy.crypto import WeChatCrypto

from bot.door import FRESH_SECONDS, LIMIT
from tests.door.caller import APP_ID, KEY, OURS, PLAIN, TOKEN, Door, document, element, message, opened, plain, sealed

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
    theirs, stamp = WeChatCrypto(TOKEN, KEY, APP_ID), str(door.at)
    inside = message(somebody, door.at, MsgType="text", Content="我们厂又跳闸了")
    envelope = theirs.encrypt_message(inside.decode(), "their-nonce", stamp)
    signed = envelope.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    query = {"timestamp": stamp, "nonce": "their-nonce", "encrypt_type": "aes", "msg_signature": signed}

    answer = door.app.test_client().post("/wechat/oa", query_string=query, data=without_extras(envelope))

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
    house = Door(door.service, PLAIN)

    answer = house.post(plain(message(somebody, house.at, MsgType="text", Content="我们厂停电了"), house.at))

    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert element("ToUserName", somebody) in answer.text


def test_in_an_envelope_with_plain_twins_the_sealed_words_count(door: Door, somebody: str) -> None:
    honest = sealed(message(somebody, door.at, MsgType="text", Content="我们厂停电了"), door.at)
    twin = "".join(element(*field) for field in {"FromUserName": "o_evil", "Content": "撤回"}.items()).encode()

    answer = door.post(replace(honest, body=honest.body.replace(b"</xml>", twin + b"</xml>")))

    assert opened(answer)["ToUserName"] == somebody


@pytest.mark.parametrize("seconds", [-FRESH_SECONDS, FRESH_SECONDS])
def test_a_clock_five_minutes_off_is_forgiven(door: Door, somebody: str, seconds: int) -> None:
    inside = message(somebody, door.at, MsgType="text", Content="你好")

    assert door.post(sealed(inside, door.at + seconds)).status_code == 200


def test_a_body_of_exactly_64_kilobytes_is_read(door: Door, somebody: str) -> None:
    right = sealed(message(somebody, door.at, MsgType="text", Content="我们厂停电了"), door.at)

    assert door.post(replace(right, body=right.body.ljust(LIMIT))).status_code == 200


def test_words_are_kept_to_the_letter_and_the_reply_cannot_be_broken_by_them(door: Door, somebody: str) -> None:
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
    event = message(somebody, door.at, MsgType="event", Event="not_invented_yet")

    answer = door.post(sealed(event.replace(b"</xml>", f"{inside}</xml>".encode()), door.at))

    assert (answer.status_code, answer.data) == (200, b"success")
    assert [row.failed for row in door.inbox(somebody)] == [False]
