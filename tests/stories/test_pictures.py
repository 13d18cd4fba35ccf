"""Pictures of an officer with several items in hand: they belong to the one just spoken of."""

import pytest

from store.tables import Fragment
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


@pytest.fixture
def two(desk: Desk) -> Desk:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.says("刘洋", "冷库变压器带不动，想增容")
    desk.later(minutes=2)
    for number in ("001", "002"):
        desk.says("李建国", f"签收 {number}")
    desk.later(minutes=40)
    desk.forget()
    return desk


def picture(desk: Desk, media: str) -> str:
    return desk.says("李建国", MsgType="image", PicUrl="http://mmbiz.qpic.cn/x", MediaId=media) or ""


def kept(desk: Desk) -> list[tuple[str, int]]:
    """The pictures, and the running number of the item each belongs to."""
    numbers = {desk.item(short).id: int(short) for short in ("001", "002")}
    with desk.store.read() as session:
        rows = session.query(Fragment).where(Fragment.kind == "image").order_by(Fragment.id)
        return [(str(row.media_id), numbers.get(row.item_id or 0, 0)) for row in rows]


def test_pictures_before_and_after_a_note_join_its_item_and_are_counted(two: Desk) -> None:
    two.says("林晓", "今日")
    two.says("刘洋", "进度")
    assert "放到哪件事上" in picture(two, "m1")
    two.later(minutes=3)
    assert "放到哪件事上" in picture(two, "m2")

    assert "进展已记到 20260928-002（附图片等 2 件）" in (two.says("李建国", "进展 002 已量过负荷") or "")
    two.later(seconds=20)
    assert "已并入 20260928-002" in picture(two, "m3")
    two.later(seconds=20)
    assert "附图片等 2 件" in two.bodies_to("刘洋")[0]

    assert "已报办结（附图片等 1 件）" in (two.says("李建国", "办结 002 变压器已换好") or "")
    assert "已并入 20260928-002" in picture(two, "m4")
    assert kept(two) == [("m1", 2), ("m2", 2), ("m3", 2), ("m4", 2)]
    two.later(seconds=1)
    two.forget()


def test_a_picture_long_after_the_note_waits_for_the_next_word(two: Desk) -> None:
    two.says("李建国", "进展 002 已量过负荷")
    two.later(minutes=31)

    assert "放到哪件事上" in picture(two, "m1")
    assert "（附图片等 1 件）" in (two.says("李建国", "进展 001 已换保险") or "")
    assert kept(two) == [("m1", 1)]
    two.later(seconds=1)
    two.forget()
