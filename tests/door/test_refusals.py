"""Whatever is not exact is refused before anything is read, and nothing of it is kept."""

import base64
import gzip
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from sqlalchemy import delete

from bot import wire
from bot.door import FRESH_SECONDS, LIMIT
from store.tables import Identity, Inbox, Item, Person
from tests.desk import HandClock
from tests.door.caller import (
    APP_ID,
    OURS,
    PATH,
    PLAIN,
    SEALED,
    TOKEN,
    Door,
    Letter,
    document,
    enveloped,
    message,
    plain,
    sealed,
    sealed_text,
)
from tests.work import lines


def said(door: Door) -> bytes:
    return message("o_door", door.at, MsgType="text", Content="我们厂停电了")


def letter(door: Door) -> Letter:
    return sealed(said(door), door.at)


def turned_away(door: Door, given: Letter, status: int, **headers: str) -> None:
    people = door.count(Person)

    answer = door.post(given, **headers)

    assert (answer.status_code, answer.data) == (status, b"")
    assert (door.count(Inbox), door.count(Item), door.count(Person)) == (0, 0, people)


# Signatures and parameters


@pytest.mark.parametrize("name", ["timestamp", "nonce", "encrypt_type", "msg_signature"])
def test_a_message_with_a_parameter_missing_is_refused(gate: Door, name: str) -> None:
    """B: a missing or empty parameter is refused with 403"""
    turned_away(gate, letter(gate).without(name), 403)
    turned_away(gate, letter(gate).but(**{name: ""}), 403)


@pytest.mark.parametrize("name", ["timestamp", "nonce", "msg_signature", "signature", "encrypt_type"])
def test_a_message_with_a_parameter_said_twice_is_refused(gate: Door, name: str) -> None:
    """B: a parameter said twice is refused with 400, whichever of the two was signed"""
    right = letter(gate)

    turned_away(gate, right.but(**{name: [str(right.query[name]), "0"]}), 400)
    turned_away(gate, right.but(**{name: ["0", str(right.query[name])]}), 400)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_query_in_raw_bytes_is_refused(gate: Door, method: str) -> None:
    raw = {"QUERY_STRING": b"nonce=\x80&timestamp=1".decode("latin-1")}

    answer = gate.app.test_client().open(PATH, method=method, environ_overrides=raw)

    assert (answer.status_code, answer.data) == (400, b"")


def test_the_signature_of_the_query_does_not_make_up_for_that_of_the_message(gate: Door) -> None:
    """B: a right signature beside a wrong msg_signature is refused with 403"""
    right = letter(gate)

    turned_away(gate, right.but(msg_signature=str(right.query["signature"])), 403)


@pytest.mark.parametrize("wrong", [str.upper, lambda right: right[:-1], lambda right: right + "0", lambda _: "签名"])
def test_a_message_signature_that_is_not_exact_is_refused(gate: Door, wrong: Callable[[str], str]) -> None:
    """B: the signature in upper case, or cut, is refused with 403"""
    right = letter(gate)

    turned_away(gate, right.but(msg_signature=wrong(str(right.query["msg_signature"]))), 403)


@pytest.mark.parametrize("bit", range(0, 160, 9))
def test_a_message_signature_with_one_bit_flipped_is_refused(gate: Door, bit: int) -> None:
    """B: one bit of the signature flipped is refused with 403"""
    right = letter(gate)
    flipped = int(str(right.query["msg_signature"]), 16) ^ (1 << bit)

    turned_away(gate, right.but(msg_signature=f"{flipped:040x}"), 403)


