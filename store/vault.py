"""Encrypts what names a person or opens a door before it is stored, and makes keyed indexes to find it by.

AES-256-GCM (NIST SP 800-38D) with a random nonce; every purpose has a key of its own, derived from the one secret by
HKDF-SHA256 (RFC 5869), so that what is sealed for one purpose opens for no other.
"""

import base64
import hmac
import secrets
from functools import cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

FORM = "1."
"""Says how what follows is sealed, should that ever change."""
NONCE = 12


class NoKey(Exception):
    """Personal data are to be read or written and no secret key is set."""


class WrongKey(Exception):
    """Sealed with another key, for another purpose, or not sealed at all."""


class Vault:
    """Seals and opens short texts with keys made of one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._key = cache(self._derived)

    def seal(self, purpose: str, text: str) -> str:
        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self._key("seal", purpose)).encrypt(nonce, text.encode("utf-8", "surrogatepass"), None)
        return FORM + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, purpose: str, sealed: str) -> str:
        """What was sealed for this purpose. Raises WrongKey."""
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(FORM))
            opened = AESGCM(self._key("seal", purpose)).decrypt(raw[:NONCE], raw[NONCE:], None)
        except (InvalidTag, ValueError) as error:
            raise WrongKey(purpose) from error
        return opened.decode("utf-8", "surrogatepass")

    def index(self, purpose: str, text: str) -> str:
        """The same for the same text and never to be turned back: what is sealed is found by it."""
        return hmac.new(self._key("index", purpose), text.encode("utf-8", "surrogatepass"), sha256).hexdigest()

    def _derived(self, use: str, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=b"lianxin", info=f"{use}:{purpose}".encode()).derive(self._secret)


def vault(session: Session) -> Vault:
    """The vault of the database this session belongs to. Raises NoKey where none was given."""
    found = session.info.get("vault")
    if not isinstance(found, Vault):
        raise NoKey("no secret key")
    return found
