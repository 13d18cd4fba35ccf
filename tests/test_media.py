"""What people send beside words: fetched once, checked, stripped, shown to whoever may see it, let go in time."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.app import create_app
from bot.links import Links
from bot.media import WAITS, Rules, Unfit, clean, fetch, prune
from bot.shelf import Shelf
from store import media, people
from store.tables import Media
from tests.desk import Desk
from tests.door.sending import sender_to
from tests.door.vendor import Answer, Vendor, refuses, says, vendor

RULES = Rules.load()
ORIENTATION, GPS = 0x0112, 0x8825


def photo(width: int = 40, height: int = 20, kind: str = "JPEG") -> bytes:
    """A picture as a telephone takes it: lying on its side, and with the place where it was taken."""
    picture, exif = Image.new("RGB", (width, height), "red"), Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[2] = (34.0, 21.0, 36.0)
    written = io.BytesIO()
    picture.save(written, kind, exif=exif)
    return written.getvalue()


@pytest.fixture
def platform() -> Iterator[Vendor]:
    with vendor() as running:
        yield running


class Album:
    """A desk whose worker fetches what people send."""

    def __init__(self, desk: Desk, platform: Vendor, folder: Path) -> None:
        self.desk, self.platform = desk, platform
        links = Links.of("http://album", "a-secret-of-the-test")
        desk.service = replace(desk.service, shelf=Shelf(folder), links=links)
        self.api = sender_to(platform.base, desk.service).api
        self.web = create_app(desk.service, None).test_client()

    def sends(self, name: str, media_id: str, kind: str = "image") -> None:
        self.desk.says(name, MsgType=kind, MediaId=media_id, PicUrl="http://elsewhere.example/x")

    def fetch(self) -> None:
        fetch(self.desk.service, {"oa": self.api}, RULES)

    def kept(self) -> list[Media]:
        with self.desk.store.read() as session:
            found = session.query(Media).order_by(Media.id).all()
            session.expunge_all()
            return found

    def statuses(self) -> list[str]:
        return [each.status for each in self.kept()]

    def links_of(self, name: str) -> list[str]:
        said = self.desk.says(name, "查 001") or ""
        return [line for line in said.splitlines() if line.startswith("http://album")]

    def opens(self, link: str) -> Any:
        return self.web.get(link.removeprefix("http://album"))


@pytest.fixture
def album(desk: Desk, platform: Vendor, tmp_path: Path) -> Album:
    return Album(desk, platform, tmp_path / "media")


def reported(album: Album, content: bytes, kind: str = "image/jpeg") -> None:
    album.platform.tell("get", says(content, 200, kind))
    album.desk.says("张伟", "我们厂又跳闸了，变压器烧黑了")
    album.sends("张伟", "m1")
    album.fetch()
    album.desk.later(minutes=2)
    album.desk.forget()


def test_a_picture_is_kept_upright_and_without_the_place_where_it_was_taken(album: Album) -> None:
    reported(album, photo(40, 20))

    shown = album.opens(album.links_of("林晓")[0])

    picture = Image.open(io.BytesIO(shown.data))
    assert (shown.status_code, shown.mimetype, picture.size) == (200, "image/jpeg", (20, 40))
    assert not picture.getexif()
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert [call.query["media_id"] for call in album.platform.calls if call.path.endswith("/get")] == ["m1"]


def test_a_picture_is_fetched_once_however_often_it_is_sent(album: Album) -> None:
    reported(album, photo())
    album.sends("张伟", "m1")
    album.fetch()

    assert album.statuses() == ["kept"]
    assert len([call for call in album.platform.calls if call.path.endswith("/get")]) == 1
    album.desk.later(seconds=1)
    album.desk.forget()


def test_a_link_is_for_one_person_for_a_week_and_while_they_may_see_the_item(album: Album) -> None:
    reported(album, photo())
    service, [kept] = album.desk.service, album.kept()
    assert service.links is not None
    with album.desk.store.read() as session:
        ids = {person.name: person.id for person in people.everybody(session)}

    mine = service.links.make(kept.id, ids["张伟"])
    others = service.links.make(kept.id, ids["刘洋"])

    assert album.opens(mine).status_code == 200
    for link in (others, mine[:-2], f"{mine}x", "http://album/media/x", "http://album/media/1"):
        assert album.opens(link).status_code == 404


def test_what_was_sent_about_misconduct_opens_for_its_receiver_alone(album: Album) -> None:
    album.platform.tell("get", says(photo(), 200, "image/jpeg"))
    album.desk.says("张伟", "有人办事要好处，我不想公开说")
    album.sends("张伟", "m1")
    album.fetch()
    album.desk.later(minutes=2)
    album.desk.forget()
    service, [kept] = album.desk.service, album.kept()
    assert service.links is not None
    with album.desk.store.read() as session:
        ids = {person.name: person.id for person in people.everybody(session)}

    opened = {name for name in ids if album.opens(service.links.make(kept.id, ids[name])).status_code == 200}

    assert opened == {"张伟", "沈正"}


@pytest.mark.parametrize(
    "content",
    [
        b"<html>not a picture</html>",
        b"\xff\xd8\xff" + b"half a picture",
        photo()[:200],
        b"MZ\x90\x00 a program",
        b"%PDF-1.7",
    ],
    ids=["html", "torn", "cut", "program", "pdf"],
)
def test_what_is_not_what_it_should_be_is_not_kept(album: Album, content: bytes) -> None:
    reported(album, content)

    assert album.statuses() == ["failed"]
    assert "已存 0" in (album.desk.says("林晓", "查 001") or "")


def test_what_is_too_large_is_not_read_to_its_end(album: Album) -> None:
    reported(album, b"\xff\xd8\xff" + b"0" * (11 * 1024 * 1024))

    assert [(each.status, each.error) for each in album.kept()] == [("failed", "too large")]


def test_a_picture_with_too_many_pixels_is_not_opened() -> None:
    written = io.BytesIO()
    Image.new("1", (8000, 8000)).save(written, "PNG")

    with pytest.raises(Unfit, match="pixels"):
        clean(written.getvalue(), RULES)


def test_a_platform_in_trouble_is_asked_again_later(album: Album) -> None:
    album.platform.tell("get", says(b"busy", 503), times=2)
    album.platform.tell("get", says(photo(), 200, "image/jpeg"))
    album.desk.says("张伟", "我们厂又跳闸了")
    album.sends("张伟", "m1")
    told = []
    for wait in (timedelta(), timedelta(), *WAITS[:2]):
        album.desk.clock.moment += wait
        album.fetch()
        told.append(album.statuses()[0])

    assert told == ["wanted", "wanted", "wanted", "kept"]
    album.desk.forget()


def test_a_platform_in_trouble_for_a_day_is_given_up(album: Album) -> None:
    album.platform.tell("get", says(b"busy", 503), times=20)
    album.sends("张伟", "m1")
    for wait in (timedelta(), *WAITS):
        album.desk.clock.moment += wait
        album.fetch()

    assert album.statuses() == ["failed"]


def redirects(to: str) -> Answer:
    """An answer that sends the caller elsewhere."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def test_nothing_but_the_platform_is_ever_asked(album: Album) -> None:
    """An address in a message is never fetched, one in a redirect is not followed, and what a message calls its media
    id stays a parameter, whatever is written in it."""
    with vendor() as elsewhere:
        album.desk.says("张伟", "我们厂又跳闸了")
        for number, odd in enumerate(
            ("m1", f"{elsewhere.base}/x", "../../x?a=b&media_id=y", "http://169.254.169.254/")
        ):
            album.platform.tell("get", redirects(f"{elsewhere.base}/x"))
            album.desk.says("张伟", MsgType="image", MediaId=odd, PicUrl=f"{elsewhere.base}/pic/{number}")
        album.fetch()

        assert elsewhere.calls == []
    asked = [call.query["media_id"] for call in album.platform.calls if call.path.endswith("/get")]
    assert asked == ["m1", f"{elsewhere.base}/x", "../../x?a=b&media_id=y", "http://169.254.169.254/"]
    assert album.statuses() == ["wanted"] * 4
    album.desk.later(minutes=2)
    album.desk.forget()