def test_a_sealed_text_with_one_bit_flipped_is_refused(gate: Door) -> None:
    """B: one bit of the sealed text flipped is refused with 403"""
    encrypted = wire.seal(SEALED, said(gate))
    raw = bytearray(base64.b64decode(encrypted))
    raw[len(raw) // 2] ^= 1

    turned_away(gate, replace(letter(gate), body=document({"Encrypt": base64.b64encode(raw).decode()})), 403)


def test_a_message_changed_on_the_way_is_refused(gate: Door) -> None:
    right = letter(gate)

    turned_away(gate, replace(right, body=sealed(said(gate), gate.at).body), 403)


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_message_stamped_ten_minutes_off_is_a_replay(gate: Door, minutes: int) -> None:
    """B: a stamp ten minutes back or ahead is refused with 403"""
    turned_away(gate, sealed(said(gate), gate.at + 60 * minutes), 403)


def test_a_known_message_comes_too_late_as_well_as_an_unknown_one(gate: Door) -> None:
    """B: the same request again after six minutes is refused with 403"""
    old = sealed(message("o_door", gate.at, MsgType="event", Event="VIEW"), gate.at)
    there = Door(replace(gate.service, clock=HandClock(gate.service.clock.now() + timedelta(minutes=6))))
    assert gate.post(old).status_code == 200

    assert there.post(old).status_code == 403

    with gate.service.store.write() as session:
        session.execute(delete(Inbox))
        session.execute(delete(Identity))


@pytest.mark.parametrize("seconds", [-FRESH_SECONDS - 1, FRESH_SECONDS + 1])
def test_five_minutes_is_the_limit(gate: Door, seconds: int) -> None:
    turned_away(gate, sealed(said(gate), gate.at + seconds), 403)


@pytest.mark.parametrize(
    "stamp", ["now", "-1", "+1700000000", "1e9", "1_700_000_000", " 1700000000", "１７", "9" * 12]
)
def test_a_stamp_that_is_no_number_of_seconds_is_refused(gate: Door, stamp: str) -> None:
    """B: a stamp that is no number is refused with 400"""
    encrypted = wire.seal(SEALED, said(gate))
    signed = wire.sign(TOKEN, stamp, "n0", encrypted)
    right = sealed_text(encrypted, gate.at)

    turned_away(gate, right.but(timestamp=stamp, msg_signature=signed), 400)


# Modes


@pytest.mark.parametrize("kind", ["", "raw", "AES"])
def test_a_plain_message_to_a_safe_account_is_refused(gate: Door, kind: str) -> None:
    """D: a plain message to a safe account is refused with 403"""
    turned_away(gate, plain(said(gate), gate.at), 403)
    turned_away(gate, plain(said(gate), gate.at).but(encrypt_type=kind), 403)


def test_a_safe_request_with_a_plain_body_is_refused(gate: Door) -> None:
    """D: a plain body under a sealed query is refused with 403"""
    turned_away(gate, enveloped(said(gate), "", gate.at), 403)


def test_a_plain_account_still_wants_the_signature_of_the_query(gate: Door) -> None:
    """D: a plain account still wants the signature of the query"""
    turned_away(Door(gate.service, PLAIN), plain(said(gate), gate.at).but(signature="0" * 40), 403)


# Seals: one answer for all of them, so that nobody can feel their way


def sealed_raw(padded: bytes) -> str:
    """Our key over any bytes, as somebody would do who knows the key and breaks the rules."""
    encryptor = Cipher(AES256(SEALED.aes_key), CBC(SEALED.aes_key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def padded(inside: bytes, end: bytes, length: int = 0) -> bytes:
    """The inner frame of a message that needs exactly this much padding, with any padding and length given."""
    blanks = b" " * ((-len(inside) - len(APP_ID) - 20 - len(end)) % 32)
    full = inside + blanks
    return b"r" * 16 + (length or len(full)).to_bytes(4, "big") + full + APP_ID.encode() + end


OTHER_KEY = wire.Account(TOKEN, bytes(32), APP_ID)
BROKEN_SEALS: dict[str, Callable[[bytes], str]] = {
    "wrong app id": lambda inside: wire.seal(replace(SEALED, receive_id="wx0000000000000002"), inside),
    "no app id": lambda inside: wire.seal(replace(SEALED, receive_id=""), inside),
    "other key": lambda inside: wire.seal(OTHER_KEY, inside),
    "padding over 32": lambda inside: sealed_raw(padded(inside, b"\x21" * 33)),
    "padding of nothing": lambda inside: sealed_raw(padded(inside, b"\x00")),
    "padding not alike": lambda inside: sealed_raw(padded(inside, b"\x03\x02")),
    "length beyond the end": lambda inside: sealed_raw(padded(inside, b"\x01", length=2**31)),
    "one block only": lambda _: sealed_raw(b"\x10" * 16),
    "not whole blocks": lambda _: base64.b64encode(b"x" * 17).decode(),
    "not base64": lambda _: "这不是密文",
    "empty": lambda _: "",
}


def test_the_same_seal_unbroken_is_opened() -> None:
    assert wire.unseal(SEALED, sealed_raw(padded(b"<xml/>", b"\x02\x02"))).strip() == b"<xml/>"


@pytest.mark.parametrize("how", BROKEN_SEALS)
def test_every_broken_seal_gets_the_answer_of_a_wrong_signature(gate: Door, how: str) -> None:
    """C: every broken seal gets the bytes and the 403 of a wrong signature"""
    unsigned = gate.post(letter(gate).but(msg_signature="0" * 40))

    broken = gate.post(sealed_text(BROKEN_SEALS[how](said(gate)), gate.at))

    assert (broken.status_code, broken.data, list(broken.headers)) == (403, b"", list(unsigned.headers))
    assert (unsigned.status_code, unsigned.data) == (403, b"")
    assert gate.count(Inbox) == 0


# Bodies


def malformed() -> dict[str, bytes]:
    laughs = "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};">' for n in range(1, 20))
    return {
        "blank": b" ",
        "not XML": b"hello",
        "JSON": b'{"ToUserName":"gh_1","Encrypt":"x"}',
        "cut off": b"<xml><Encrypt>abc</Encr",
        "other root": b"<message><Encrypt>abc</Encrypt></message>",
        "DTD": b"<!DOCTYPE xml><xml><Encrypt>abc</Encrypt></xml>",
        "external entity": b'<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/hostname">]><xml><Encrypt>&e;</Encrypt></xml>',
        "billion laughs": f'<!DOCTYPE xml [<!ENTITY l0 "l">{laughs}]><xml><Encrypt>&l19;</Encrypt></xml>'.encode(),
        "the same element twice": b"<xml><Encrypt>abc</Encrypt><Encrypt>abd</Encrypt></xml>",
        "nested elements": b"<xml><Encrypt><Encrypt>abc</Encrypt></Encrypt></xml>",
        "attribute": b'<xml><Encrypt type="aes">abc</Encrypt></xml>',
        "text between": b"<xml>abc<Encrypt>abc</Encrypt></xml>",
        "GBK": '<?xml version="1.0" encoding="GBK"?><xml><Encrypt>密文</Encrypt></xml>'.encode("gbk"),
        "NUL": b"<xml><Encrypt>a\x00</Encrypt></xml>",
        "ten thousand elements": b"<xml>" + b"".join(b"<e%d/>" % n for n in range(6000)) + b"</xml>",
        "deep": b"<xml>" + b"<List>" * 2500 + b"</List>" * 2500 + b"</xml>",
    }


@pytest.mark.parametrize("how", malformed())
def test_a_malformed_envelope_is_refused(gate: Door, how: str) -> None:
    """E: a malformed envelope is refused with 400 and nothing is kept"""
    turned_away(gate, enveloped(malformed()[how], "abc", gate.at), 400)


@pytest.mark.parametrize("how", malformed())
def test_a_malformed_message_inside_a_proper_envelope_is_refused(gate: Door, how: str) -> None:
    """E: a malformed message in a proper envelope is refused with 400 and nothing is kept"""
    turned_away(gate, sealed(malformed()[how], gate.at), 400)


COMMON = {"ToUserName": OURS, "FromUserName": "o_door", "CreateTime": 1700000000, "MsgType": "text", "Content": "x"}


@pytest.mark.parametrize(
    "fields",
    [
        *({name: value for name, value in COMMON.items() if name != gone} for gone in [*COMMON][:4]),
        COMMON | {"CreateTime": "[1700000000]"},
        COMMON | {"FromUserName": "o" * 129},
        COMMON | {"Content": "x" * 33_000},
    ],
)
def test_a_message_without_a_sender_a_time_or_a_measure_is_refused(gate: Door, fields: dict[str, object]) -> None:
    """E: a message without sender or time, or with absurd lengths, is refused with 400"""
    turned_away(gate, sealed(document(fields), gate.at), 400)


def test_two_senders_are_none(gate: Door) -> None:
    """E: two senders are none: 400"""
    twice = document(COMMON).replace(b"</xml>", b"<FromUserName>o_other</FromUserName></xml>")

    turned_away(gate, sealed(twice, gate.at), 400)


def test_a_body_over_64_kilobytes_is_refused_unread(gate: Door) -> None:
    """E: a body over 64 KB is refused with 413"""
    right = letter(gate)

    turned_away(gate, replace(right, body=right.body.ljust(LIMIT + 1)), 413)


class Unread(io.RawIOBase):
    """A body of which every byte read would be one too many."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise AssertionError("the body was read")


@pytest.mark.parametrize("size", [LIMIT + 1, 10_000_000, 2**40])
def test_no_byte_of_a_body_that_is_too_large_is_read(gate: Door, size: int) -> None:
    """E: of a body over 64 KB no byte is read"""
    right = letter(gate)

    arriving = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(size)}
    answer = gate.app.test_client().post(PATH, query_string=right.query, environ_overrides=arriving)

    assert (answer.status_code, answer.data) == (413, b"")


def test_a_request_costs_no_more_the_larger_it_announces_itself(gate: Door) -> None:
    """E: refusing 13 MB runs no more lines than refusing 130 KB"""
    small, large = (replace(letter(gate), body=b"<" * (LIMIT * times)) for times in (2, 200))
    gate.post(small)

    assert lines(lambda: gate.post(large)) <= 2 * lines(lambda: gate.post(small))


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "deflate", "br", "identity, gzip"])
def test_a_compressed_body_is_refused(gate: Door, coding: str) -> None:
    """E: a compressed body is refused with 415"""
    right = letter(gate)

    turned_away(gate, replace(right, body=gzip.compress(right.body)), 415, Content_Encoding=coding)


def test_the_reasons_are_counted_for_the_health_page(gate: Door) -> None:
    """B: what is refused is counted by its reason in /healthz"""
    before = gate.healthz().json["turned_away"].get("stale", 0)

    turned_away(gate, sealed(said(gate), gate.at - 3600), 403)

    assert gate.healthz().json["turned_away"]["stale"] == before + 1
