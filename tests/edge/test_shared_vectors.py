"""The collected protocol vectors, played through the whole edge wherever that collection is at hand."""

import base64

import pytest

from bot.message import BadMessage, read_message
from bot.wire import Account, WireError, check_signature, envelope, parse_aes_key, seal, sign, unseal
from bot.xml import BadXml, fields
from tests import vectors
from tests.vectors import HOSTILE, SAMPLES, each, needed, shared

needed()


def published(*kinds: str) -> pytest.MarkDecorator:
    return each("vector", [vector for vector in vectors.published() if vector["kind"] in kinds])


def account_of(vector: dict[str, str]) -> Account:
    return Account(vector["token"], parse_aes_key(vector["encoding_aes_key"]), vector["receive_id"])


@published("oa_get_verify", "oa_post_plain_signature")
def test_a_published_plain_signature_is_ours(vector):
    """B: every published signature is the one we compute"""
    assert sign(vector["token"], vector["timestamp"], vector["nonce"]) == vector["signature"]


@published("decrypt")
def test_a_published_request_opens_and_closes_to_the_byte(vector):
    """C: every published request opens, and sealed again is the same to the byte"""
    account, plain = account_of(vector), vector["plaintext"].encode()

    check_signature(account.token, vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["encrypt"])

    assert unseal(account, vector["encrypt"]) == plain
    assert seal(account, plain, vector["random16"].encode()) == vector["encrypt"]


@published("encrypt_fixed_random")
def test_a_published_reply_is_sealed_to_the_byte(vector):
    """C: every published reply is sealed to the byte"""
    account, plain, random16 = account_of(vector), vector["plaintext"].encode(), vector["random16"].encode()

    assert seal(account, plain, random16) == vector["encrypt"]
    if "envelope" in vector:
        written = envelope(account, plain, vector["timestamp"], vector["nonce"], random16=random16)
        assert written == vector["envelope"]


@published("wecom_get_verify")
def test_a_published_sealed_echo_opens(vector):
    """A: every published sealed echo opens"""
    account = account_of(vector)

    check_signature(account.token, vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["echostr"])

    assert unseal(account, vector["echostr"]).decode() == vector["expect_body"]


def receive(case: dict[str, str]) -> dict[str, str]:
    account = account_of(case)
    check_signature(account.token, case["msg_signature"], case["timestamp"], case["nonce"], case["encrypt"])
    return fields(unseal(account, case["encrypt"]))


@each("case", shared(HOSTILE, "crypto"))
def test_a_hostile_envelope_is_treated_as_recommended(case):
    if case["expect"] == "accept":
        assert receive(case)["ToUserName"] == "gh_0000000000ab"
    else:
        with pytest.raises((WireError, BadXml)):
            receive(case)


@each("case", shared(HOSTILE, "xml"))
def test_a_hostile_body_is_treated_as_recommended(case):
    body = base64.b64decode(case["body_base64"]) if case["body"] is None else case["body"].encode()

    if case["expect"].startswith("reject"):
        with pytest.raises((BadXml, BadMessage)):
            read_message(fields(body))
    else:
        assert read_message(fields(body)).account == "g"


@each("sample", [sample for sample in shared(SAMPLES, "samples") if sample["dedupe_key"]])
def test_a_sample_message_is_read_and_keyed(sample):
    """F: every sample is read to the fields and the key the collection expects"""
    found = fields(sample["xml"].encode())

    assert read_message(found, sample["channel"]).dedupe_key == sample["dedupe_key"]
    assert {name: found[name] or None for name in sample["expect"]} == sample["expect"]


@each("sample", shared(SAMPLES, "samples"))
def test_every_sample_is_xml_we_accept(sample):
    assert fields(sample["xml"].encode())["MsgType"]