def test_a_picture_the_platform_no_longer_has_is_lost_and_said_so(album: Album) -> None:
    album.platform.tell("get", refuses(40007))
    album.desk.says("张伟", "我们厂又跳闸了")
    album.sends("张伟", "m1")
    album.fetch()

    assert album.statuses() == ["failed"]
    album.desk.later(minutes=2)
    album.desk.forget()


def test_a_token_that_ran_out_is_replaced_once(album: Album) -> None:
    album.platform.tell("get", refuses(42001))
    reported(album, photo())

    assert album.statuses() == ["kept"]
    assert album.platform.tokens() == 2


def test_what_belongs_to_ended_items_is_let_go_but_not_what_another_still_needs(album: Album) -> None:
    album.platform.tell("get", says(photo(), 200, "image/jpeg"), times=2)
    album.desk.says("张伟", "我们厂又跳闸了")
    album.sends("张伟", "m1")
    album.desk.later(minutes=2)
    album.desk.says("刘洋", "车间的水管爆了，没水用")
    album.sends("刘洋", "m2")
    album.fetch()
    album.desk.later(minutes=2)
    album.desk.says("张伟", "撤回 001")
    file = album.desk.service.shelf.path(str(album.kept()[0].sha256))

    album.desk.clock.moment += RULES.keep + timedelta(days=1)
    assert prune(album.desk.service, RULES) == 1
    assert (album.statuses(), file.exists()) == (["pruned", "kept"], True)

    album.desk.says("刘洋", "撤回 002")
    album.desk.clock.moment += RULES.keep + timedelta(days=1)
    prune(album.desk.service, RULES)
    assert (album.statuses(), file.exists()) == (["pruned", "pruned"], False)
    album.desk.forget()


def test_a_voice_is_kept_as_it_is(album: Album) -> None:
    album.platform.tell("get", says(b"#!AMR\n" + b"\x7c" * 40, 200, "audio/amr"))
    album.desk.says("张伟", MsgType="voice", MediaId="v1", Recognition="我们厂又跳闸了")
    album.fetch()

    assert [(each.status, each.mime) for each in album.kept()] == [("kept", "audio/amr")]
    album.desk.later(minutes=2)
    album.desk.forget()


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF0000WEBP"])
)
def test_any_bytes_are_kept_or_refused(tail: bytes, head: bytes) -> None:
    try:
        mime, content = clean(head + tail, RULES)
    except Unfit:
        return
    assert mime in RULES.most
    assert content


def test_media_is_wanted_once_per_account(desk: Desk) -> None:
    with desk.store.write() as session:
        for channel in ("oa", "oa", "wecom"):
            media.want(session, channel, "m1", desk.clock.now())

    with desk.store.read() as session:
        assert session.query(Media).count() == 2
