"""What a phone wrote into a film or a recording does not stay with us; sound and picture do, to the byte."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.strip import Broken, mp3, mp4

PLACE, CAMERA = b"+34.3619+107.2370/", b"HUAWEI Mate 60"
SAMPLES = bytes(range(256)) * 4


def box(kind: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def header(kind: bytes, version: int = 0) -> bytes:
    moments = struct.pack(">II" if version == 0 else ">QQ", 3_800_000_000, 3_800_000_001)
    return box(kind, bytes([version, 0, 0, 0]), moments, b"rest of the header")


def film(version: int = 0) -> bytes:
    """A film as phones write it: where its samples begin is told by a number that must stay right."""
    kind = box(b"ftyp", b"isom\0\0\0\0isom")
    offset = len(kind) + 8
    table = box(b"stbl", box(b"stco", struct.pack(">III", 0, 1, offset)))
    track = box(
        b"trak",
        header(b"tkhd", version),
        box(b"mdia", header(b"mdhd", version), box(b"minf", table)),
        box(b"udta", box(b"name", CAMERA)),
    )
    about = box(b"udta", box(b"\xa9xyz", PLACE)), box(b"meta", b"\0\0\0\0", box(b"keys", CAMERA + PLACE))
    return kind + box(b"mdat", SAMPLES) + box(b"moov", header(b"mvhd", version), track, *about) + box(b"uuid", PLACE)


@pytest.mark.parametrize("version", [0, 1])
def test_a_film_tells_neither_where_nor_when_nor_with_what_it_was_made(version: int) -> None:
    whole = film(version)
    moment = struct.pack(">I" if version == 0 else ">Q", 3_800_000_000)
    assert PLACE in whole
    assert moment in whole

    stripped = mp4(whole)

    assert PLACE not in stripped
    assert CAMERA not in stripped
    assert moment not in stripped
    assert len(stripped) == len(whole)
    offset = int.from_bytes(stripped[stripped.index(b"stco") + 12 :][:4], "big")
    assert stripped[offset:].startswith(SAMPLES)
    assert stripped.count(b"rest of the header") == 3
    assert mp4(stripped) == stripped


def test_a_film_whose_last_box_goes_on_to_its_end_and_one_with_a_long_size_are_read() -> None:
    long = struct.pack(">I4sQ", 1, b"udta", 16 + len(PLACE)) + PLACE
    open_ended = struct.pack(">I4s", 0, b"mdat") + SAMPLES

    stripped = mp4(box(b"ftyp", b"isom") + long + open_ended)

    assert PLACE not in stripped
    assert stripped.endswith(SAMPLES)


@pytest.mark.parametrize(
    "broken",
    [
        film()[:-1],
        box(b"ftyp", b"isom") + struct.pack(">I4s", 3, b"moov"),
        box(b"ftyp", b"isom") + box(b"moov", struct.pack(">I4s", 900, b"udta")),
        box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", b"\0\0\0\0\1")),
    ],
)
def test_a_film_whose_boxes_do_not_fit_is_refused(broken: bytes) -> None:
    with pytest.raises(Broken):
        mp4(broken)


def test_boxes_in_boxes_without_end_are_refused() -> None:
    nested = b""
    for _ in range(40):
        nested = box(b"moov", nested)

    with pytest.raises(Broken):
        mp4(box(b"ftyp", b"isom") + nested)


def test_a_recording_keeps_its_sound_and_none_of_its_tags() -> None:
    sound = b"\xff\xfb\x90\x64" + SAMPLES
    before = b"ID3\x04\x00\x00\x00\x00\x01\x00" + CAMERA.ljust(128, b"\0")
    behind = b"TAG" + PLACE.ljust(125, b"\0")
    ape = b"APETAGEX" + struct.pack("<IIII", 2000, 32 + len(PLACE), 1, 0) + bytes(8)

    assert mp3(before + sound + behind) == sound
    assert mp3(before + before + sound) == sound
    assert mp3(sound + PLACE + ape + behind) == sound
    with pytest.raises(Broken):
        mp3(before)


@given(st.binary(max_size=300))
def test_any_bytes_are_stripped_or_refused(content: bytes) -> None:
    for kind in (mp4, mp3):
        try:
            assert len(kind(content)) <= len(content)
        except Broken:
            continue
