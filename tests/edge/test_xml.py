"""The XML edge: flat messages in, harmless replies out, everything else refused with a reason."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.door import LIMIT
from bot.message import KINDS, read_message
from bot.xml import BELIEVED, MAX_DEPTH, MAX_ELEMENTS, ROWS, BadXml, cdata, fields, fit, text_reply
from tests.work import height, lines

QUICK = 1000  # milliseconds for one example, far above what it takes on a busy machine

# Tencent, third-party platform page "message push": the example after decryption.
DOCUMENTED = b"""<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName>
<FromUserName><![CDATA[o9AgO5Kd5ggOC-bXrbNODIiE3bGY]]></FromUserName>
<CreateTime>1715943329</CreateTime>
<MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[debug_demo]]></Event>
<debug_str><![CDATA[hello world]]></debug_str>
</xml>"""


def content(text: str) -> str:
    return fields(f"<xml><Content>{text}</Content></xml>".encode())["Content"]


def test_the_documented_message_is_read_field_by_field():
    assert fields(DOCUMENTED) == {
        "ToUserName": "gh_97417a04a28d",
        "FromUserName": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
        "CreateTime": "1715943329",
        "MsgType": "event",
        "Event": "debug_demo",
        "debug_str": "hello world",
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<![CDATA[  两端空格 \n]]>", "  两端空格 \n"),
        ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
        ("<![CDATA[&amp;]]>", "&amp;"),
        ("&amp;&lt;&#x1F468;", "&<👨"),
        ("<![CDATA[👨\u200d👩\u200d👧\u200d👦🇨🇳𠮷]]>", "👨\u200d👩\u200d👧\u200d👦🇨🇳𠮷"),
        ("<![CDATA[\u202eabc\u202c]]>", "\u202eabc\u202c"),
        ("", ""),
        ("<![CDATA[]]>", ""),
    ],
)
def test_a_text_arrives_as_it_was_written(written, read):
    """G: ZWJ emoji, 4-byte characters, RTL marks, "]]>" and "&amp;" in CDATA arrive as written"""
    assert content(written) == read


def test_a_byte_order_mark_and_a_declaration_are_no_obstacle():
    body = '\ufeff<?xml version="1.0" encoding="utf-8"?>\n<xml><A>一</A></xml>\n'

    assert fields(body.encode()) == {"A": "一"}


def test_a_declaration_cannot_change_how_the_bytes_are_read():
    assert fields('<?xml version="1.0" encoding="iso-8859-1"?><xml><A>一</A></xml>'.encode()) == {"A": "一"}


@pytest.mark.parametrize("container", ["SelectedItems", "BatchJob", "ApprovalInfo", "NotInventedYet"])
def test_an_element_that_holds_others_is_left_out_whatever_repeats_inside(container):
    """E: an unknown element that holds others is left out and the message is taken"""
    inner = "<List><TemplateId>1</TemplateId><ToUserName>evil</ToUserName></List>" * 2
    body = f"<xml><ToUserName>gh</ToUserName><{container}>{inner}</{container}><Event>e</Event></xml>"

    assert fields(body.encode()) == {"ToUserName": "gh", "Event": "e"}


@pytest.mark.parametrize("name", sorted(BELIEVED))
def test_what_is_believed_holds_no_elements(name):
    """E: an element inside one that is believed is refused with 400"""
    with pytest.raises(BadXml, match="elements inside"):
        fields(f"<xml><{name}><a>1</a></{name}></xml>".encode())


class Asked(dict[str, str]):
    """A message that keeps which of its fields were read."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__(found)
        self.names: set[str] = set()

    def get(self, name: str, *default: str) -> str | None:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, *default)

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)


