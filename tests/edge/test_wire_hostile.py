"""Envelopes made to deceive: what is a bit off stays shut, and never says why."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.wire import Account, BadCrypto, parse_aes_key, seal, unseal

QUICK = 1000  # milliseconds for one example, far above what it takes on a busy machine
OURS = Account("test-token", parse_aes_key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"), "wx0000000000000000")


def sealed(padded: bytes, account: Account = OURS) -> str:
    """Encrypt bytes as they are, padding and all: how a hostile envelope is made."""
    encryptor = Cipher(AES256(account.aes_key), CBC(account.aes_key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def full(message: bytes, length: int | None = None, receive_id: str = OURS.receive_id) -> bytes:
    size = len(message) if length is None else length
    return b"r" * 16 + size.to_bytes(4, "big") + message + receive_id.encode()


def padded(content: bytes) -> bytes:
    count = 32 - len(content) % 32
    return content + bytes([count]) * count


HOSTILE = {
    "empty": "",
    "not base64": "!!!!",
    "not ASCII": "中文",
    "a line break inside": seal(OURS, b"hi")[:10] + "\n" + seal(OURS, b"hi")[10:],
    "a line break at the end": seal(OURS, b"hi") + "\n",
    "padding of base64 missing": base64.b64encode(bytes(16)).decode().rstrip("="),
    "the other alphabet of base64": base64.urlsafe_b64encode(b"\xff" * 48).decode(),
    "not whole blocks": base64.b64encode(bytes(33)).decode(),
    "shorter than the header": sealed(b"x" * 14 + b"\x02\x02"),
    "nothing but padding": sealed(bytes([32]) * 32),
    "pad byte 0": sealed(full(b"m" * 9) + b"\x00" * 17),
    "pad byte 33": sealed(full(b"m" * 9) + b"\x21" * 33),
    "pad bytes that differ": sealed(padded(full(b"hi"))[:-2] + b"\x00" + padded(full(b"hi"))[-1:]),
    "pad longer than everything": sealed(b"\x20" * 16),
    "length too big": sealed(padded(full(b"hi", length=2**32 - 1))),
    "length one too big": sealed(padded(full(b"hi", length=3))),
    "length one too small": sealed(padded(full(b"hi", length=1))),
    "another account": sealed(padded(full(b"hi", receive_id="wx1111111111111111"))),
    "no account": sealed(padded(full(b"hi", receive_id=""))),
    "our account and more": sealed(padded(full(b"hi", receive_id=OURS.receive_id + "x"))),
    "another key": seal(Account("t", bytes(32), OURS.receive_id), b"hi"),
}


@pytest.mark.parametrize("encrypted", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_envelope_that_is_not_exact_stays_shut_and_never_says_why(encrypted):
    """C: base64, blocks, padding, length or account a bit off: it stays shut and does not say why"""
    with pytest.raises(BadCrypto) as refused:
        unseal(OURS, encrypted)

    assert str(refused.value) == "the message cannot be opened"
    assert refused.value.__cause__ is None


def test_a_length_beyond_the_buffer_is_refused_by_an_account_without_an_id_too():
    nameless = Account("t", OURS.aes_key, "")

    with pytest.raises(BadCrypto):
        unseal(nameless, sealed(padded(full(b"hi", length=99, receive_id=""))))


def open_or_refuse(encrypted: str) -> None:
    try:
        opened = unseal(OURS, encrypted)
    except BadCrypto:
        return
    assert type(opened) is bytes


@settings(deadline=QUICK)
@given(st.text())
@example("\ud800")
def test_any_text_is_opened_or_refused(encrypted):
    open_or_refuse(encrypted)


@settings(deadline=QUICK)
@given(st.binary(max_size=400))
def test_any_bytes_are_opened_or_refused(sealed_bytes):
    open_or_refuse(base64.b64encode(sealed_bytes).decode())


@settings(deadline=QUICK)
@given(st.binary(max_size=20).map(lambda tail: full(b"") + tail))
def test_any_tail_under_our_own_key_is_opened_or_refused(content):
    open_or_refuse(sealed(padded(content)))
