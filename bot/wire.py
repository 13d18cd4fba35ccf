"""The envelope of the messaging interface: signatures, sealing and unsealing.

Rules: Tencent, "message push" pages (developers.weixin.qq.com, sections on signature and on
encryption) and WeCom page 90968. Same protocol for both; only the receive id differs.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.xml import cdata

_KEY_TEXT = re.compile(r"[A-Za-z0-9+/]{43}")
_KEY_BYTES = 32
_CIPHER_BLOCK = 16
_PAD_BLOCK = 32  # twice the cipher's own block: the protocol pads to 32 whatever AES needs
_RANDOM = 16
_HEADER = _RANDOM + 4  # the random bytes, then the message length, big-endian


class WireError(Exception):
    """Something is wrong with an envelope or with the key for it."""


class BadKey(WireError, ValueError):
    """The configured key is not an EncodingAESKey. Raised while the configuration is read."""


class BadSignature(WireError):
    """The request was not signed with our token."""

    def __init__(self) -> None:
        super().__init__("bad signature")


class BadCrypto(WireError):
    """The sealed message cannot be opened. Never says why: a reason helps only who guesses."""

    def __init__(self) -> None:
        super().__init__("the message cannot be opened")


@dataclass(frozen=True, slots=True)
class Account:
    """What we share with the platform: token and key are secrets, the receive id is not."""

    token: str = field(repr=False)
    aes_key: bytes = field(repr=False)
    receive_id: str

    def __post_init__(self) -> None:
        if len(self.aes_key) != _KEY_BYTES:
            raise BadKey("an AES key has 32 bytes; use parse_aes_key")


def parse_aes_key(text: str) -> bytes:
    """Decode the 43 characters of an EncodingAESKey to 32 bytes, or raise BadKey.

    43 characters hold two bits more than 32 bytes. Issued keys set them freely, so this one
    decoding ignores them; everywhere else base64 is strict.
    """
    if not _KEY_TEXT.fullmatch(text):
        raise BadKey("an EncodingAESKey has exactly 43 letters or digits, without '='")
    return base64.b64decode(text + "=")


def sign(*parts: str) -> str:
    """Return the lower-case SHA-1 of the parts, sorted by their bytes and joined."""
    return hashlib.sha1(b"".join(sorted(map(_bytes, parts)))).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a mangled query must compare unequal, not raise


def check_signature(token: str, given: str, *parts: str) -> None:
    """Raise BadSignature unless `given` is exactly our signature over the parts.

    An empty token signs nothing: anybody could compute the same.
    """
    if not is_signature(token, given, *parts):
        raise BadSignature


def is_signature(token: str, given: str, *parts: str) -> bool:
    return bool(token) and hmac.compare_digest(_bytes(given), _bytes(sign(token, *parts)))


def unseal(account: Account, encrypted_b64: str) -> bytes:
    """Return the message inside an <Encrypt> text, or raise BadCrypto for whatever is not exact.

    CBC alone proves nothing about who wrote the bytes, so check the signature first.
    """
    return _open(_unpad(_decrypt(account.aes_key, _decode(encrypted_b64))), account.receive_id)


def _decode(encrypted_b64: str) -> bytes:
    try:
        sealed = base64.b64decode(encrypted_b64, validate=True)
    except ValueError:
        raise BadCrypto from None
    if not sealed or len(sealed) % _CIPHER_BLOCK:
        raise BadCrypto
    return sealed


def _decrypt(key: bytes, sealed: bytes) -> bytes:
    decryptor = _cipher(key).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


def _cipher(key: bytes) -> Cipher[CBC]:
    # The protocol fixes the IV to the head of the key; the random bytes in front take its place.
    return Cipher(AES256(key), CBC(key[:_CIPHER_BLOCK]))


def _unpad(padded: bytes) -> bytes:
    count = padded[-1]
    if not 1 <= count <= _PAD_BLOCK or not padded.endswith(bytes([count]) * count):
        raise BadCrypto
    return padded[:-count]


def _open(full: bytes, receive_id: str) -> bytes:
    if len(full) < _HEADER:
        raise BadCrypto
    end = _HEADER + int.from_bytes(full[_RANDOM:_HEADER], "big")
    # A length beyond the buffer leaves no id, which an account without one would take for its own.
    if end > len(full) or not hmac.compare_digest(full[end:], _bytes(receive_id)):
        raise BadCrypto
    return full[_HEADER:end]


def seal(account: Account, plain: bytes, random16: bytes | None = None) -> str:
    """Return the <Encrypt> text of a message. Fixed random bytes are for test vectors only."""
    salt = secrets.token_bytes(_RANDOM) if random16 is None else random16
    if len(salt) != _RANDOM:
        raise ValueError("the random head has 16 bytes")
    full = salt + len(plain).to_bytes(4, "big") + plain + _bytes(account.receive_id)
    encryptor = _cipher(account.aes_key).encryptor()
    return base64.b64encode(encryptor.update(_pad(full)) + encryptor.finalize()).decode()


def _pad(full: bytes) -> bytes:
    count = _PAD_BLOCK - len(full) % _PAD_BLOCK
    return full + bytes([count]) * count


def envelope(account: Account, plain: bytes, timestamp: str, nonce: str, *, random16: bytes | None = None) -> str:
    """Return the sealed and signed reply. `success` and the empty reply are sent without one."""
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise ValueError("a timestamp is a number of seconds")
    encrypted = seal(account, plain, random16)
    signature = sign(account.token, timestamp, nonce, encrypted)
    return (
        f"<xml>\n<Encrypt>{cdata(encrypted)}</Encrypt>\n"
        f"<MsgSignature>{cdata(signature)}</MsgSignature>\n"
        f"<TimeStamp>{timestamp}</TimeStamp>\n"
        f"<Nonce>{cdata(nonce)}</Nonce>\n</xml>"
    )
