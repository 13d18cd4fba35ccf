"""A file that is sealed piece by piece, so that it can be written and read as a stream of any length.

Every file has a key of its own, made of the secret and the file's salt. Each piece is sealed with AES-256-GCM under
its number and whether it is the last (the STREAM construction, Hoang, Reyhanitabar, Rogaway and Vizár 2015): a file
that is cut off, or whose pieces were exchanged, does not open.
"""

import io
import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEAD = b"LIANXIN-SEALED-1\n"
SALT, PIECE, TAG, COUNTER = 32, 64 * 1024, 16, 11


class NotOurs(Exception):
    """The file was not sealed by us with this secret, or was changed or cut off."""


def _cipher(secret: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=b"lianxin file").derive(secret.encode()))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(COUNTER, "big") + bytes([last])


class Sealing(io.RawIOBase):
    """What is written here arrives sealed in `out`; `close` writes the last piece and leaves `out` open."""

    def __init__(self, out: BinaryIO, secret: str) -> None:
        salt = secrets.token_bytes(SALT)
        self._out, self._cipher = out, _cipher(secret, salt)
        self._held, self._number = bytearray(), 0
        out.write(HEAD + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # of all that can be written we get bytes
        self._held += data
        while len(self._held) > PIECE:  # the last piece, even a full one, is written by `close`
            self._seal(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._held), last=True)
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last), piece, HEAD))
        self._number += 1


class Opening(io.RawIOBase):
    """Reads what `Sealing` wrote. Raises NotOurs at the first piece that does not open."""

    def __init__(self, sealed: BinaryIO, secret: str) -> None:
        if sealed.read(len(HEAD)) != HEAD:
            raise NotOurs
        self._sealed, self._cipher = sealed, _cipher(secret, sealed.read(SALT))
        self._next, self._number = sealed.read(PIECE + TAG), 0
        self._open, self._ended = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self._open and not self._ended:
            self._open = self._piece()
        taken = self._open[: len(buffer)]
        buffer[: len(taken)] = taken
        self._open = self._open[len(taken) :]
        return len(taken)

    def _piece(self) -> bytes:
        piece, self._next = self._next, self._sealed.read(PIECE + TAG)
        self._ended = not self._next
        try:
            opened = self._cipher.decrypt(_nonce(self._number, self._ended), piece, HEAD)
        except (InvalidTag, ValueError) as error:
            raise NotOurs from error
        self._number += 1
        return opened
