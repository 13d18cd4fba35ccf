"""Pictures, voice and video: fetched once by the worker, only from the platform, checked, stripped, kept."""

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.api import Api
from bot.senders import SendFailed, Trouble
from bot.service import Service
from bot.strip import STRIPPED, Broken
from store import media, rows
from store.facts import FactError, read
from store.tables import Media

FILE = "media.toml"
LEASE = timedelta(minutes=2)
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720))
"""The platform keeps what was sent for three days; after the last of these it is given up and shown as lost."""
SIGNS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("image/jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ("image/png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("image/gif", lambda head: head.startswith((b"GIF87a", b"GIF89a"))),
    ("image/webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    ("audio/amr", lambda head: head.startswith(b"#!AMR")),
    ("audio/mpeg", lambda head: head.startswith(b"ID3") or head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ("audio/speex", lambda head: head.startswith(b"OggS") and b"Speex" in head[:64]),
    ("video/mp4", lambda head: head[4:8] == b"ftyp"),
)
"""What a file is, by how it begins; never by what it is called or said to be."""
WRITTEN_AS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "PNG", "image/webp": "PNG"}

log = logging.getLogger(__name__)


class Unfit(Exception):
    """This cannot be kept, and trying again would not help."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be kept, how much of it, how long."""

    most: Mapping[str, int]  # bytes by type
    keep: timedelta
    pixels: int

    @classmethod
    def load(cls, override: Path | None = None) -> "Rules":
        """Read `media.toml`. Raises FactError."""
        facts = read(__file__, FILE, override)
        try:
            most = {entry["mime"]: int(entry["most_mb"] * 1024 * 1024) for entry in facts["type"]}
            rules = cls(most, timedelta(days=facts["keep_days"]), int(facts["picture_pixels"]))
        except (KeyError, TypeError) as error:
            raise FactError(f"{FILE}: missing or wrong entry: {error}") from error
        if unknown := most.keys() - dict(SIGNS).keys():
            raise FactError(f"{FILE}: type {min(unknown)!r} is none that can be recognised")
        return rules


def fetch(service: Service, platforms: Mapping[str, Api], rules: Rules) -> int:
    """Fetch everything that is due; how many were looked at. Any number of workers may do so at once."""
    looked = 0
    while (wanted := _next(service)) is not None:
        looked += 1
        _fetch(service, platforms, rules, wanted)
    return looked


def _next(service: Service) -> tuple[int, str, str, int] | None:
    with service.store.write() as session:
        found = rows.lease(session, Media, service.clock.now(), LEASE)
        return None if found is None else (found.id, found.channel, found.media_id, found.attempts)


def _fetch(service: Service, platforms: Mapping[str, Api], rules: Rules, wanted: tuple[int, str, str, int]) -> None:
    number, channel, media_id, attempts = wanted
    try:
        if channel not in platforms:
            raise Unfit("no such account")
        mime, content = clean(platforms[channel].download(media_id, max(rules.most.values())), rules)
    except Unfit as unfit:
        _lost(service, number, str(unfit))
    except SendFailed as failure:
        if failure.trouble in (Trouble.PAYLOAD, Trouble.DROP) or attempts > len(WAITS):
            _lost(service, number, failure.note)
        else:
            _again(service, number, WAITS[attempts - 1])
    else:
        digest, now = service.shelf.put(content), service.clock.now()
        with service.store.write() as session:
            kept = session.get_one(Media, number)
            kept.status, kept.mime, kept.size, kept.sha256, kept.kept_at = "kept", mime, len(content), digest, now


def _lost(service: Service, number: int, why: str) -> None:
    log.warning("media %s: %s", number, why)
    with service.store.write() as session:
        lost = session.get_one(Media, number)
        lost.status, lost.error = "failed", why


def _again(service: Service, number: int, wait: timedelta) -> None:
    with service.store.write() as session:
        session.get_one(Media, number).next_try = service.clock.now() + wait


def clean(content: bytes, rules: Rules) -> tuple[str, bytes]:
    """What it is, and its bytes without what a phone wrote into them (where, when, with what). Raises Unfit."""
    mime = next((mime for mime, begins in SIGNS if begins(content[:64])), "")
    if mime not in rules.most:
        raise Unfit("not a type that is kept")
    if len(content) > rules.most[mime]:
        raise Unfit("too large")
    if mime in STRIPPED:
        try:
            return mime, STRIPPED[mime](content)
        except Broken as error:
            raise Unfit("not a whole recording") from error
    if mime not in WRITTEN_AS:
        return mime, content
    return f"image/{WRITTEN_AS[mime].lower()}", _drawn_again(content, mime, rules)


def _drawn_again(content: bytes, mime: str, rules: Rules) -> bytes:
    """Only the pixels, upright."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "GIF", "WEBP"]) as picture:
            if picture.width * picture.height > rules.pixels:
                raise Unfit("too many pixels")
            upright = ImageOps.exif_transpose(picture)
            plain = Image.new("RGB" if mime == "image/jpeg" else "RGBA", upright.size)
            plain.paste(upright.convert(plain.mode))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unfit("not a whole picture") from error
    written = io.BytesIO()
    plain.save(written, WRITTEN_AS[mime], quality=90)
    return written.getvalue()


def prune(service: Service, rules: Rules) -> int:
    """Let go of what belongs to items that ended long ago; how many. The same content may still be another's."""
    with service.store.write() as session:
        old = media.old(session, service.clock.now() - rules.keep, 100)
        for each in old:
            each.status = "pruned"
            session.flush()
            if each.sha256 and not media.others_keep(session, each):
                service.shelf.path(each.sha256).unlink(missing_ok=True)
        return len(old)
