"""Where most stories begin: Zhang Wei's trip of Monday morning, as far as it has come. Nobody's phone is of interest
before that."""

import pytest

from tests.desk import Desk


@pytest.fixture
def open_item(desk: Desk) -> Desk:
    """It is in Li Jianguo's hands since 09:01, unsigned; grade 2, due on 13 October."""
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.forget()
    return desk


@pytest.fixture
def signed(open_item: Desk) -> Desk:
    """Li Jianguo, the power company's only officer, has signed for it."""
    return _does(open_item, "签收 001")


@pytest.fixture
def spoken_with(open_item: Desk) -> Desk:
    """Li Jianguo has signed for it and spoken with the enterprise."""
    return _does(open_item, "进展 001 已到现场看过")


def _does(desk: Desk, words: str) -> Desk:
    desk.says("李建国", words)
    desk.later(seconds=1)
    desk.forget()
    return desk
