"""The envelope: what Tencent publishes opens and closes to the byte, and only our token signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from bot.wire import (
    Account,
    BadCrypto,
    BadKey,
    BadSignature,
    WireError,
    check_signature,
    envelope,
    parse_aes_key,
    seal,
    sign,
    unseal,
)
from bot.xml import fields

SAMPLE_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OURS = Account("test-token", parse_aes_key(SAMPLE_KEY), "wx0000000000000000")

# Tencent, third-party platform page "message push", safe mode: the request and the reply.
DOCUMENTED = Account("AAAAA", parse_aes_key("A" * 43), "wx134c8103faa5a59e")
REQUEST = (
    "D7yzvUNAL930rd28wf21s4hvXhz0L6Uit/p2Di6C5DHyYGpEgdBRnKjBec34JwoQXicwaZC7fOVihW80F4VtsdvE//1vr7oA"
    "bqjDv8KenVp+ajKYpJnyQ4zMRhIC+a31fCVOMC03FfzV/QuC94kBP55a+Za3sJgvAn+ZbsNqZI5DkyuzkhQN8OBqCzFhizGm"
    "y0xpM0MEA4agpvE+RuNO1rhHTtuJB5yltw1FiYzecSXJ+y/D2r81VkRn2eYjh2ltsoyfbDR7Is6ookXIFxTfyeNyeHxMeT4K"
    "N5WpCDmSbTcUYrbBUlkGLJ9n/rU8YOywma6G7aTb7KZKOqCxgfoUlYEZPk4FUL/TK7ShriFDMVCLyjQJ15Ob++agDWtcxhfU"
    "fe6HIoIpRW8mKNBQiY/Jd1svvuskA1wLef1RTtzKfMpagSCX/laZINmdnX4zrF6kIaR9P4xQrWXbsTFHTYe0Mg=="
)
REPLY = (
    "hE8R6mGXHkJJjU72KxzKUd1GEkKJaEZq7vRL8XgK3o+00k8JGq6+pZJUIlTSyhsX+bxIBQ72g3GyvDdIZcr6+3HAZbSvPT9t"
    "/o11MI7d6WELwqrGd7jMnV0zv3Zc9Nq7"
)


# Keys and accounts


def test_a_key_of_43_characters_is_32_bytes_whatever_its_last_bits():
    """C: a key is 43 characters whose last two bits do not count"""
    assert parse_aes_key("A" * 43) == parse_aes_key("A" * 42 + "B") == bytes(32)


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 43 + "=", "A" * 42 + "=", "A" * 42 + "\n", "密" * 43])
def test_anything_else_is_no_key(text):
    with pytest.raises(BadKey, match="43"):
        parse_aes_key(text)


def test_an_account_needs_a_whole_key():
    with pytest.raises(BadKey, match="32 bytes"):
        Account("t", b"short", "wx1")


def test_an_account_in_a_log_line_keeps_its_secrets():
    assert repr(OURS) == "Account(receive_id='wx0000000000000000')"


# Signatures


def test_the_documented_url_check_is_signed_as_published():
    # Tencent, "message push" page. The order is that of the bytes, not of the numbers.
    assert sign("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"


def test_the_order_of_the_parts_does_not_matter():
    """B: what is signed is sorted by its bytes"""
    check_signature(OURS.token, sign("nonce", "1700000000", "test-token"), "1700000000", "nonce")


def wrong_signatures() -> list[str]:
    right = sign(OURS.token, "1700000000", "nonce")
    flipped = ("1" if right[0] == "0" else "0") + right[1:]
    return [
        "",
        flipped,
        right.upper(),
        right[:-1],
        right + "0",
        right + "\n",
        " " + right,
        "签" * 40,
        "\udcff",
    ]


@pytest.mark.parametrize("given", wrong_signatures())
def test_a_signature_that_is_not_exact_is_refused(given):
    """B: a signature that is not exact, in upper case for instance, is none"""
    with pytest.raises(BadSignature, match="bad signature"):
        check_signature(OURS.token, given, "1700000000", "nonce")


def test_an_empty_token_signs_nothing():
    """A: an empty token signs nothing, even where the sum would be right"""
    nobody = Account("", OURS.aes_key, OURS.receive_id)

    with pytest.raises(BadSignature):
        check_signature(nobody.token, sign("", "1", "n"), "1", "n")


@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_text_may_be_offered_as_a_signature(given, parts):
    with pytest.raises(BadSignature):
        check_signature(OURS.token, given, *parts)


# Opening and closing


def test_the_documented_request_opens():
    """C: a published request is opened"""
    check_signature(DOCUMENTED.token, "6c12a4205838198b8fa631b3220723bb07f1015c", "1715943329", "1590219412", REQUEST)

    opened = fields(unseal(DOCUMENTED, REQUEST))

    assert opened["FromUserName"] == "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
    assert opened["debug_str"] == "hello world"


def test_the_documented_reply_is_sealed_to_the_byte():
    """C: a published reply is sealed to the byte, with the key of 43 times A"""
    plain = b"<xml><demo_resp>[CDATA[good luck]]</demo_resp></xml>"

    assert seal(DOCUMENTED, plain, b"999951349e8ee746") == REPLY
    assert sign("AAAAA", "1713424427", "415670741", REPLY) == "03e0812039325c2712ef5f0f980fd14c70d6e307"


def test_chinese_text_is_sealed_as_in_the_java_sample():
    # Tencent's Java sample, WXBizMsgCryptTest.testAesEncrypt.
    account = Account("pamtest", parse_aes_key(SAMPLE_KEY), "wxb11529c136998cb6")

    assert seal(account, "我是中文abcd123".encode(), b"aaaabbbbccccdddd") == (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )


def test_a_message_is_sealed_differently_each_time():
    assert seal(OURS, b"hi") != seal(OURS, b"hi")


@pytest.mark.parametrize("size", [0, 15, 17])
def test_the_random_head_has_sixteen_bytes(size):
    with pytest.raises(ValueError, match="16 bytes"):
        seal(OURS, b"hi", b"x" * size)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_we_seal_we_can_open(plain, receive_id):
    account = Account("t", OURS.aes_key, receive_id)

    assert unseal(account, seal(account, plain)) == plain


# The reply envelope


def test_a_reply_envelope_names_its_parts_in_the_documented_order():
    """G: an envelope names its four parts once, in the documented order"""
    parts = fields(envelope(OURS, b"<xml/>", "1700000000", "n0").encode())

    assert list(parts) == ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]
    assert (parts["TimeStamp"], parts["Nonce"]) == ("1700000000", "n0")
    check_signature(OURS.token, parts["MsgSignature"], "1700000000", "n0", parts["Encrypt"])
    assert unseal(OURS, parts["Encrypt"]) == b"<xml/>"


def test_a_hostile_nonce_cannot_leave_its_element():
    """G: a nonce that is markup stays inside its element"""
    nonce = "]]></Nonce><Nonce>evil"

    assert fields(envelope(OURS, b"x", "1", nonce).encode())["Nonce"] == nonce


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1</TimeStamp>", "１７"])
def test_a_reply_is_stamped_with_seconds(timestamp):
    with pytest.raises(ValueError, match="seconds"):
        envelope(OURS, b"x", timestamp, "n")


def test_every_refusal_can_be_caught_as_one():
    assert all(issubclass(refusal, WireError) for refusal in (BadKey, BadSignature, BadCrypto))


# wechatpy, written by others, as the second opinion


@pytest.mark.parametrize("size", range(96))
def test_wechatpy_and_we_open_what_the_other_sealed(size):
    """C: messages of 0 to 95 bytes are opened by an independent library and by us, sealed by the other"""
    theirs = WeChatCrypto(OURS.token, SAMPLE_KEY, OURS.receive_id)
    plain = "x" * (size % 3) + "中" * (size // 3)

    ours = fields(envelope(OURS, plain.encode(), "1700000000", "n0").encode())
    assert theirs.decrypt_message(ours, ours["MsgSignature"], "1700000000", "n0") == plain

    sent = fields(theirs.encrypt_message(plain, "n0", "1700000000").encode())
    check_signature(OURS.token, sent["MsgSignature"], "1700000000", "n0", sent["Encrypt"])
    assert unseal(OURS, sent["Encrypt"]).decode() == plain