@pytest.mark.parametrize("channel", ["oa", "wecom"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_all_that_is_read_of_a_message_is_believed_and_nothing_else(channel, kind):
    common = {"ToUserName": "g", "FromUserName": "o", "CreateTime": "1", "MsgType": kind}
    asked = Asked(common | {"Event": "click"})

    read_message(asked, channel)

    assert asked.names - {"", ROWS} <= BELIEVED


def test_a_list_in_words_is_no_list():
    assert fields(b"<xml><List>[1</List><Event>e</Event></xml>") == {"Event": "e"}


def test_a_container_may_repeat_for_nothing_in_it_is_believed():
    assert fields(b"<xml><List><A>1</A></List><List><A>2</A></List><Event>e</Event></xml>") == {"Event": "e"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not well-formed"),
        (b'{"ToUserName":"g"}', "not well-formed"),
        (b"<xml><MsgType>text</MsgTyp", "not well-formed"),
        (b"<xml></xml><xml></xml>", "not well-formed"),
        (b"<xml><A>\x00</A></xml>", "not well-formed"),
        (b"<xml><A><![CDATA[a\x08b]]></A></xml>", "not well-formed"),
        (b"<xml><A>&nope;</A></xml>", "not well-formed"),
        (b"<xml><A>&#xD800;</A></xml>", "not well-formed"),
        ("<xml><A>中文</A></xml>".encode("gbk"), "not UTF-8"),
        ("<xml><A>中文</A></xml>".encode("utf-16"), "not UTF-8"),
        (b"<xml><A>\xed\xa0\x80</A></xml>", "not UTF-8"),
        (b"<!DOCTYPE xml><xml><A>a</A></xml>", "DTDs and entities"),
        (b'<!DOCTYPE x [<!ENTITY e "a">]><xml><A>&e;</A></xml>', "DTDs and entities"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml></xml>', "DTDs and entities"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><A>&e;</A></xml>', "DTDs and entities"),
        (b"<message><A>a</A></message>", "root element"),
        (b"<XML><A>a</A></XML>", "root element"),
        (b"<xml><A>a</A><B>b</B><A>c</A></xml>", "occurs twice"),
        (b"<xml><A/><A>c</A></xml>", "occurs twice"),
        (b"<xml><Content><b>a</b></Content></xml>", "elements inside"),
        (b"<xml><MsgType a='1'>text</MsgType></xml>", "attributes"),
        (b"<xml><List><A b='1'/></List></xml>", "attributes"),
        (b"<xml><A xmlns='urn:x'>a</A></xml>", "unexpected name"),
        (b"<xml xmlns:p='urn:x'><p:A>a</p:A></xml>", "unexpected name"),
        ("<xml><名>a</名></xml>".encode(), "unexpected name"),
        (b"<xml><" + b"A" * 65 + b"/></xml>", "unexpected name"),
        (b"<xml>stray<A>a</A></xml>", "text between"),
        (b"<xml>" + b"".join(b"<A%d/>" % n for n in range(10_000)) + b"</xml>", "too many"),
        (b"<xml><List>" + b"<A/>" * MAX_ELEMENTS + b"</List></xml>", "too many"),
        (b"<xml><List>" + b"<A>" * 10_000 + b"</A>" * 10_000 + b"</List></xml>", "too deeply"),
        (b"<xml><List>" + b"<A>" * (MAX_DEPTH - 1), "too deeply"),
    ],
)
def test_anything_but_a_flat_message_is_refused_with_a_reason(body, reason):
    """E: entities, DTDs, attributes, repeats, nesting, other encodings, 10,000 siblings: refused"""
    with pytest.raises(BadXml, match=reason):
        fields(body)


def test_the_reason_never_quotes_the_message():
    with pytest.raises(BadXml) as refused:
        fields("<xml><秘密>13800000000</秘密></xml>".encode())

    assert str(refused.value) == "an element has an unexpected name"


def fields_or_refusal(body: bytes) -> None:
    try:
        found = fields(body)
    except BadXml:
        return
    assert all(type(name) is type(text) is str for name, text in found.items())


@settings(deadline=QUICK)
@given(st.binary(max_size=2000))
@example(b"\xef\xbb\xbf\xef\xbb\xbf<xml/>")
@example(b"<?xml version='1.0' encoding='no-such'?><xml/>")
def test_any_bytes_are_read_or_refused(body):
    fields_or_refusal(body)


HEAVY = {
    "references": lambda size: b"<xml><A>" + b"&lt;" * (size // 4) + b"</A></xml>",
    "sections": lambda size: b"<xml><A>" + b"<![CDATA[a]]>" * (size // 13) + b"</A></xml>",
    "depth": lambda size: b"<xml>" + b"<a>" * (size // 3),
    "siblings": lambda size: b"<xml>" + b"".join(b"<e%d/>" % n for n in range(size // 8)) + b"</xml>",
    "siblings of one name": lambda size: b"<xml>" + b"<List></List>" * (size // 13) + b"</xml>",
    "attribute": lambda size: b"<xml " + b"a" * size + b"='1'/>",
    "attributes": lambda size: b"<xml " + b" ".join(b"a%d=''" % n for n in range(size // 9)) + b"/>",
    "comments": lambda size: b"<xml>" + b"<!---->" * (size // 7) + b"</xml>",
    "entities": lambda size: b"<!DOCTYPE x [" + b"<!ENTITY e 'x'>" * (size // 15) + b"]><xml/>",
}


@pytest.mark.parametrize("how", HEAVY)
def test_the_work_on_a_body_grows_no_faster_than_the_body(how):
    """E: the costliest bodies of 64 KB take work and memory in proportion, or end at a bound"""
    small, large = HEAVY[how](LIMIT // 4), HEAVY[how](LIMIT)
    fields_or_refusal(small)

    assert lines(lambda: fields_or_refusal(large)) <= 5 * lines(lambda: fields_or_refusal(small)) + 500
    assert lines(lambda: fields_or_refusal(large)) <= 5 * LIMIT
    assert height(lambda: fields_or_refusal(large)) <= 40 * LIMIT


MARKUP = ["<xml>", "</xml>", "<A>", "</A>", "<List>", "</List>", "<![CDATA[", "]]>", "<!DOCTYPE x [", "]>"]
MARKUP += [
    "<?xml version='1.0' encoding='gbk'?>",
    "<?p ",
    "?>",
    "<!--",
    "-->",
    "<!ENTITY e 'x'>",
    "&e;",
    " a='1'",
]
MARKUP += ["文", "\x00"]


@settings(deadline=QUICK)
@given(st.lists(st.sampled_from(MARKUP), max_size=40))
def test_any_heap_of_markup_is_read_or_refused(pieces):
    fields_or_refusal("".join(pieces).encode())


@given(st.text())
@example("x]]></Content><ToUserName>evil</ToUserName><Content><![CDATA[y")
@example("]]\x00>")
@example("]]]]>>")
def test_whatever_a_user_wrote_stays_inside_its_section(text):
    """G: whatever a user wrote, "]]>" too, stays inside its section; what XML does not allow is left out"""
    legal = "".join(
        letter for letter in text if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff")
    )

    assert content(cdata(text)) == legal.replace("\r\n", "\n").replace("\r", "\n")


def test_a_lone_surrogate_is_dropped():
    assert cdata("a\ud800b") == "<![CDATA[ab]]>"


def test_a_reply_reads_back_with_each_element_once():
    """G: a reply that quotes markup reads back with each element once"""
    evil = "已收到]]></Content><ToUserName>evil</ToUserName>\x08"

    assert fields(text_reply("oUSER", "gh_1", 1700000000, evil).encode()) == {
        "ToUserName": "oUSER",
        "FromUserName": "gh_1",
        "CreateTime": "1700000000",
        "MsgType": "text",
        "Content": "已收到]]></Content><ToUserName>evil</ToUserName>",
    }


@pytest.mark.parametrize("nothing", ["", " \n", "\x00\x08"])
def test_an_empty_reply_cannot_be_written(nothing):
    """G: a reply without a legible text, which the client shows as a fault, is never written"""
    with pytest.raises(ValueError, match="needs a text"):
        text_reply("o", "g", 1, nothing)


@pytest.mark.parametrize("size", [2047, 2048, 2049, 20_000])
def test_a_reply_is_cut_before_the_platform_refuses_it(size):
    """G: a reply of 2047, 2048 or 2049 bytes is cut to 2000"""
    read = fields(text_reply("o", "g", 1, "a" * size).encode())["Content"]

    assert len(read.encode()) == 2000
    assert read.endswith("…")


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("一二三", 9, "一二三"),
        ("一二三四", 11, "一二…"),
        ("𠮷𠮷𠮷", 11, "𠮷𠮷…"),
        ("第一行\n第二行还有很多字", 20, "第一行\n…"),
        ("一\n第二行还有很多字啊", 22, "一\n第二行还有…"),
        ("abcdef", 3, "…"),
        ("a" * 2000, 2000, "a" * 2000),
        ("ab👨\u200d👩\u200d👧\u200d👦cd", 20, "ab…"),
        ("ab👍🏽cd", 10, "ab…"),
        ("ab🇨🇳🇫🇷", 17, "ab🇨🇳…"),
        ("ab🇨🇳🇫🇷cd", 14, "ab🇨🇳…"),
        ("abe\u0301cdef", 6, "ab…"),
        ("1️⃣2️⃣", 10, "1️⃣…"),
        ("a" + "\u0301" * 90, 100, "a" + "\u0301" * 48 + "…"),
    ],
)
def test_a_long_text_is_cut_between_characters_and_rather_after_a_line(text, limit, cut):
    """G: a text is cut between characters, never inside an emoji, a flag or an accented letter"""
    assert fit(text, limit) == cut


@given(st.text(), st.integers(3, 60))
def test_a_fitted_text_is_within_the_limit_and_a_beginning_of_the_original(text, limit):
    """G: a cut text is within its bytes and a beginning of the whole one"""
    fitted = fit(text, limit)

    assert len(fitted.encode()) <= limit
    assert fitted == text or (fitted[-1] == "…" and text.startswith(fitted[:-1]))
    assert fit(fitted, limit) == fitted
