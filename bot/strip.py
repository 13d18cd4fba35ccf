"""Takes out of recordings what a phone wrote into them beside sound and picture: where, when, with what, by whom.

Nothing is encoded anew. In an MP4 (ISO/IEC 14496-12) everything keeps its place, for a table says where each piece of
sound and picture begins: boxes that describe become empty ones of the same length, moments become zero. Of an MP3 the
tags before and behind the sound are cut off. An AMR has no room for such things.
"""

from collections.abc import Callable, Iterator, Mapping

INSIDE = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"moof", b"traf", b"mvex"))
"""Boxes that hold boxes."""
TOLD = frozenset((b"udta", b"meta", b"uuid", b"Xtra", b"XMP_"))
"""Boxes that tell of the recording: place, camera, author, title."""
TIMED = frozenset((b"mvhd", b"tkhd", b"mdhd"))
"""Boxes that begin with the moments of making and changing."""
DEEPEST = 12


class Broken(ValueError):
    """It is no whole recording of its kind."""


def mp4(content: bytes) -> bytes:
    """The same film, silent about how it was made. Raises Broken where its boxes do not fit into each other."""
    made = bytearray(content)
    for kind, start, body, end in _boxes(content, 0, len(content), 0):
        if kind in TOLD:
            made[start + 4 : start + 8] = b"free"
            made[body:end] = bytes(end - body)
        elif kind in TIMED:
            length = 16 if content[body : body + 1] == b"\x01" else 8  # two moments, of 8 bytes or of 4
            if body + 4 + length > end:
                raise Broken("a box is too short")
            made[body + 4 : body + 4 + length] = bytes(length)
    return bytes(made)


def _boxes(content: bytes, start: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Every box: its kind, where it begins, where its body begins, where it ends."""
    if depth > DEEPEST:
        raise Broken("boxes too deep")
    while start < end:
        size, kind, body = (
            int.from_bytes(content[start : start + 4], "big"),
            content[start + 4 : start + 8],
            start + 8,
        )
        if size == 1:
            size, body = int.from_bytes(content[body : body + 8], "big"), start + 16
        elif size == 0 and depth == 0:
            size = end - start  # up to the end of the file
        if start + size > end or start + size < body:
            raise Broken("a box is larger or smaller than its place")
        yield kind, start, body, start + size
        if kind in INSIDE:
            yield from _boxes(content, body, start + size, depth + 1)
        start += size


def mp3(content: bytes) -> bytes:
    """The sound alone, without tags before and behind it. Raises Broken where no sound is left."""
    while content.startswith(b"ID3") and len(content) > 10:
        length = sum((byte & 0x7F) << 7 * (3 - n) for n, byte in enumerate(content[6:10]))
        content = content[10 + length + (10 if content[5] & 0x10 else 0) :]
    if content[-128:-125] == b"TAG":
        content = content[:-128]
    if content[-32:-24] == b"APETAGEX":
        header = 32 if content[-9] & 0x80 else 0
        content = content[: max(0, len(content) - int.from_bytes(content[-20:-16], "little") - header)]
    if not content.startswith(b"\xff"):
        raise Broken("no sound")
    return content


STRIPPED: Mapping[str, Callable[[bytes], bytes]] = {"video/mp4": mp4, "audio/mpeg": mp3}
